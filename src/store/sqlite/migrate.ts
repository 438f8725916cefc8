/** How a store of an earlier version becomes one of this version; and what is refused or known as damaged. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { TALLY_FIELDS } from '../../model/tally.ts';
import { TIERS, type TierName } from '../../model/tier.ts';
import { textChecksum } from './checksum.ts';
import { type CellRow, cellValues, keyCellValues } from './rows.ts';
import { cellTable, keyCellTable, TALLY_COLUMNS, version1Sql, version2Sql } from './schema.ts';
import { Fault, isDamage } from './trouble.ts';

/** "Weir" in ASCII: marks the file as ours (SQLite's application_id). */
export const APPLICATION_ID = 0x57656972;

/** Each entry brings a store from the version of its index to the next one. Never edit one that was released. */
const MIGRATIONS: readonly ((db: DatabaseSync) => void)[] = [
  (db) => db.exec(version1Sql()),
  toVersion2,
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

/** Adds the columns, and gives every row its checksum. One transaction, whatever the size: all of it or nothing. */
function toVersion2(db: DatabaseSync): void {
  db.exec(version2Sql());
  db.function('text_checksum', { varargs: true }, (...values) =>
    textChecksum(values as (string | number | null)[]),
  );
  try {
    for (const { name } of TIERS) fillCells(db, name);
    fillChannels(db);
    db.exec(`
      UPDATE key SET checksum = text_checksum(id, channel, name);
      UPDATE gap SET checksum = text_checksum(channel, from_ms, to_ms, cause, detail);
      UPDATE event SET checksum = text_checksum(at, channel, kind, detail);
      INSERT INTO meta VALUES ('channels', (SELECT count(*) FROM channel), 0);
      UPDATE meta SET checksum = text_checksum(name, value);
    `);
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new Fault('damaged', 'it holds numbers that Weir never writes', { cause: error });
  }
}

function fillCells(db: DatabaseSync, tier: TierName): void {
  const name = `checksum_${tier}`;
  db.function(name, { varargs: true }, (channel, start, amended, keyed, ...tally) => {
    const fields = TALLY_FIELDS.map((field, index) => [field, Number(tally[index])]);
    const cell = { start, tally: Object.fromEntries(fields), amended, keyed, damaged: 0 };
    return cellValues(tier, Number(channel), cell as unknown as CellRow).at(-1) as SQLInputValue;
  });
  db.function(`key_${name}`, (channel, start, keyId, counted, sum) => {
    const numbers = { start, keyId, counted, sum, damaged: 0 } as Parameters<
      typeof keyCellValues
    >[2];
    return keyCellValues(tier, Number(channel), numbers).at(-1) as SQLInputValue;
  });
  const [cells, keyCells] = [cellTable(tier), keyCellTable(tier)];
  db.exec(`
    UPDATE "${cells}" AS c SET keyed = (
      SELECT coalesce(sum(counted), 0) FROM "${keyCells}" k
      WHERE k.channel = c.channel AND k.start = c.start);
    UPDATE "${cells}" SET checksum =
      "${name}"(channel, start, amended, keyed, ${TALLY_COLUMNS.join(', ')});
    UPDATE "${keyCells}" SET checksum = "key_${name}"(channel, start, key, counted, sum);
  `);
}

/** What was pruned was not written down before version 2: everything before the first cell that is there. */
function fillChannels(db: DatabaseSync): void {
  const first = (tier: TierName, otherwise: string) =>
    `coalesce((SELECT min(start) FROM "${cellTable(tier)}" WHERE channel = id), ${otherwise})`;
  db.exec(`
    UPDATE channel SET sealed_max = sealed_to,
      pruned_1s = min(rolled_1m, ${first('1s', 'rolled_1m')}),
      pruned_1m = min(rolled_15m, ${first('1m', 'rolled_15m')}),
      pruned_15m = ${first('15m', '0')},
      key_max = coalesce((SELECT max(id) FROM key WHERE channel = channel.id), 0);
    UPDATE channel SET checksum = text_checksum(id, name, position, sealed_to, sealed_max, rolled_1m,
      rolled_15m, pruned_1s, pruned_1m, pruned_15m, amendment_count, key_max);
  `);
}
