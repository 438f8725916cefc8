/**
 * From version 3 to 4: series, positions by shard, sums of two words. What was damaged stays damaged.
 *
 * The first series of a channel has the channel's id, so cells and their keys stay as they are but for their checksums.
 */
import type { DatabaseSync } from 'node:sqlite';
import { TIERS, type TierName } from '../../model/tier.ts';
import { textChecksum } from './checksum.ts';
import { CELL_COLUMNS, cellChecksum } from './rows.ts';
import { cellTable, version4Sql } from './schema.ts';
import { CELL_COLUMNS_2, cellChecksum2 } from './to-version-2.ts';

/** Until version 3, a position began with the name of its stream, in 8 hexadecimal digits; some older ones had none. */
const HAS_STREAM = `position GLOB '${'[0-9a-f]'.repeat(8)} *'`;
const STREAM = `CASE WHEN ${HAS_STREAM} THEN substr(position, 1, 8) ELSE '' END`;
const POSITION = `CASE WHEN ${HAS_STREAM} THEN substr(position, 10) ELSE position END`;
/** Names under which keys beyond the bound, and messages without a key, were counted until version 3. */
const KINDS = `CASE name WHEN '(none)' THEN 1 WHEN '(other)' THEN 2 ELSE 0 END`;

/** One transaction, whatever the size: all of it or nothing. */
export function toVersion4(db: DatabaseSync): void {
  db.exec(version4Sql());
  db.function('text_checksum', { varargs: true }, (...values) =>
    textChecksum(values as (string | number | null)[]),
  );
  for (const { name } of TIERS) renewChecksums(db, name);
  moveChannels(db);
  moveKeys(db);
}

/** A sound row gets the checksum of its new columns; any other gets one that is wrong as well. */
function renewChecksums(db: DatabaseSync, tier: TierName): void {
  const name = `checksum_4_${tier}`;
  const oldCount = 2 + CELL_COLUMNS_2.length;
  db.function(name, { varargs: true }, (found, ...numbers) => {
    const values = numbers.map(Number);
    const wasSound = cellChecksum2(tier, values.slice(0, oldCount)) === found;
    const checksum = cellChecksum(tier, values.slice(oldCount));
    return wasSound ? checksum : ~checksum;
  });
  const columns = [CELL_COLUMNS_2, CELL_COLUMNS.slice(0, -1)].map(
    (list) => `series, start, ${list.join(', ')}`,
  );
  db.exec(`UPDATE "${cellTable(tier)}" SET checksum = "${name}"(checksum, ${columns.join(', ')})`);
}

/** A channel's row that is damaged stays so: its checksum stays that of other columns. */
function moveChannels(db: DatabaseSync): void {
  const numbers = `sealed_to, sealed_max, rolled_1m, rolled_15m, pruned_1s, pruned_1m, pruned_15m,
    amendment_count, key_max`;
  const sound = `text_checksum(id, name, position, ${numbers}) = checksum`;
  db.exec(`
    INSERT INTO series SELECT id, id, NULL, NULL, text_checksum(id, id, NULL, NULL) FROM channel;
    INSERT INTO position SELECT id, '', ${POSITION}, text_checksum(id, '', ${POSITION})
      FROM channel WHERE position IS NOT NULL AND ${sound};
    INSERT INTO channel_4 SELECT id, name, ${STREAM}, ${numbers},
      CASE WHEN ${sound} THEN 0 ELSE 1 END FROM channel;
    UPDATE channel_4 SET checksum = text_checksum(id, name, stream, ${numbers}) + checksum;
    DROP TABLE channel;
    ALTER TABLE channel_4 RENAME TO channel;
  `);
}

function moveKeys(db: DatabaseSync): void {
  db.exec(`
    INSERT INTO key_4 SELECT id, channel, ${KINDS}, CASE ${KINDS} WHEN 0 THEN name ELSE '' END, 0,
      text_checksum(id, channel, name) <> checksum FROM key;
    UPDATE key_4 SET checksum = text_checksum(id, series, kind, name, since) + checksum;
    DROP TABLE key;
    ALTER TABLE key_4 RENAME TO key;
  `);
}
