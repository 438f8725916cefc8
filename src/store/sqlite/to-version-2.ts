/** From version 1 to 2: every row gets its checksum. */
import type { DatabaseSync } from 'node:sqlite';
import { TIERS, type TierName } from '../../model/tier.ts';
import { numbersChecksum, textChecksum } from './checksum.ts';
import { seedOf } from './rows.ts';
import { cellTable, columnOf, keyCellTable, VERSION_1_FIELDS, version2Sql } from './schema.ts';
import { Fault, isDamage } from './trouble.ts';

/** Of version 2's rows of one key each: channel, start, key, counted, sum, damaged. */
export function keyCellChecksum(tier: TierName, numbers: readonly number[]): number {
  return numbersChecksum(seedOf(tier) + 1, numbers);
}

/** The columns of version 2's cells after channel and start that are under their checksum, in its order. */
export const CELL_COLUMNS_2 = [...VERSION_1_FIELDS.map(columnOf), 'amended', 'keyed', 'damaged'];

/** Of version 2's cells: channel, start, and these columns. */
export function cellChecksum2(tier: TierName, numbers: readonly number[]): number {
  return numbersChecksum(seedOf(tier), numbers);
}

/** Adds the columns, and gives every row its checksum. One transaction, whatever the size: all of it or nothing. */
export function toVersion2(db: DatabaseSync): void {
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
  db.function(name, { varargs: true }, (...values) => cellChecksum2(tier, values.map(Number)));
  db.function(`key_${name}`, (channel, start, keyId, counted, sum) => {
    const numbers = [channel, start, keyId, counted, sum, 0].map(Number);
    return keyCellChecksum(tier, numbers);
  });
  const [cells, keyCells] = [cellTable(tier), keyCellTable(tier)];
  db.exec(`
    UPDATE "${cells}" AS c SET keyed = (
      SELECT coalesce(sum(counted), 0) FROM "${keyCells}" k
      WHERE k.channel = c.channel AND k.start = c.start);
    UPDATE "${cells}" SET checksum =
      "${name}"(channel, start, ${CELL_COLUMNS_2.slice(0, -1).join(', ')}, 0);
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
