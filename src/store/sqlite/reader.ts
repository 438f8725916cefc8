/** The reading end: one connection, prepared statements, one snapshot a read. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Cell, Gap, GapCause, KeyCell } from '../../model/bucket.ts';
import type { EventKind } from '../../model/channel.ts';
import { emptyTally, TALLY_FIELDS } from '../../model/tally.ts';
import { TIERS, type TierName } from '../../model/tier.ts';
import type { CellRange, EventQuery, History, StoredEvent, StoreReader } from '../store.ts';
import { openForReading, transaction } from './database.ts';
import { cellTable, columnOf, keyCellTable } from './schema.ts';

type Row = Record<string, unknown>;
const COLUMNS = TALLY_FIELDS.map((field) => [field, columnOf(field)] as const);

/** A part of a range and the tier that holds it. Unix seconds, half-open. */
interface Part {
  readonly tier: TierName;
  readonly from: number;
  readonly to: number;
}

export class SqliteReader implements StoreReader {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(location: string) {
    this.#db = openForReading(location);
  }

  cells(range: CellRange): History<Cell> {
    return this.#read(range, (part, channel) =>
      this.#all(
        `SELECT * FROM "${cellTable(part.tier)}" WHERE channel = ? AND start >= ? AND start < ? ORDER BY start`,
        channel,
        part.from,
        part.to,
      ).map(toCell),
    );
  }

  keyCells(range: CellRange, key: string | null): History<KeyCell> {
    return this.#read(range, (part, channel) =>
      this.#all(
        `SELECT start, name, counted, sum FROM "${keyCellTable(part.tier)}" c JOIN key ON key.id = c.key
         WHERE c.channel = ?1 AND start >= ?2 AND start < ?3 AND (?4 IS NULL OR name = ?4) ORDER BY start`,
        channel,
        part.from,
        part.to,
        key,
      ).map(toKeyCell),
    );
  }

  gaps(channel: string, from: number, to: number): Gap[] {
    return this.#all(
      `SELECT gap.* FROM gap JOIN channel ON channel.id = gap.channel
       WHERE name = ? AND from_ms < ? AND (to_ms IS NULL OR to_ms > ?) ORDER BY from_ms`,
      channel,
      to,
      from,
    ).map((row) => ({
      from: Number(row['from_ms']),
      to: row['to_ms'] === null ? null : Number(row['to_ms']),
      cause: String(row['cause']) as GapCause,
      detail: String(row['detail']),
    }));
  }

  events({ channels, before, limit }: EventQuery): StoredEvent[] {
    const list = channels === null ? null : JSON.stringify(channels);
    return this.#all(
      `SELECT * FROM event WHERE (?1 IS NULL OR id < ?1)
       AND (?2 IS NULL OR channel IS NULL OR channel IN (SELECT value FROM json_each(?2)))
       ORDER BY id DESC LIMIT ?3`,
      before,
      list,
      limit,
    ).map((row) => ({
      id: Number(row['id']),
      at: Number(row['at']),
      channel: row['channel'] === null ? null : String(row['channel']),
      kind: String(row['kind']) as EventKind,
      detail: String(row['detail']),
    }));
  }

  close(): void {
    this.#db.close();
  }

  /** Reads a range part by part, from the tier asked for down to seconds, in one snapshot. */
  #read<T>(range: CellRange, readPart: (part: Part, channel: number) => T[]): History<T> {
    return transaction(this.#db, 'BEGIN', () => {
      const [channel] = this.#all('SELECT * FROM channel WHERE name = ?', range.channel);
      if (!channel) return { sealedTo: 0, cells: [] };
      const parts = partsOf(range, channel);
      return {
        sealedTo: Number(channel['sealed_to']) * 1_000,
        cells: parts.flatMap((part) => readPart(part, Number(channel['id']))),
      };
    });
  }

  #all(sql: string, ...values: SQLInputValue[]): Row[] {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement.all(...values);
  }
}

/** A range cut at the channel's watermarks: before each, the coarser tier has it all. */
function partsOf(range: CellRange, channel: Row): Part[] {
  const parts: Part[] = [];
  let from = Math.floor(range.from / 1_000);
  const to = Math.ceil(range.to / 1_000);
  const finest = TIERS.findIndex(({ name }) => name === range.tier);
  for (let index = finest; index >= 0 && from < to; index--) {
    const tier = TIERS[index]!.name;
    const rolledTo = index === 0 ? to : Math.min(to, Number(channel[`rolled_${tier}`]));
    if (rolledTo > from) {
      parts.push({ tier, from, to: rolledTo });
      from = rolledTo;
    }
  }
  return parts;
}

function toCell(row: Row): Cell {
  const tally = emptyTally();
  for (const [field, column] of COLUMNS) tally[field] = Number(row[column]);
  return { start: Number(row['start']) * 1_000, tally, amended: Number(row['amended']) };
}

function toKeyCell(row: Row): KeyCell {
  return {
    start: Number(row['start']) * 1_000,
    key: String(row['name']),
    counted: Number(row['counted']),
    sum: Number(row['sum']),
  };
}
