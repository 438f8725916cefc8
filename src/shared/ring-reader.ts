/**
 * The reader's side of a ring: the timer reads final seconds and says when they are sealed; REST looks on.
 * Reading never holds up the writer.
 */
import { addSum } from '../model/exact-sum.ts';
import type { ShardPosition } from '../model/position.ts';
import {
  FIRST_KEY_SLOT,
  keySeries,
  NONE_SERIES,
  NONE_SLOT,
  OTHER_SERIES,
  type SeriesName,
} from '../model/series.ts';
import { emptyTally, type MutableTally, TALLY_FIELDS } from '../model/tally.ts';
import { type AmendedWord, readAmendments } from './amendment-queue.ts';
import { type FinalPoint, readFinalPoint } from './final-points.ts';
import { readKeyNames } from './key-table.ts';
import { PositionHeap, readPositions } from './position-table.ts';
import {
  CONTROL,
  JOURNAL,
  RING_DEPTH,
  type RingMemory,
  type RingViews,
  rowOf,
  TOTALS_BESIDE,
  type TotalsBeside,
  totalsAt,
  viewRing,
} from './ring.ts';

/** One series' share of one second. */
export interface KeyTally {
  readonly slot: number;
  readonly counted: number;
  /** Both words of the sum. */
  readonly sum: number;
  readonly sumLow: number;
}

/** A channel's tally since its ring was made, and what was taken back of it. */
export type Totals = MutableTally & { [B in TotalsBeside]: number };

type MutableKeyTally = { -readonly [K in keyof KeyTally]: KeyTally[K] };

/** What is to be added to a second that is sealed already. */
export interface RingAmendment {
  readonly second: number;
  readonly tally: MutableTally;
  readonly keys: readonly KeyTally[];
}

const TOTALS_FIELDS = [...TALLY_FIELDS, ...TOTALS_BESIDE];

function sumOf({ delta, deltaLow }: AmendedWord) {
  return { sum: delta, sumLow: deltaLow };
}

export class RingReader {
  readonly views: RingViews;
  readonly #positions: PositionHeap;
  #keyNames: string[] = [];

  constructor(memory: RingMemory) {
    this.views = viewRing(memory);
    this.#positions = new PositionHeap(this.views);
  }

  /** The second that is being counted now, all before it final; 0 before the writer's first. */
  get newest(): number {
    return Atomics.load(this.views.control, CONTROL.newest);
  }

  /** All seconds before it are in the store. */
  get sealed(): number {
    return Atomics.load(this.views.control, CONTROL.sealed);
  }

  /** Says that all seconds before `second` are in the store. Only the timer thread calls this. */
  seal(second: number): void {
    Atomics.store(this.views.control, CONTROL.sealed, second);
  }

  /** The seconds in [from, to) for which the ring holds a row, ascending. */
  secondsHeld(from: number, to: number): number[] {
    const { tags } = this.views;
    const seconds: number[] = [];
    // A span longer than the ring cannot have more rows than the ring.
    if (to - from > RING_DEPTH) {
      for (let row = 0; row < RING_DEPTH; row++) {
        const second = Atomics.load(tags, row);
        if (second >= from && second < to && second !== 0) seconds.push(second);
      }
      return seconds.sort((a, b) => a - b);
    }
    for (let second = from; second < to; second++) {
      if (Atomics.load(tags, rowOf(second)) === second) seconds.push(second);
    }
    return seconds;
  }

  /** The channel's tally in `second`, which must be one that `secondsHeld` named. */
  tally(second: number): MutableTally {
    return this.#tallyAt(rowOf(second) * this.views.rowWords);
  }

  /**
   * The channel's tally since the ring was made, after the last batch that was committed. Where that is not wholly
   * applied, by a writer that is at it, waits for its turn or has died, the rest is in the journal.
   */
  totals(): Totals {
    const { control, rowWords } = this.views;
    while (true) {
      const committed = Atomics.load(control, CONTROL.committed);
      const wasApplied = Atomics.load(control, CONTROL.applied) === committed;
      const totals = this.#totalsAt(totalsAt(rowWords));
      if (!wasApplied) this.#takeFromJournal(totals);
      // Rows stay until the next commit, and the journal until this batch is applied.
      const isApplied = Atomics.load(control, CONTROL.applied) === committed;
      const isLast = Atomics.load(control, CONTROL.committed) === committed;
      if (isLast && isApplied === wasApplied) return totals;
    }
  }

  /** The keys that counted something in `second`. */
  keyTallies(second: number): KeyTally[] {
    const { rows, rowWords, shape, control } = this.views;
    if (shape.keysMax === 0) return [];
    const base = rowOf(second) * rowWords + TALLY_FIELDS.length;
    const keyCount = Atomics.load(control, CONTROL.keyCount);
    const tallies: KeyTally[] = [];
    for (let slot = 0; slot < FIRST_KEY_SLOT + keyCount; slot++) {
      const at = base + slot * shape.keyWords;
      const counted = rows[at]!;
      if (counted === 0) continue;
      const [sum, sumLow] = shape.keyWords === 3 ? [rows[at + 1]!, rows[at + 2]!] : [0, 0];
      tallies.push({ slot, counted, sum, sumLow });
    }
    return tallies;
  }

  /** The series of a slot that has counted something. */
  seriesAt(slot: number): SeriesName {
    if (slot < FIRST_KEY_SLOT) return slot === NONE_SLOT ? NONE_SERIES : OTHER_SERIES;
    // A key's name is written before anything is counted under its slot.
    return keySeries(this.#names[slot - FIRST_KEY_SLOT]!);
  }

  /** Whether `key` has a series of its own. */
  hasKey(key: string): boolean {
    return this.#names.includes(key);
  }

  get #names(): readonly string[] {
    const { length } = this.#keyNames;
    if (length < this.keyCount) this.#keyNames.push(...readKeyNames(this.views, length));
    return this.#keyNames;
  }

  /** How many keys have a slot of their own. */
  get keyCount(): number {
    return Atomics.load(this.views.control, CONTROL.keyCount);
  }

  /** How many final points there were, modulo 2^32: a new one means that there is something to seal. */
  get finalCount(): number {
    return Atomics.load(this.views.control, CONTROL.finalCount);
  }

  /** What belongs together in a store: see `FinalPoint`. */
  finalPoint(): FinalPoint {
    return readFinalPoint(this.views);
  }

  /**
   * The positions that `point` covers and that changed since the point of number `since` (0: all). null when there is a
   * newer point, with which the caller asks again.
   */
  positions(point: FinalPoint, since: number): ShardPosition[] | null {
    return readPositions(this.views, this.#positions, point, since);
  }

  /** The amendments that `point` covers and the store does not have yet, one for each second. */
  amendments(point: FinalPoint): RingAmendment[] {
    const waiting = (point.amendmentCount - this.#amendmentsSealed) >>> 0;
    const from = point.amendmentCount - waiting;
    const bySecond = new Map<number, { tally: MutableTally; keys: Map<number, MutableKeyTally> }>();
    for (const entry of readAmendments(this.views, from, point.amendmentCount)) {
      const { second, word } = entry;
      let amended = bySecond.get(second);
      if (!amended) {
        amended = { tally: emptyTally(), keys: new Map() };
        bySecond.set(second, amended);
      }
      const field = TALLY_FIELDS[word];
      if (field === 'sum') addSum(amended.tally, sumOf(entry));
      else if (field) amended.tally[field] += entry.delta;
      else this.#addKeyWord(amended.keys, entry);
    }
    return [...bySecond].map(([second, { tally, keys }]) => ({
      second,
      tally,
      keys: [...keys.values()],
    }));
  }

  /** Says that so many amendments are in the store. Only the timer thread calls this. */
  sealAmendments(count: number): void {
    Atomics.store(this.views.control, CONTROL.amendmentsSealed, count % 2 ** 32);
  }

  get #amendmentsSealed(): number {
    return Atomics.load(this.views.control, CONTROL.amendmentsSealed);
  }

  #addKeyWord(keys: Map<number, MutableKeyTally>, amended: AmendedWord): void {
    const { keyWords } = this.views.shape;
    const word = amended.word - TALLY_FIELDS.length;
    const slot = Math.floor(word / keyWords);
    const tally = keys.get(slot) ?? { slot, counted: 0, sum: 0, sumLow: 0 };
    keys.set(slot, tally);
    if (word % keyWords === 0) tally.counted += amended.delta;
    else addSum(tally, sumOf(amended));
  }

  #takeFromJournal(totals: Totals): void {
    const { rowWords, journalWords, journalIndices, journalValues } = this.views;
    const entryCount = Math.min(journalWords[JOURNAL.entryCount]!, journalIndices.length);
    for (let i = 0; i < entryCount; i++) {
      const field = TOTALS_FIELDS[journalIndices[i]! - totalsAt(rowWords)];
      if (field) totals[field] = journalValues[i]!;
    }
  }

  #totalsAt(base: number): Totals {
    const { rows } = this.views;
    const totals = { ...this.#tallyAt(base), takenBackMs: 0, found: 0 };
    TOTALS_BESIDE.forEach((field, index) => {
      totals[field] = rows[base + TALLY_FIELDS.length + index]!;
    });
    return totals;
  }

  #tallyAt(base: number): MutableTally {
    const { rows } = this.views;
    const tally = emptyTally();
    for (let i = 0; i < TALLY_FIELDS.length; i++) tally[TALLY_FIELDS[i]!] = rows[base + i]!;
    return tally;
  }
}
