/** The series by key of a store, by their id, as far as their checksums vouch for them. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SeriesName } from '../../model/series.ts';
import { type KeyRow, toKeyRow } from './key-table.ts';
import { isDamage } from './trouble.ts';

/** Names held in memory; more are read again. */
const NAMES_HELD_MAX = 100_000;

export class KeyNames {
  readonly #select: StatementSync;
  readonly #find: StatementSync;
  readonly #names = new Map<number, SeriesName | null>();

  constructor(db: DatabaseSync) {
    this.#select = db.prepare('SELECT * FROM key WHERE id = ?');
    this.#find = db.prepare('SELECT * FROM key WHERE series = ? AND kind = 0 AND name = ?');
  }

  /** The name of a key of `series`; null when it is damaged or gone. A name never changes, so it is read once. */
  of(series: number, id: number): SeriesName | null {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const name = this.#read(series, id)?.name ?? null;
    if (this.#names.size >= NAMES_HELD_MAX) this.#names.clear();
    this.#names.set(id, name);
    return name;
  }

  /** Unix seconds since which a key of `series` has its own series; null for one that has none. */
  since(series: number, key: string): number | null {
    const rows = this.#find.all(series, key).map(toKeyRow);
    const latest = rows.findLast((row) => row !== null);
    return latest?.since ?? null;
  }

  #read(series: number, id: number): KeyRow | null {
    if (!Number.isSafeInteger(id)) return null;
    try {
      const row = this.#select.get(id);
      const key = row ? toKeyRow(row) : null;
      return key?.series === series && key.id === id ? key : null;
    } catch (error) {
      if (isDamage(error)) return null;
      throw error;
    }
  }
}
