/** The series by key: their ids and names, each under its checksum. A name never changes, and no id is given twice. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { keySeries, type SeriesKind, type SeriesName, seriesId } from '../../model/series.ts';
import { textChecksum } from './checksum.ts';

/** What a row's `kind` means. */
const KINDS: readonly SeriesKind[] = ['key', 'none', 'other'];

export interface KeyRow {
  readonly id: number;
  readonly series: number;
  readonly name: SeriesName;
  /** Unix seconds since which the key has had a series of its own, without a break. */
  since: number;
}

type Row = Record<string, unknown>;

/** The row as it was written, or null if it is not. */
export function toKeyRow(row: Row): KeyRow | null {
  const [id, series, kind, name, since] = [
    row['id'],
    row['series'],
    row['kind'],
    row['name'],
    row['since'],
  ] as [number, number, number, string, number];
  const sound = textChecksum([id, series, kind, name, since]) === row['checksum'];
  const of = KINDS[kind];
  if (!sound || of === undefined) return null;
  return { id, series, since, name: of === 'key' ? keySeries(name) : { series: of, key: null } };
}

export class KeyTable {
  readonly #select: StatementSync;
  readonly #put: StatementSync;

  constructor(db: DatabaseSync) {
    this.#select = db.prepare('SELECT * FROM key ORDER BY id');
    this.#put = db.prepare('REPLACE INTO key VALUES (?, ?, ?, ?, ?, ?)');
  }

  /**
   * All keys, by the id of their series and the id of their name. A row that is damaged is not among them: its key gets
   * a new id when it is seen again.
   */
  all(): Map<number, Map<string, KeyRow>> {
    const keys = new Map<number, Map<string, KeyRow>>();
    for (const row of this.#select.iterate()) {
      const key = toKeyRow(row);
      if (!key) continue;
      const ofSeries = keys.get(key.series) ?? new Map<string, KeyRow>();
      keys.set(key.series, ofSeries.set(seriesId(key.name), key));
    }
    return keys;
  }

  put({ id, series, name, since }: KeyRow): void {
    const kind = KINDS.indexOf(name.series);
    const text = name.key ?? '';
    this.#put.run(id, series, kind, text, since, textChecksum([id, series, kind, text, since]));
  }
}
