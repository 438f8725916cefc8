/** The tables of each version. What was released is never edited: a new version is a new function here. */
import { TALLY_FIELDS, type TallyField } from '../../model/tally.ts';
import { TIERS, type TierName } from '../../model/tier.ts';

/** Column of a tally field: `coveredMs` → `covered_ms`. */
export function columnOf(field: TallyField): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export const TALLY_COLUMNS = TALLY_FIELDS.map(columnOf);

export function cellTable(tier: TierName): string {
  return `cell_${tier}`;
}

export function keysTable(tier: TierName): string {
  return `keys_${tier}`;
}

/** Until version 2, each key of a cell had a row of its own. */
export function keyCellTable(tier: TierName): string {
  return `key_cell_${tier}`;
}

/** Fields of a tally that came with later versions. */
const LATER_FIELDS: ReadonlySet<TallyField> = new Set(['sumLow', 'undated']);
export const VERSION_1_FIELDS = TALLY_FIELDS.filter((field) => !LATER_FIELDS.has(field));

export function version1Sql(): string {
  const tallyColumns = VERSION_1_FIELDS.map(
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

/**
 * Version 2. Every row says whether it is what was written.
 *
 * - `checksum`: over all other columns, and the table's tier.
 * - `damaged`: how many damaged parts were added into the row; adds up like the tally.
 * - `keyed`: what the cell's key cells count together, so that one that vanished is noticed.
 * - `sealed_max`: the latest `sealed_to` ever; `pruned_…`: what was before it was removed, by retention.
 * - `key_max`: the highest id of the channel's keys, so that none is ever given twice.
 *
 * Names of channels and keys are unique because their one writer makes them so: an index would be one more thing
 * to break.
 */
export function version2Sql(): string {
  const column = (table: string, name: string) =>
    `ALTER TABLE "${table}" ADD COLUMN "${name}" INTEGER NOT NULL DEFAULT 0;\n`;
  const columns = (table: string, names: readonly string[]) =>
    names.map((name) => column(table, name)).join('');
  const pruned = TIERS.map(({ name }) => `pruned_${name}`);
  return [
    `CREATE TABLE channel_2 (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, position TEXT,
      sealed_to INTEGER NOT NULL, "rolled_1m" INTEGER NOT NULL, "rolled_15m" INTEGER NOT NULL
    ) STRICT;
    INSERT INTO channel_2 SELECT * FROM channel;
    DROP TABLE channel;
    ALTER TABLE channel_2 RENAME TO channel;
    `,
    columns('channel', ['sealed_max', ...pruned, 'amendment_count', 'key_max', 'checksum']),
    ...TIERS.map(({ name }) => columns(cellTable(name), ['keyed', 'damaged', 'checksum'])),
    ...TIERS.map(({ name }) => columns(keyCellTable(name), ['damaged', 'checksum'])),
    `CREATE TABLE key_2 (
      id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, name TEXT NOT NULL, checksum INTEGER NOT NULL
    ) STRICT;
    INSERT INTO key_2 SELECT id, channel, name, 0 FROM key;
    DROP TABLE key;
    ALTER TABLE key_2 RENAME TO key;`,
    ...['gap', 'event', 'meta'].map((table) => column(table, 'checksum')),
  ].join('');
}

/**
 * Version 4. Numbers keep their digits and their meaning, and each shard has its position.
 *
 * - `series`: one row for each definition that a channel was counted by; cells and keys belong to a series. The first
 *   series of a channel has the channel's id. A `value` of null: counted before definitions were kept.
 * - `position`: one row a shard; a position of null could not be kept. `stream` of a channel: whose positions these are.
 * - `sum_low`: the part of a sum that a double leaves out. `undated`: see `model/tally.ts`.
 * - `kind` of a key: 0 for one key's, 1 for messages without a key, 2 for keys that have no series of their own.
 *   `since`: the second since which a key has had its own, without a break.
 * - `stats`: room for the least, greatest and last value.
 * - `gap`: gaps of different causes may begin together.
 */
export function version4Sql(): string {
  const cells = TIERS.map(
    ({ name }) => `
    ALTER TABLE "${cellTable(name)}" RENAME COLUMN channel TO series;
    ALTER TABLE "${cellTable(name)}" ADD COLUMN sum_low REAL NOT NULL DEFAULT 0;
    ALTER TABLE "${cellTable(name)}" ADD COLUMN undated INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE "${cellTable(name)}" ADD COLUMN stats BLOB;
    ALTER TABLE "${keysTable(name)}" RENAME COLUMN channel TO series;`,
  ).join('');
  return `
    CREATE TABLE series (
      id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, value TEXT, split TEXT, checksum INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE position (
      channel INTEGER NOT NULL, shard TEXT NOT NULL, position TEXT, checksum INTEGER NOT NULL,
      PRIMARY KEY (channel, shard)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE gap_4 (
      channel INTEGER NOT NULL, from_ms REAL NOT NULL, to_ms REAL, cause TEXT NOT NULL, detail TEXT NOT NULL,
      checksum INTEGER NOT NULL, PRIMARY KEY (channel, from_ms, cause)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO gap_4 SELECT channel, from_ms, to_ms, cause, detail, checksum FROM gap;
    DROP TABLE gap;
    ALTER TABLE gap_4 RENAME TO gap;
    CREATE TABLE key_4 (
      id INTEGER PRIMARY KEY, series INTEGER NOT NULL, kind INTEGER NOT NULL, name TEXT NOT NULL,
      since INTEGER NOT NULL, checksum INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE channel_4 (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, stream TEXT NOT NULL,
      sealed_to INTEGER NOT NULL, sealed_max INTEGER NOT NULL, rolled_1m INTEGER NOT NULL, rolled_15m INTEGER NOT NULL,
      pruned_1s INTEGER NOT NULL, pruned_1m INTEGER NOT NULL, pruned_15m INTEGER NOT NULL,
      amendment_count INTEGER NOT NULL, key_max INTEGER NOT NULL, checksum INTEGER NOT NULL
    ) STRICT;${cells}
  `;
}

/** Version 3. What the keys of a cell count is one row: `pack` is described in `key-pack.ts`. */
export function version3Sql(tier: TierName): string {
  return `CREATE TABLE "${keysTable(tier)}" (
      channel INTEGER NOT NULL, start INTEGER NOT NULL,
      pack BLOB NOT NULL, damaged INTEGER NOT NULL, checksum INTEGER NOT NULL,
      PRIMARY KEY (channel, start)
    ) STRICT, WITHOUT ROWID;`;
}
