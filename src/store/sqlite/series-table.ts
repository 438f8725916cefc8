/**
 * The rows of series: each holds the numbers of one channel under one definition. Cells and keys belong to a series.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Definition } from '../../model/series.ts';
import { textChecksum } from './checksum.ts';

export interface SeriesRow {
  readonly id: number;
  readonly channel: number;
  /** null: counted before definitions were kept; taken as of the definition that is counted next. */
  definition: Definition | null;
}

type Row = Record<string, unknown>;

/** The row as it was written, or null if it is not. */
export function toSeriesRow(row: Row): SeriesRow | null {
  const [id, channel] = [row['id'], row['channel']] as number[];
  const [value, split] = [row['value'], row['split']] as (string | null)[];
  if (textChecksum([id!, channel!, value!, split!]) !== row['checksum']) return null;
  const definition = value === null || split === null ? null : { value: value!, split: split! };
  return { id: id!, channel: channel!, definition };
}

export class SeriesTable {
  readonly #select: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteKeys: StatementSync;

  constructor(db: DatabaseSync) {
    this.#select = db.prepare('SELECT * FROM series ORDER BY id');
    this.#put = db.prepare('REPLACE INTO series VALUES (?, ?, ?, ?, ?)');
    this.#delete = db.prepare('DELETE FROM series WHERE id = ?');
    this.#deleteKeys = db.prepare('DELETE FROM key WHERE series = ?');
  }

  /** Every row that is sound, and how many are not. */
  all(): { readonly rows: SeriesRow[]; readonly damagedCount: number } {
    const rows = this.#select.all().map(toSeriesRow);
    const sound = rows.filter((row) => row !== null);
    return { rows: sound, damagedCount: rows.length - sound.length };
  }

  put({ id, channel, definition }: SeriesRow): void {
    const [value, split] = [definition?.value ?? null, definition?.split ?? null];
    this.#put.run(id, channel, value, split, textChecksum([id, channel, value, split]));
  }

  /** Removes a series that has no cells any more, with the names of its keys. */
  remove(id: number): void {
    this.#deleteKeys.run(id);
    this.#delete.run(id);
  }
}
