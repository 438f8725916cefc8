/** One open connection of a reader: each question is answered from one snapshot. What is damaged is told as not observed, never as a number. */
import { statSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Cell, Gap, KeyCell } from '../../model/bucket.ts';
import { type Definition, OTHER_SERIES, type SeriesName, seriesId } from '../../model/series.ts';
import { TIERS, type TierName } from '../../model/tier.ts';
import type { CellRange, EventQuery, ExplainedHistory, KeyHistory, StoredEvent } from '../store.ts';
import { CellTable, type Span } from './cell-table.ts';
import { type ChannelRow, toChannelRow } from './channel-table.ts';
import { attempt, isMemory, openForReading } from './database.ts';
import { KeyNames } from './key-names.ts';
import { Meta } from './meta.ts';
import { toEvent, toGap } from './notes.ts';
import type { CellRow } from './rows.ts';
import { type SeriesRow, toSeriesRow } from './series-table.ts';
import { RUN_FACT } from './store-file.ts';
import { isDamage } from './trouble.ts';

/** A part of a range and the table of the tier that holds it. */
interface Part extends Span {
  readonly table: CellTable;
  /** What the numbers of the part mean. */
  readonly definition: Definition;
}

/** A channel as it was read: its row, and its series. */
interface Known {
  readonly channel: ChannelRow;
  readonly series: readonly SeriesRow[];
}

export class Connection {
  /** Which file it is, whatever its name. */
  readonly file: string | null;
  readonly #meta: Meta;
  readonly #db: DatabaseSync;
  readonly #tables: ReadonlyMap<TierName, CellTable>;
  readonly #keyNames: KeyNames;
  readonly #channels: StatementSync;
  readonly #channel: StatementSync;
  readonly #series: StatementSync;
  readonly #dataVersion: StatementSync;
  /** Channels as they were read at `#readAt`, SQLite's number for what others have committed. */
  readonly #known = new Map<string, Known>();
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
    this.#meta = new Meta(db);
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
    this.#series = db.prepare('SELECT * FROM series WHERE channel = ? ORDER BY id');
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

  /** The run of the writer that has the file; null for none. */
  get run(): string | null {
    try {
      return this.#meta.getText(RUN_FACT);
    } catch {
      // What cannot be read is not known to be the writer's.
      return null;
    }
  }

  cells(range: CellRange): ExplainedHistory {
    return this.#inSnapshot(() => {
      const known = this.#knownOf(range.channel);
      if (!known) return { sealedTo: 0, cells: [], gaps: [] };
      const { channel, series } = known;
      const parts = series.map((one) => this.#cellsOf(this.#partsOf(range, channel, one)));
      const cells = parts.length === 1 ? parts[0]! : ascending(parts.flat());
      return { sealedTo: channel.sealedTo * 1_000, cells, gaps: this.#gapsOf(channel, range) };
    });
  }

  keyCells(range: CellRange, wanted: SeriesName | null): KeyHistory {
    return this.#inSnapshot(() => {
      const known = this.#knownOf(range.channel);
      if (!known) return { sealedTo: 0, cells: [], unknown: [] };
      const { channel, series } = known;
      const { split } = range.definition;
      const parts = series
        .filter(({ definition }) => (definition?.split ?? split) === split)
        .flatMap((one) => this.#partsOf(range, channel, one));
      const read = parts.map((part) => this.#keyCellsOf(part, wanted));
      return {
        sealedTo: channel.sealedTo * 1_000,
        cells: read.flatMap(({ cells }) => cells),
        unknown: read.flatMap(({ unknown }) => unknown).sort((a, b) => a - b),
      };
    });
  }

  #cellsOf(parts: readonly Part[]): Cell[] {
    return parts.flatMap(({ table, definition, ...span }) =>
      table.cells(span).map((row) => toCell(row, definition)),
    );
  }

  /** The part's key cells of one series, or all; and a damaged one wherever keys are missing from what the cell says. */
  #keyCellsOf({ table, definition, ...span }: Part, wanted: SeriesName | null) {
    const wantedId = wanted && seriesId(wanted);
    const ownSince = wanted?.key ? this.#keyNames.since(span.series, wanted.key) : 0;
    const ownFrom = ownSince ?? Number.POSITIVE_INFINITY;
    const unaccounted = new Map<number, number>();
    for (const { start, keyed } of table.cells(span)) unaccounted.set(start, keyed);
    const sound: KeyCell[] = [];
    const unknown: number[] = [];
    for (const { start, cells, damaged } of table.keys(span)) {
      let left = damaged > 0 ? Number.NaN : (unaccounted.get(start) ?? 0);
      let [otherCount, ownCount] = [0, 0];
      cells.ids.forEach((id, index) => {
        const name = this.#keyNames.of(span.series, id);
        const counted = cells.counted[index]!;
        // What has no name stays unaccounted for; so does what is damaged but counted nothing.
        left = name === null ? Number.NaN : left - counted;
        if (name === null) return;
        if (name.series === 'other') otherCount = counted;
        if (wantedId !== null && seriesId(name) !== wantedId) return;
        ownCount += counted;
        const [sum, sumLow] = [cells.sums[index * 2]!, cells.sums[index * 2 + 1]!];
        sound.push({ start: start * 1_000, ...name, counted, sum, sumLow, damaged: false });
      });
      unaccounted.set(start, left);
      // A key is in `other` or has its own series until Weir stops, and then the bucket is partial for that.
      const maybeOther = otherCount > 0 && ownCount === 0 && start < ownFrom;
      if (wanted?.series === 'key' && maybeOther) unknown.push(start * 1_000);
    }
    const hurt = [...unaccounted].filter(([, count]) => count !== 0).map(([start]) => start);
    return { cells: [...sound, ...hurt.map(damagedKeyCell)], unknown };
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

  /** null for one that is unknown, or whose rows are damaged: nothing is known of it then. */
  #knownOf(name: string): Known | null {
    try {
      const version = this.#dataVersion.get()!['data_version'];
      if (version !== this.#readAt) this.#known.clear();
      this.#readAt = version;
      const known = this.#known.get(name) ?? this.#read(name);
      if (known) this.#known.set(name, known);
      return known;
    } catch (error) {
      if (isDamage(error)) return null;
      throw error;
    }
  }

  #read(name: string): Known | null {
    const channel = this.#channelAt(this.#ids.get(name), name) ?? this.#searchChannel(name);
    if (!channel) return null;
    const series = this.#series.all(channel.id).map(toSeriesRow);
    return series.includes(null) ? null : { channel, series: series as SeriesRow[] };
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

  /** A series' range cut at the channel's watermarks: before each, the coarser tier has it all. */
  #partsOf(range: CellRange, channel: ChannelRow, { id, definition }: SeriesRow): Part[] {
    const parts: Part[] = [];
    const meaning = definition ?? range.definition;
    let from = Math.floor(range.from / 1_000);
    const to = Math.ceil(range.to / 1_000);
    const finest = TIERS.findIndex(({ name }) => name === range.tier);
    for (const { name } of TIERS.slice(0, finest + 1).reverse()) {
      const rolledTo = name === '1s' ? to : Math.min(to, channel.rolled[name]);
      if (rolledTo <= from) continue;
      const table = this.#tables.get(name)!;
      parts.push({ table, definition: meaning, series: id, from, to: rolledTo });
      from = rolledTo;
    }
    return parts;
  }
}

function ascending(cells: Cell[]): Cell[] {
  return cells.sort((a, b) => a.start - b.start);
}

/** Device and inode of the file; null for one that is not there, and for a store in memory. */
export function fileAt(location: string): string | null {
  if (isMemory(location)) return null;
  const stat = statSync(location, { throwIfNoEntry: false });
  return stat ? `${stat.dev}:${stat.ino}` : null;
}

function toCell({ start, tally, amended, damaged }: CellRow, definition: Definition): Cell {
  return { start: start * 1_000, tally, amended, damaged: damaged > 0, definition };
}

function damagedKeyCell(start: number): KeyCell {
  return { start: start * 1_000, ...OTHER_SERIES, counted: 0, sum: 0, sumLow: 0, damaged: true };
}
