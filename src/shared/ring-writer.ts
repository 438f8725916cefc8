/**
 * The writer's side of a ring: the feed thread adds batches to the newest second and makes seconds final.
 *
 * A thread can be ended between any two instructions. So a batch (counts, amendments, and the position after its
 * last message) is first written to the journal with the values the words shall have, then committed with one
 * `Atomics.store`, then applied. Whoever writes next applies a committed journal again: the values are
 * absolute, so doing it twice changes nothing. A batch counts wholly or not at all.
 */
import { TALLY_FIELDS, type TallyField } from '../model/tally.ts';
import { AmendmentQueue } from './amendment-queue.ts';
import { publishFinalPoint } from './final-points.ts';
import { KeySlots } from './key-table.ts';
import {
  amendmentCountAt,
  CONTROL,
  JOURNAL,
  POSITION_UNITS_MAX,
  type RingMemory,
  type RingViews,
  rowOf,
  totalsAt,
  viewRing,
} from './ring.ts';
import { readUnits, writeUnits } from './text.ts';

const FIELD_INDEX = Object.fromEntries(
  TALLY_FIELDS.map((field, index) => [field, index]),
) as Record<TallyField, number>;

export class RingWriter {
  readonly views: RingViews;
  readonly keys: KeySlots;
  readonly #amendments: AmendmentQueue;
  /** What the running batch adds, word by word of the newest row, and which words it touches. */
  readonly #deltas: Float64Array;
  readonly #touched: Uint32Array;
  readonly #isTouched: Uint8Array;
  #touchedCount = 0;
  /** What it adds to the totals, whichever second it goes to. */
  readonly #totals = new Float64Array(TALLY_FIELDS.length);
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
    this.#amendments = new AmendmentQueue(this.views);
    this.#deltas = new Float64Array(rowWords);
    this.#touched = new Uint32Array(rowWords);
    this.#isTouched = new Uint8Array(rowWords);
  }

  /**
   * Goes on, in a ring that was never used, where `former` ended: with its running second, its totals, and its number
   * of amendments, so that a store sees one sequence of both.
   */
  takeUp(former: RingWriter): void {
    const { rows, rowWords, control } = this.views;
    const from = former.views.rows;
    const totals = totalsAt(former.views.rowWords);
    rows.set(from.subarray(totals, totals + TALLY_FIELDS.length), totalsAt(rowWords));
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

  /** Adds to a field of the running batch. */
  add(field: TallyField, amount: number): void {
    const index = FIELD_INDEX[field];
    this.#totals[index]! += amount;
    this.#add(index, amount);
  }

  /** Adds counted messages of a key, and what they are worth together, to the running batch. Slots come from `keys`. */
  addKey(slot: number, worth: number, count = 1): void {
    const { keyWords } = this.views.shape;
    const index = TALLY_FIELDS.length + slot * keyWords;
    this.#add(index, count);
    if (keyWords === 2) this.#add(index + 1, worth);
  }

  /**
   * Makes the running batch count, together with the position after its last message; a null position leaves the
   * last one standing. Throws RangeError for a position that is too long.
   */
  commit(position: string | null): void {
    if (position !== null && position.length > POSITION_UNITS_MAX) {
      throw new RangeError(
        `position has ${position.length} units; the bound is ${POSITION_UNITS_MAX}`,
      );
    }
    this.#writeJournal(position);
    const { control } = this.views;
    Atomics.store(control, CONTROL.committed, (control[CONTROL.committed]! + 1) >>> 0);
    this.#apply();
  }

  /** The position after the last committed message; null before the first. */
  get position(): string | null {
    const length = this.views.control[CONTROL.positionLength]!;
    return length === 0 ? null : readUnits(this.views.positionUnits, 0, length - 1);
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

  #writeJournal(position: string | null): void {
    const { rows, rowWords, journalWords, journalPosition } = this.views;
    const base = rowOf(this.newest) * rowWords;
    this.#entryCount = 0;
    for (let i = 0; i < this.#touchedCount; i++) {
      const index = this.#touched[i]!;
      this.#journal(base + index, rows[base + index]! + this.#deltas[index]!);
      this.#deltas[index] = 0;
      this.#isTouched[index] = 0;
    }
    this.#touchedCount = 0;
    const totals = totalsAt(rowWords);
    for (let index = 0; index < this.#totals.length; index++) {
      const delta = this.#totals[index]!;
      if (delta === 0) continue;
      this.#journal(totals + index, rows[totals + index]! + delta);
      this.#totals[index] = 0;
    }
    this.#amendments.journal(this.#journal);
    this.#past = null;
    journalWords[JOURNAL.entryCount] = this.#entryCount;
    journalWords[JOURNAL.positionLength] =
      position === null ? 0 : 1 + writeUnits(journalPosition, position, 0, POSITION_UNITS_MAX);
  }

  readonly #journal = (index: number, value: number): void => {
    this.views.journalIndices[this.#entryCount] = index;
    this.views.journalValues[this.#entryCount] = value;
    this.#entryCount += 1;
  };

  #apply(): void {
    const { control, rows, journalWords, journalIndices, journalValues } = this.views;
    const entryCount = journalWords[JOURNAL.entryCount]!;
    for (let i = 0; i < entryCount; i++) rows[journalIndices[i]!] = journalValues[i]!;
    const length = journalWords[JOURNAL.positionLength]!;
    if (length > 0) {
      const { positionUnits, journalPosition } = this.views;
      for (let i = 0; i < length - 1; i++) positionUnits[i] = journalPosition[i]!;
      control[CONTROL.positionLength] = length;
    }
    Atomics.store(control, CONTROL.applied, Atomics.load(control, CONTROL.committed));
  }
}
