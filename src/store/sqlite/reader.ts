/** The reading end: one connection, one snapshot a read. What is damaged is told as not observed, never as a number. */
import { statSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Cell, Gap, KeyCell } from '../../model/bucket.ts';
import { OTHER_KEY } from '../../model/channel.ts';
import { TIERS, type TierName } from '../../model/tier.ts';
import type {
  CellRange,
  EventQuery,
  ExplainedHistory,
  History,
  StoredEvent,
  StoreReader,
} from '../store.ts';
import { CellTable, type Span } from './cell-table.ts';
import { type ChannelRow, toChannelRow } from './channel-table.ts';
import { attempt, isMemory, openForReading } from './database.ts';
import { KeyNames } from './key-names.ts';
import { toEvent, toGap } from './notes.ts';
import type { CellRow } from './rows.ts';
import { isDamage, storeError } from './trouble.ts';

/** A part of a range and the table of the tier that holds it. */
interface Part extends Span {
  readonly table: CellTable;
}

export class SqliteReader implements StoreReader {
  readonly #location: string;
  #connection: Connection;

  constructor(location: string) {
    this.#location = location;
    this.#connection = new Connection(location);
  }

  cells(range: CellRange): ExplainedHistory {
    return this.#ask((connection) => connection.cells(range));
  }

  keyCells(range: CellRange, key: string | null): History<KeyCell> {
    return this.#ask((connection) => connection.keyCells(range, key));
  }

  events(query: EventQuery): StoredEvent[] {
    return this.#ask((connection) => connection.events(query));
  }

  close(): void {
    this.#connection.close();
  }

  #ask<T>(question: (connection: Connection) => T): T {
    try {
      return question(this.#fresh());
    } catch (error) {
      throw storeError(this.#location, error);
    }
  }

  /** The connection to the file that is there now: a damaged one may have been set aside, and a new one begun. */
  #fresh(): Connection {
    const file = fileAt(this.#location);
    if (file === null || file === this.#connection.file) return this.#connection;
    const connection = new Connection(this.#location);
    this.#connection.close();
    this.#connection = connection;
    return connection;
  }
}

class Connection {
  /** Which file it is, whatever its name. */
  readonly file: string | null;
  readonly #db: DatabaseSync;
  readonly #tables: ReadonlyMap<TierName, CellTable>;
  readonly #keyNames: KeyNames;
  readonly #channels: StatementSync;
  readonly #channel: StatementSync;
  readonly #dataVersion: StatementSync;
  /** Channels as they were read at `#readAt`, SQLite's number for what others have committed. */
  readonly #known = new Map<string, ChannelRow>();
  #readAt: unknown = null;
  /** Where a channel was found last; it is looked at again after each commit. */
  readonly #ids = new Map<string, number>();
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  readonly #gaps: StatementSync;
  readonly #events: StatementSync;

  constructor(location: string) {
    this.file = fileAt(location);
    const db = openForReading(location);
    this.#db = db;
    this.#tables = attempt(
      location,
      () => new Map(TIERS.map(({ name }) => [name, new CellTable(db, name)])),
    );
    this.#keyNames = new KeyNames(db);
    this.#begin = db.prepare('BEGIN');
    this.#end = db.prepare('COMMIT');
    this.#dataVersion = db.prepare('PRAGMA data_version');
    this.#channels = db.prepare('SELECT id, name FROM channel');
    this.#channel = db.prepare('SELECT * FROM channel WHERE id = ?');
    this.#gaps = db.prepare(
      `SELECT * FROM gap
       WHERE channel = ? AND from_ms < ? AND (to_ms IS NULL OR to_ms > ?) ORDER BY from_ms`,
    );
    this.#events = db.prepare(
      `SELECT * FROM event WHERE (?1 IS NULL OR id < ?1)
       AND (?2 IS NULL OR channel IS NULL OR channel IN (SELECT value FROM json_each(?2)))
       ORDER BY id DESC LIMIT ?3`,
    );
  }

  cells(range: CellRange): ExplainedHistory {
    return this.#inSnapshot(() => {
      const channel = this.#channelOf(range.channel);
      if (!channel) return { sealedTo: 0, cells: [], gaps: [] };
      const cells = this.#partsOf(range, channel).flatMap(({ table, ...span }) =>
        table.cells(span).map(toCell),
      );
      return { sealedTo: channel.sealedTo * 1_000, cells, gaps: this.#gapsOf(channel, range) };
    });
  }

  keyCells(range: CellRange, key: string | null): History<KeyCell> {
    return this.#inSnapshot(() => {
      const channel = this.#channelOf(range.channel);
      if (!channel) return { sealedTo: 0, cells: [] };
      const parts = this.#partsOf(range, channel);
      const cells = parts.flatMap((part) => this.#keyCellsOf(part, key));
      return { sealedTo: channel.sealedTo * 1_000, cells };
    });
  }

  /** The part's key cells of one key, or all; and a damaged one wherever keys are missing from what the cell says. */
  #keyCellsOf({ table, ...span }: Part, key: string | null): KeyCell[] {
    const unaccounted = new Map<number, number>();
    for (const { start, keyed } of table.cells(span)) unaccounted.set(start, keyed);
    const sound: KeyCell[] = [];
    for (const { start, cells, damaged } of table.keys(span)) {
      let left = damaged > 0 ? Number.NaN : (unaccounted.get(start) ?? 0);
      cells.ids.forEach((id, index) => {
        const name = this.#keyNames.of(span.channel, id);
        const [counted, sum] = [cells.counted[index]!, cells.sums[index]!];
        // What has no name stays unaccounted for; so does what is damaged but counted nothing.
        left = name === null ? Number.NaN : left - counted;
        if (name !== null && (key === null || name === key)) {
          sound.push({ start: start * 1_000, key: name, counted, sum, damaged: false });
        }
      });
      unaccounted.set(start, left);
    }
    const hurt = [...unaccounted].filter(([, count]) => count !== 0).map(([start]) => start);
    return [...sound, ...hurt.map(damagedKeyCell)];
  }

  #gapsOf({ id }: ChannelRow, { from, to }: CellRange): Gap[] {
    try {
      return this.#gaps.all(id, to, from).flatMap((row) => toGap(row) ?? []);
    } catch (error) {
      if (!isDamage(error)) throw error;
      return [{ from, to, cause: 'damaged', detail: 'the store has lost what its gaps were' }];
    }
  }

  #inSnapshot<T>(read: () => T): T {
    this.#begin.run();
    try {
      return read();
    } finally {
      // An error may have ended it already.
      if (this.#db.isTransaction) this.#end.run();
    }
  }

  events({ channels, before, limit }: EventQuery): StoredEvent[] {
    const list: SQLInputValue = channels === null ? null : JSON.stringify(channels);
    return this.#events.all(before, list, limit).flatMap((row) => toEvent(row) ?? []);
  }

  close(): void {
    this.#db.close();
  }

  /** null for one that is unknown, or whose row is damaged: nothing is known of it then. */
  #channelOf(name: string): ChannelRow | null {
    try {
      const version = this.#dataVersion.get()!['data_version'];
      if (version !== this.#readAt) this.#known.clear();
      this.#readAt = version;
      const known = this.#known.get(name);
      if (known) return known;
      const row = this.#channelAt(this.#ids.get(name), name) ?? this.#searchChannel(name);
      if (row) this.#known.set(name, row);
      return row;
    } catch (error) {
      if (isDamage(error)) return null;
      throw error;
    }
  }

  #searchChannel(name: string): ChannelRow | null {
    const row = this.#channels.all().find((candidate) => candidate['name'] === name);
    if (!row) return null;
    this.#ids.set(name, Number(row['id']));
    return this.#channelAt(Number(row['id']), name);
  }

  #channelAt(id: number | undefined, name: string): ChannelRow | null {
    const row = id === undefined ? undefined : this.#channel.get(id);
    const channel = row ? toChannelRow(row) : null;
    return channel?.name === name ? channel : null;
  }

  /** A range cut at the channel's watermarks: before each, the coarser tier has it all. */
  #partsOf(range: CellRange, channel: ChannelRow): Part[] {
    const parts: Part[] = [];
    let from = Math.floor(range.from / 1_000);
    const to = Math.ceil(range.to / 1_000);
    const finest = TIERS.findIndex(({ name }) => name === range.tier);
    for (const { name } of TIERS.slice(0, finest + 1).reverse()) {
      const rolledTo = name === '1s' ? to : Math.min(to, channel.rolled[name]);
      if (rolledTo <= from) continue;
      parts.push({ table: this.#tables.get(name)!, channel: channel.id, from, to: rolledTo });
      from = rolledTo;
    }
    return parts;
  }
}

/** Device and inode of the file; null for one that is not there, and for a store in memory. */
function fileAt(location: string): string | null {
  if (isMemory(location)) return null;
  const stat = statSync(location, { throwIfNoEntry: false });
  return stat ? `${stat.dev}:${stat.ino}` : null;
}

function toCell({ start, tally, amended, damaged }: CellRow): Cell {
  return { start: start * 1_000, tally, amended, damaged: damaged > 0 };
}

function damagedKeyCell(start: number): KeyCell {
  return { start: start * 1_000, key: OTHER_KEY, counted: 0, sum: 0, damaged: true };
}
