/**
 * The writer's side of a ring: the feed thread adds batches to the newest second and makes seconds final.
 *
 * A thread can be ended between any two instructions. So a batch (counts, amendments, and the positions after its
 * messages) is first written to the journal with the values the words shall have, then committed with one
 * `Atomics.store`, then applied. Whoever writes next applies a committed journal again: the values are
 * absolute, so doing it twice changes nothing. A batch counts wholly or not at all.
 */
import { addAt } from '../model/exact-sum.ts';
import type { ShardPosition } from '../model/position.ts';
import { TALLY_FIELDS, type TallyField } from '../model/tally.ts';
import { AmendmentQueue } from './amendment-queue.ts';
import { publishFinalPoint } from './final-points.ts';
import { KeySlots } from './key-table.ts';
import { PositionWriter } from './position-writer.ts';
import {
  amendmentCountAt,
  CONTROL,
  JOURNAL,
  type RingMemory,
  type RingViews,
  rowOf,
  TOTALS_BESIDE,
  totalsAt,
  viewRing,
} from './ring.ts';

const FIELD_INDEX = Object.fromEntries(
  TALLY_FIELDS.map((field, index) => [field, index]),
) as Record<TallyField, number>;
const SUM_INDEX = FIELD_INDEX.sum;
const FIELD_COUNT = TALLY_FIELDS.length;
/** What is taken back of these fields is added up beside them. */
const TAKEN_BACK_INDEX: Partial<Record<TallyField, number>> = {
  coveredMs: FIELD_COUNT + TOTALS_BESIDE.indexOf('takenBackMs'),
  missed: FIELD_COUNT + TOTALS_BESIDE.indexOf('found'),
};
const NO_CHANGES: readonly ShardPosition[] = [];

export class RingWriter {
  readonly views: RingViews;
  readonly keys: KeySlots;
  readonly positions: PositionWriter;
  readonly #amendments: AmendmentQueue;
  /** What the running batch adds, word by word of the newest row, and which words it touches. */
  readonly #deltas: Float64Array;
  readonly #touched: Uint32Array;
  readonly #isTouched: Uint8Array;
  /** The first words of the sums that it touches. */
  readonly #touchedSums: Uint32Array;
  #touchedCount = 0;
  #touchedSumCount = 0;
  readonly #toJournal = (index: number, value: number): void => this.#journal(index, value);
  /** What it adds to the totals, whichever second it goes to. */
  readonly #totals = new Float64Array(FIELD_COUNT + TOTALS_BESIDE.length);
  /** The past second to which is added; null for the newest. */
  #past: number | null = null;
  #entryCount = 0;

  /** Takes the ring over: finishes a batch that an earlier thread had committed. One writer at a time. */
  constructor(memory: RingMemory) {
    this.views = viewRing(memory);
    const { control, rowWords } = this.views;
    if (Atomics.load(control, CONTROL.committed) !== Atomics.load(control, CONTROL.applied)) {
      this.#apply();
    }
    this.keys = new KeySlots(this.views);
    this.positions = new PositionWriter(this.views);
    this.#amendments = new AmendmentQueue(this.views);
    this.#deltas = new Float64Array(rowWords);
    this.#touched = new Uint32Array(rowWords);
    this.#isTouched = new Uint8Array(rowWords);
    this.#touchedSums = new Uint32Array(rowWords);
  }

  /**
   * Goes on, in a ring that was never used, where `former` ended: with its running second, its totals, and its number
   * of amendments, so that a store sees one sequence of both.
   */
  takeUp(former: RingWriter): void {
    const { rows, rowWords, control } = this.views;
    const from = former.views.rows;
    const totals = totalsAt(former.views.rowWords);
    rows.set(from.subarray(totals, totals + this.#totals.length), totalsAt(rowWords));
    const count = from[amendmentCountAt(former.views.rowWords)]!;
    rows[amendmentCountAt(rowWords)] = count;
    control[CONTROL.amendmentsSealed] = count % 2 ** 32;
    this.open(former.newest);
  }

  /** The second that takes new batches; 0 before the first `open`. All before it are final. */
  get newest(): number {
    return this.views.control[CONTROL.newest]!;
  }

  /**
   * Makes `second` (Unix seconds, after the newest) the one that takes new batches, and all before it final.
   * Returns false when the row still holds a second that is not sealed: the ring is full, the newest second
   * stays open and takes what comes, and the caller says so.
   */
  open(second: number): boolean {
    const { control, tags, rows, rowWords } = this.views;
    if (second === control[CONTROL.newest]) return true;
    const row = rowOf(second);
    const held = tags[row]!;
    if (held !== 0 && held >= Atomics.load(control, CONTROL.sealed)) return false;
    rows.fill(0, row * rowWords, (row + 1) * rowWords);
    Atomics.store(tags, row, second);
    Atomics.store(control, CONTROL.newest, second);
    this.settle();
    return true;
  }

  /** Makes what was committed so far final where it can be: amendments and position, though the newest second goes on. */
  settle(): void {
    this.#amendments.settle();
    publishFinalPoint(this.views, this.newest);
  }

  /**
   * Directs what is added next, until the next commit, to `second`: a past one is amended. Returns false where
   * there is no room for more amendments: it then goes to the newest second, and the caller says so.
   */
  aim(second: number): boolean {
    this.#past = null;
    if (second >= this.newest) return true;
    if (!this.#amendments.hasRoom) return false;
    this.#past = second;
    return true;
  }

  /** Adds to a field of the running batch; sums with `addSum`. */
  add(field: TallyField, amount: number): void {
    const index = FIELD_INDEX[field];
    this.#totals[index]! += amount;
    const takenBack = amount < 0 ? TAKEN_BACK_INDEX[field] : undefined;
    if (takenBack !== undefined) this.#totals[takenBack]! -= amount;
    this.#add(index, amount);
  }

  /** Adds to the sum of the running batch; `low` is the part of `value` that a double leaves out. */
  addSum(value: number, low: number): void {
    addAt(this.#totals, SUM_INDEX, value);
    addAt(this.#totals, SUM_INDEX, low);
    this.#addSum(SUM_INDEX, value, low);
  }

  /** Adds counted messages of a series, and what they are worth together, to the running batch. Slots: see `keys`. */
  addKey(slot: number, worth: number, count = 1, worthLow = 0): void {
    const { keyWords } = this.views.shape;
    const index = FIELD_COUNT + slot * keyWords;
    this.#add(index, count);
    if (keyWords === 3) this.#addSum(index + 1, worth, worthLow);
  }

  /** Makes the running batch count, together with the positions after its messages. Each shard at most once. */
  commit(changes: Iterable<ShardPosition> = NO_CHANGES): void {
    this.#writeJournal(changes);
    const { control } = this.views;
    Atomics.store(control, CONTROL.committed, (control[CONTROL.committed]! + 1) >>> 0);
    this.#apply();
    this.positions.committed();
  }

  #add(index: number, amount: number): void {
    if (this.#past !== null) {
      this.#amendments.stage(this.#past, index, amount);
      return;
    }
    if (this.#isTouched[index] === 0) {
      this.#isTouched[index] = 1;
      this.#touched[this.#touchedCount++] = index;
    }
    this.#deltas[index]! += amount;
  }

  /** Adds to the two words of a sum. */
  #addSum(index: number, value: number, low: number): void {
    if (this.#past !== null) {
      this.#amendments.stage(this.#past, index, value);
      if (low !== 0) this.#amendments.stage(this.#past, index, low);
      return;
    }
    if (this.#isTouched[index] === 0) {
      this.#isTouched[index] = 1;
      this.#touchedSums[this.#touchedSumCount++] = index;
    }
    addAt(this.#deltas, index, value);
    if (low !== 0) addAt(this.#deltas, index, low);
  }

  #writeJournal(changes: Iterable<ShardPosition>): void {
    const { rows, rowWords, journalWords } = this.views;
    this.#entryCount = 0;
    this.#journalDeltas();
    const totals = totalsAt(rowWords);
    for (let index = 0; index < this.#totals.length; index++) {
      const delta = this.#totals[index]!;
      // A sum of 0 has no second word either.
      if (delta === 0) continue;
      if (index === SUM_INDEX) {
        this.#journalSum(this.#totals, index, totals + index);
        index += 1;
      } else this.#journal(totals + index, rows[totals + index]! + delta);
      this.#totals[index] = 0;
    }
    this.#amendments.journal(this.#toJournal);
    this.positions.journal(changes, this.#toJournal);
    this.#past = null;
    journalWords[JOURNAL.entryCount] = this.#entryCount;
  }

  /** Journals what is added to the newest row, and clears it. */
  #journalDeltas(): void {
    const { rows, rowWords } = this.views;
    const base = rowOf(this.newest) * rowWords;
    const deltas = this.#deltas;
    for (let i = 0; i < this.#touchedCount; i++) {
      const index = this.#touched[i]!;
      this.#journal(base + index, rows[base + index]! + deltas[index]!);
      deltas[index] = 0;
      this.#isTouched[index] = 0;
    }
    for (let i = 0; i < this.#touchedSumCount; i++) {
      const index = this.#touchedSums[i]!;
      this.#journalSum(deltas, index, base + index);
      this.#isTouched[index] = 0;
    }
    this.#touchedCount = 0;
    this.#touchedSumCount = 0;
  }

  /** Journals the sum at `rows[at]` with what `deltas[index]` adds to it, and clears that. */
  #journalSum(deltas: Float64Array, index: number, at: number): void {
    const { rows } = this.views;
    addAt(deltas, index, rows[at]!);
    addAt(deltas, index, rows[at + 1]!);
    this.#journal(at, deltas[index]!);
    this.#journal(at + 1, deltas[index + 1]!);
    deltas[index] = 0;
    deltas[index + 1] = 0;
  }

  #journal(index: number, value: number): void {
    this.views.journalIndices[this.#entryCount] = index;
    this.views.journalValues[this.#entryCount] = value;
    this.#entryCount += 1;
  }

  #apply(): void {
    const { control, rows, journalWords, journalIndices, journalValues } = this.views;
    const entryCount = journalWords[JOURNAL.entryCount]!;
    for (let i = 0; i < entryCount; i++) rows[journalIndices[i]!] = journalValues[i]!;
    Atomics.store(control, CONTROL.applied, Atomics.load(control, CONTROL.committed));
  }
}
