/** How a store of an earlier version becomes one of this version; and what is refused or known as damaged. */
import { DatabaseSync } from 'node:sqlite';
import { version1Sql } from './schema.ts';
import { toVersion2 } from './to-version-2.ts';
import { toVersion3 } from './to-version-3.ts';
import { toVersion4 } from './to-version-4.ts';
import { Fault } from './trouble.ts';

/** "Weir" in ASCII: marks the file as ours (SQLite's application_id). */
export const APPLICATION_ID = 0x57656972;

/** Each entry brings a store from the version of its index to the next one. Never edit one that was released. */
const MIGRATIONS: readonly ((db: DatabaseSync) => void)[] = [
  (db) => db.exec(version1Sql()),
  toVersion2,
  toVersion3,
  toVersion4,
];
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Makes the store one of this version. Throws a Fault for a file that is not a Weir store, one of a later
 * version, and one whose tables are not those of its version.
 */
export function migrate(db: DatabaseSync): void {
  const version = versionOf(db);
  if (version > 0) checkTables(db, version);
  for (let from = version; from < SCHEMA_VERSION; from++) {
    if (from > 0) checkWhole(db);
    db.exec('BEGIN IMMEDIATE');
    try {
      MIGRATIONS[from]!(db);
      db.exec(`PRAGMA user_version = ${from + 1}; PRAGMA application_id = ${APPLICATION_ID}`);
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
}

/** The version of a store of Weir, 0 for a new file. Throws a Fault for anything else. */
export function versionOf(db: DatabaseSync): number {
  const version = pragma(db, 'user_version');
  const marked = pragma(db, 'application_id') === APPLICATION_ID;
  const empty = pragma(db, 'schema_version') === 0;
  if (!marked && (version > 0 || !empty)) {
    throw new Fault('refused', 'it is an SQLite database, but not one of Weir');
  }
  if (version > SCHEMA_VERSION) {
    const known = `schema ${version}; this one knows ${SCHEMA_VERSION}`;
    throw new Fault('refused', `it was written by a later Weir (${known})`);
  }
  if (marked && (version < 1 || empty)) {
    throw new Fault('damaged', 'its header is not what was written');
  }
  return version;
}

/** Throws a Fault when the tables are not those of `version`. */
export function checkTables(db: DatabaseSync, version: number): void {
  const right = pragma(db, 'auto_vacuum') === 0 && tablesOf(db) === tablesOfVersion(version);
  if (!right) throw new Fault('damaged', 'its tables are not what was written');
}

/** A store without checksums gets them for what it holds, so what it holds must be sound as far as SQLite can say. */
function checkWhole(db: DatabaseSync): void {
  const answer = String(db.prepare('PRAGMA quick_check(1)').get()?.['quick_check']);
  if (answer !== 'ok') throw new Fault('damaged', answer);
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()![name]);
}

function tablesOf(db: DatabaseSync): string {
  const rows = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2');
  return JSON.stringify(rows.all());
}

const knownTables = new Map<number, string>();

function tablesOfVersion(version: number): string {
  const known = knownTables.get(version) ?? makeTables(version);
  knownTables.set(version, known);
  return known;
}

function makeTables(version: number): string {
  const db = new DatabaseSync(':memory:');
  try {
    for (const migration of MIGRATIONS.slice(0, version)) migration(db);
    return tablesOf(db);
  } finally {
    db.close();
  }
}
