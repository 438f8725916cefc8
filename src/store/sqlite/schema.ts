/** The tables, and how a store of an earlier version becomes one of this version. */
import type { DatabaseSync } from 'node:sqlite';
import { TALLY_FIELDS, type TallyField } from '../../model/tally.ts';
import { TIERS, type TierName } from '../../model/tier.ts';

/** "Weir" in ASCII: marks the file as ours (SQLite's application_id). */
const APPLICATION_ID = 0x57656972;
export const SCHEMA_VERSION = 1;

/** Column of a tally field: `coveredMs` → `covered_ms`. */
export function columnOf(field: TallyField): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export const TALLY_COLUMNS = TALLY_FIELDS.map(columnOf);

export function cellTable(tier: TierName): string {
  return `cell_${tier}`;
}

export function keyCellTable(tier: TierName): string {
  return `key_cell_${tier}`;
}

/** Each entry brings a store from the version of its index to the next one. Never edit one that was released. */
const MIGRATIONS: readonly string[] = [createVersion1()];

/**
 * Makes the store one of this version. Throws an Error for a file that is not a Weir store, or one of a later version.
 */
export function migrate(db: DatabaseSync): void {
  const version = pragma(db, 'user_version');
  const foreign = version === 0 && pragma(db, 'schema_version') !== 0;
  const marked = pragma(db, 'application_id') === APPLICATION_ID;
  if (foreign || (version > 0 && !marked)) {
    throw new Error('it is an SQLite database, but not one of Weir');
  }
  if (version > SCHEMA_VERSION) {
    throw new Error(
      `it was written by a later Weir (schema ${version}; this one knows ${SCHEMA_VERSION})`,
    );
  }
  for (let from = version; from < SCHEMA_VERSION; from++) {
    db.exec('BEGIN IMMEDIATE');
    db.exec(MIGRATIONS[from]!);
    db.exec(`PRAGMA user_version = ${from + 1}; PRAGMA application_id = ${APPLICATION_ID}; COMMIT`);
  }
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()![name]);
}

function createVersion1(): string {
  const tallyColumns = TALLY_FIELDS.map(
    (field) => `${columnOf(field)} ${field === 'sum' ? 'REAL' : 'INTEGER'} NOT NULL`,
  ).join(', ');
  const cells = TIERS.map(
    ({ name }) => `
    CREATE TABLE "${cellTable(name)}" (
      channel INTEGER NOT NULL, start INTEGER NOT NULL, ${tallyColumns}, amended INTEGER NOT NULL,
      PRIMARY KEY (channel, start)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE "${keyCellTable(name)}" (
      channel INTEGER NOT NULL, start INTEGER NOT NULL, key INTEGER NOT NULL,
      counted INTEGER NOT NULL, sum REAL NOT NULL,
      PRIMARY KEY (channel, start, key)
    ) STRICT, WITHOUT ROWID;`,
  ).join('');
  return `
    CREATE TABLE channel (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, position TEXT,
      sealed_to INTEGER NOT NULL, "rolled_1m" INTEGER NOT NULL, "rolled_15m" INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE key (
      id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE (channel, name)
    ) STRICT;
    ${cells}
    CREATE TABLE gap (
      channel INTEGER NOT NULL, from_ms REAL NOT NULL, to_ms REAL, cause TEXT NOT NULL, detail TEXT NOT NULL,
      PRIMARY KEY (channel, from_ms)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE event (
      id INTEGER PRIMARY KEY, at REAL NOT NULL, channel TEXT, kind TEXT NOT NULL, detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX event_channel ON event (channel, id);
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `;
}
