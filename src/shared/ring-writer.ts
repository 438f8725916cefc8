/**
 * The writer's side of a ring: the feed thread adds batches to the newest second and moves the head.
 *
 * A thread can be ended between any two instructions. So a batch (counts, and the position after its last
 * message) is first written to the journal with the values the words shall have, then committed with one
 * `Atomics.store`, then applied. Whoever writes next applies a committed journal again: the values are
 * absolute, so doing it twice changes nothing. A batch counts wholly or not at all.
 */
import { TALLY_FIELDS, type TallyField } from '../model/tally.ts';
import { KeySlots } from './key-table.ts';
import { OVERTAKEN, positionBefore } from './positions.ts';
import {
  CONTROL,
  JOURNAL,
  POSITION_SLOT_COUNT,
  POSITION_UNCHANGED,
  POSITION_UNITS_MAX,
  RING_DEPTH,
  type RingMemory,
  type RingViews,
  rowOf,
  viewRing,
} from './ring.ts';
import { writeUnits } from './text.ts';

const FIELD_INDEX = Object.fromEntries(
  TALLY_FIELDS.map((field, index) => [field, index]),
) as Record<TallyField, number>;

export class RingWriter {
  readonly views: RingViews;
  readonly keys: KeySlots;
  /** What the running batch adds, word by word of a row, and which words it touches. */
  readonly #deltas: Float64Array;
  readonly #touched: Uint32Array;
  readonly #isTouched: Uint8Array;
  #touchedCount = 0;

  /** Takes the ring over: finishes a batch that an earlier thread had committed. One writer at a time. */
  constructor(memory: RingMemory) {
    this.views = viewRing(memory);
    const { control, rowWords } = this.views;
    if (Atomics.load(control, CONTROL.committed) !== Atomics.load(control, CONTROL.applied)) {
      this.#apply();
    }
    this.keys = new KeySlots(this.views);
    this.#deltas = new Float64Array(rowWords);
    this.#touched = new Uint32Array(rowWords);
    this.#isTouched = new Uint8Array(rowWords);
  }

  /** The second that takes new batches; 0 before the first `open`. */
  get newest(): number {
    return this.views.control[CONTROL.newest]!;
  }

  /** All seconds before the head are final. */
  get head(): number {
    return this.views.control[CONTROL.head]!;
  }

  /**
   * Makes `second` (Unix seconds, not before the newest) the one that takes new batches, and all before it final.
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
    // Publishes everything written before it to whoever loads the head.
    Atomics.store(control, CONTROL.head, second);
    return true;
  }

  /** Adds to a field of the running batch. */
  add(field: TallyField, amount: number): void {
    this.#add(FIELD_INDEX[field], amount);
  }

  /** Adds a counted message of a key to the running batch. Slots come from `keys`. */
  addKey(slot: number, worth: number): void {
    const { keyWords } = this.views.shape;
    const index = TALLY_FIELDS.length + slot * keyWords;
    this.#add(index, 1);
    if (keyWords === 2) this.#add(index + 1, worth);
  }

  /**
   * Makes the running batch count, in the newest second, together with the position after its last message;
   * a null position leaves the last one standing. Throws RangeError for a position that is too long.
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
    const found = positionBefore(this.views, Number.MAX_SAFE_INTEGER);
    // Only a reader in another thread can be overtaken.
    return found === OVERTAKEN ? null : found;
  }

  #add(index: number, amount: number): void {
    if (this.#isTouched[index] === 0) {
      this.#isTouched[index] = 1;
      this.#touched[this.#touchedCount++] = index;
    }
    this.#deltas[index]! += amount;
  }

  #writeJournal(position: string | null): void {
    const { rows, rowWords, journalWords, journalPosition } = this.views;
    const { journalIndices, journalValues } = this.views;
    const base = rowOf(this.newest) * rowWords;
    const totals = RING_DEPTH * rowWords;
    let entryCount = 0;
    for (let i = 0; i < this.#touchedCount; i++) {
      const index = this.#touched[i]!;
      const delta = this.#deltas[index]!;
      journalIndices[entryCount] = base + index;
      journalValues[entryCount++] = rows[base + index]! + delta;
      if (index < TALLY_FIELDS.length) {
        journalIndices[entryCount] = totals + index;
        journalValues[entryCount++] = rows[totals + index]! + delta;
      }
      this.#deltas[index] = 0;
      this.#isTouched[index] = 0;
    }
    journalWords[JOURNAL.second] = this.newest;
    journalWords[JOURNAL.entryCount] = entryCount;
    journalWords[JOURNAL.positionLength] =
      position === null
        ? POSITION_UNCHANGED
        : writeUnits(journalPosition, position, 0, POSITION_UNITS_MAX);
    this.#touchedCount = 0;
  }

  #apply(): void {
    const { control, rows, journalWords, journalIndices, journalValues } = this.views;
    const entryCount = journalWords[JOURNAL.entryCount]!;
    for (let i = 0; i < entryCount; i++) rows[journalIndices[i]!] = journalValues[i]!;
    if (journalWords[JOURNAL.positionLength] !== POSITION_UNCHANGED) this.#applyPosition();
    Atomics.store(control, CONTROL.applied, Atomics.load(control, CONTROL.committed));
  }

  #applyPosition(): void {
    const { control, journalWords, journalPosition } = this.views;
    const { positionSeconds, positionLengths, positionUnits } = this.views;
    const second = journalWords[JOURNAL.second]!;
    const length = journalWords[JOURNAL.positionLength]!;
    let slotNumber = control[CONTROL.positionCount]!;
    const last = (slotNumber + POSITION_SLOT_COUNT - 1) % POSITION_SLOT_COUNT;
    const again = slotNumber > 0 && positionSeconds[last] === second;
    if (again) slotNumber -= 1;
    const slot = slotNumber % POSITION_SLOT_COUNT;
    positionUnits.set(journalPosition.subarray(0, length), slot * POSITION_UNITS_MAX);
    positionLengths[slot] = length;
    Atomics.store(positionSeconds, slot, second);
    if (!again) Atomics.store(control, CONTROL.positionCount, slotNumber + 1);
  }
}
