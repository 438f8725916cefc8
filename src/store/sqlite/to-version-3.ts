/** From version 2 to 3: what the keys of a cell count becomes one row. What was damaged stays damaged. */
import type { DatabaseSync } from 'node:sqlite';
import { TIERS, type TierName } from '../../model/tier.ts';
import { keyCellsOf } from './key-pack.ts';
import { keysValues } from './keys-row.ts';
import { keyCellTable, keysTable, version3Sql } from './schema.ts';
import { keyCellChecksum } from './to-version-2.ts';

/** One transaction, whatever the size: all of it or nothing. In memory there is one cell's at a time. */
export function toVersion3(db: DatabaseSync): void {
  for (const { name } of TIERS) {
    db.exec(version3Sql(name));
    packKeys(db, name);
    db.exec(`DROP TABLE "${keyCellTable(name)}"`);
  }
}

function packKeys(db: DatabaseSync, tier: TierName): void {
  const insert = db.prepare(`INSERT INTO "${keysTable(tier)}" VALUES (?, ?, ?, ?, ?)`);
  const put = ({ channel, start, list, damaged }: Keys) => {
    const row = { start, cells: keyCellsOf(list), damaged };
    insert.run(...keysValues(tier, channel, row));
  };
  let keys: Keys | undefined;
  for (const row of keyCells(db, tier)) {
    const [channel, start] = row;
    // A row that cannot say whose it is: its cell misses it.
    if (channel == null || start == null) continue;
    if (keys?.channel !== channel || keys.start !== start) {
      if (keys) put(keys);
      keys = { channel, start, list: [], damaged: 0 };
    }
    take(keys, tier, row);
  }
  if (keys) put(keys);
}

interface Keys {
  readonly channel: number;
  readonly start: number;
  readonly list: Parameters<typeof keyCellsOf>[0][number][];
  damaged: number;
}

type Row = readonly (number | null)[];

/** Takes the row's key in, if it is what was written. */
function take(keys: Keys, tier: TierName, row: Row): void {
  const numbers = row.filter((value) => value !== null);
  const checksum = numbers.pop();
  const [, , id = 0, counted = 0, sum = 0, damaged = 1] = numbers;
  const sound = numbers.length === 6 && keyCellChecksum(tier, numbers) === checksum;
  // Version 1 had no checksums: what came from it may be vouched for, and yet be nothing that Weir counts.
  const counts = Number.isSafeInteger(counted) && counted >= 0 && id > 0;
  if (sound && counts) keys.list.push({ id, counted, sum, sumLow: 0 });
  keys.damaged += sound && counts ? damaged : 1;
}

/** By channel, start and key. A number that no double can hold is null. */
function keyCells(db: DatabaseSync, tier: TierName): Iterable<Row> {
  const columns = ['channel', 'start', 'key', 'counted', 'sum', 'damaged', 'checksum'].map(
    (name) => `CASE WHEN abs(${name} / 2) <= 0x0fffffffffffff THEN ${name} END`,
  );
  const statement = db.prepare(
    `SELECT ${columns.join(', ')} FROM "${keyCellTable(tier)}" ORDER BY channel, start, key`,
  );
  statement.setReturnArrays(true);
  return statement.iterate() as unknown as Iterable<Row>;
}
