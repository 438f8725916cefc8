/** The series of a store, and the keys of each, as its one writer knows them: every one is found or begun here. */
import type { DatabaseSync } from 'node:sqlite';
import { type Definition, isSameDefinition, seriesId } from '../../model/series.ts';
import type { KeyTally } from '../store.ts';
import type { ChannelRow } from './channel-table.ts';
import { type KeyRow, KeyTable } from './key-table.ts';
import { type SeriesRow, SeriesTable } from './series-table.ts';
import { Fault } from './trouble.ts';

export class SeriesSet {
  readonly #seriesTable: SeriesTable;
  readonly #keyTable: KeyTable;
  /** By the id of their channel. */
  #series = new Map<number, SeriesRow[]>();
  /** By the id of their series, then by `seriesId` of their name. */
  #keys = new Map<number, Map<string, KeyRow>>();
  #seriesMax = 0;
  #keyMax = 0;

  constructor(db: DatabaseSync) {
    this.#seriesTable = new SeriesTable(db);
    this.#keyTable = new KeyTable(db);
  }

  /** Reads back what is known. `keyMax`: the highest id that a key was ever given. Throws a Fault for a damaged row. */
  read(keyMax: number): void {
    const { rows, damagedCount } = this.#seriesTable.all();
    if (damagedCount > 0) throw new Fault('damaged', 'a row of series is not what was written');
    this.#series = Map.groupBy(rows, ({ channel }) => channel);
    this.#seriesMax = rows.at(-1)?.id ?? 0;
    this.#keys = this.#keyTable.all();
    // Never an id twice: cells of a key whose name is gone must not come back under another.
    this.#keyMax = keyMax;
  }

  of(channel: Pick<ChannelRow, 'id'>): readonly SeriesRow[] {
    return this.#series.get(channel.id) ?? [];
  }

  /** The channel's series of that definition. One that was counted before definitions were kept becomes it. */
  find(channel: Pick<ChannelRow, 'id'>, definition: Definition): SeriesRow {
    const all = this.of(channel);
    const same = (one: SeriesRow) =>
      one.definition !== null && isSameDefinition(one.definition, definition);
    const known = all.find(same);
    if (known) return known;
    const unknown = all.find((one) => one.definition === null);
    const series = unknown ?? { id: ++this.#seriesMax, channel: channel.id, definition };
    series.definition = definition;
    this.#seriesTable.put(series);
    if (!unknown) this.#series.set(channel.id, [...all, series]);
    return series;
  }

  /** The id of a key of a series of `channel`, which has had a series of its own since `since` (Unix seconds). */
  keyId(channel: ChannelRow, series: SeriesRow, key: KeyTally, since: number): number {
    let keys = this.#keys.get(series.id);
    if (!keys) {
      keys = new Map();
      this.#keys.set(series.id, keys);
    }
    const name = seriesId(key);
    let known = keys.get(name);
    if (known && known.since >= since) return known.id;
    if (known) known.since = since;
    else {
      const id = ++this.#keyMax;
      known = { id, series: series.id, name: { series: key.series, key: key.key }, since };
      channel.keyMax = id;
      keys.set(name, known);
    }
    this.#keyTable.put(known);
    return known.id;
  }
}
