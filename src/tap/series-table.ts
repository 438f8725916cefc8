/** A table of keys in the scanner's memory, and what was counted by it. */
import {
  ENTRY_SIZE,
  TABLE_BYTES,
  TABLE_BYTES_END,
  TABLE_COUNTS,
  TABLE_ENTRIES,
  TABLE_MASK,
  TABLE_SIZE,
  TABLE_SUMS,
  TABLE_TOUCHED,
  TABLE_TOUCHED_COUNT,
} from '../../wasm/layout.ts';
import type { SeriesBatch } from '../model/delivery.ts';
import type { Lot } from './lot.ts';

/** Bytes a key takes, on average; when they are used up, further keys are looked up here each time. */
const TOKEN_BYTES_MEAN = 32;
const ENTRIES_MIN = 64;

export class SeriesTable {
  readonly at: number;
  readonly #lot: Lot;
  readonly #counts: Uint32Array;
  readonly #sums: Float64Array;
  readonly #touched: Uint32Array;

  /** Room for `slotCount` series, and for some more spellings of their keys. Throws MemoryFull. */
  constructor(lot: Lot, slotCount: number) {
    const { words } = lot.kernel;
    const entryCount = Math.max(ENTRIES_MIN, 2 ** Math.ceil(Math.log2(slotCount * 2)));
    const tokenBytes = entryCount * TOKEN_BYTES_MEAN;
    this.#lot = lot;
    this.at = lot.take(TABLE_SIZE);
    const bytesAt = lot.take(tokenBytes);
    const set = (offset: number, value: number) => {
      words[(this.at + offset) >> 2] = value;
      return value;
    };
    const part = (offset: number, size: number) => set(offset, lot.take(size));
    const { buffer } = words;
    set(TABLE_MASK, entryCount - 1);
    part(TABLE_ENTRIES, entryCount * ENTRY_SIZE);
    set(TABLE_BYTES, bytesAt);
    set(TABLE_BYTES_END, bytesAt + tokenBytes);
    this.#counts = new Uint32Array(buffer, part(TABLE_COUNTS, slotCount * 4), slotCount);
    this.#sums = new Float64Array(buffer, part(TABLE_SUMS, slotCount * 16), slotCount * 2);
    this.#touched = new Uint32Array(buffer, part(TABLE_TOUCHED, slotCount * 4), slotCount);
  }

  /** What was counted since `clear`; views, valid until then. */
  batch(count: number, sum: number, sumLow: number): SeriesBatch {
    const touched = this.#touched.subarray(0, this.#touchedCount);
    return { count, sum, sumLow, slots: touched, counts: this.#counts, sums: this.#sums };
  }

  clear(): void {
    const touchedCount = this.#touchedCount;
    for (let i = 0; i < touchedCount; i++) {
      const slot = this.#touched[i]!;
      this.#counts[slot] = 0;
      this.#sums[slot * 2] = 0;
      this.#sums[slot * 2 + 1] = 0;
    }
    this.#lot.kernel.words[(this.at + TABLE_TOUCHED_COUNT) >> 2] = 0;
  }

  get #touchedCount(): number {
    return this.#lot.kernel.words[(this.at + TABLE_TOUCHED_COUNT) >> 2]!;
  }
}
