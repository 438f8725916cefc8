/**
 * The reader's side of a ring: the timer reads final seconds and says when they are sealed; REST looks on.
 * Reading never holds up the writer.
 */
import { emptyTally, type MutableTally, TALLY_FIELDS } from '../model/tally.ts';
import { readAmendments } from './amendment-queue.ts';
import { type FinalPoint, readFinalPoint } from './final-points.ts';
import { readKeyNames } from './key-table.ts';
import {
  CONTROL,
  JOURNAL,
  RING_DEPTH,
  type RingMemory,
  type RingViews,
  rowOf,
  totalsAt,
  viewRing,
} from './ring.ts';

/** One key's share of one second. */
export interface KeyTally {
  /** Slot 0 is `(other)`. */
  readonly slot: number;
  readonly counted: number;
  readonly sum: number;
}

type MutableKeyTally = { -readonly [K in keyof KeyTally]: KeyTally[K] };

/** What is to be added to a second that is sealed already. */
export interface RingAmendment {
  readonly second: number;
  readonly tally: MutableTally;
  readonly keys: readonly KeyTally[];
}

export class RingReader {
  readonly views: RingViews;
  #keyNames: string[] = [];

  constructor(memory: RingMemory) {
    this.views = viewRing(memory);
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
  totals(): MutableTally {
    const { control, rowWords } = this.views;
    while (true) {
      const committed = Atomics.load(control, CONTROL.committed);
      const wasApplied = Atomics.load(control, CONTROL.applied) === committed;
      const totals = this.#tallyAt(totalsAt(rowWords));
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
    for (let slot = 0; slot <= keyCount; slot++) {
      const counted = rows[base + slot * shape.keyWords]!;
      if (counted === 0) continue;
      const sum = shape.keyWords === 2 ? rows[base + slot * 2 + 1]! : 0;
      tallies.push({ slot, counted, sum });
    }
    return tallies;
  }

  /** The name of the key in `slot` (1 and up); undefined if it has not been published. */
  keyName(slot: number): string | undefined {
    if (slot > this.#keyNames.length) {
      this.#keyNames.push(...readKeyNames(this.views, this.#keyNames.length));
    }
    return this.#keyNames[slot - 1];
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

  /** The amendments that `point` covers and the store does not have yet, one for each second. */
  amendments(point: FinalPoint): RingAmendment[] {
    const waiting = (point.amendmentCount - this.#amendmentsSealed) >>> 0;
    const from = point.amendmentCount - waiting;
    const bySecond = new Map<number, { tally: MutableTally; keys: Map<number, MutableKeyTally> }>();
    for (const { second, word, delta } of readAmendments(this.views, from, point.amendmentCount)) {
      let amended = bySecond.get(second);
      if (!amended) {
        amended = { tally: emptyTally(), keys: new Map() };
        bySecond.set(second, amended);
      }
      const field = TALLY_FIELDS[word];
      if (field) amended.tally[field] += delta;
      else this.#addKeyWord(amended.keys, word - TALLY_FIELDS.length, delta);
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

  #addKeyWord(keys: Map<number, MutableKeyTally>, word: number, delta: number): void {
    const { keyWords } = this.views.shape;
    const slot = Math.floor(word / keyWords);
    const tally = keys.get(slot) ?? { slot, counted: 0, sum: 0 };
    keys.set(slot, tally);
    if (word % keyWords === 0) tally.counted += delta;
    else tally.sum += delta;
  }

  #takeFromJournal(totals: MutableTally): void {
    const { rowWords, journalWords, journalIndices, journalValues } = this.views;
    const entryCount = Math.min(journalWords[JOURNAL.entryCount]!, journalIndices.length);
    for (let i = 0; i < entryCount; i++) {
      const field = TALLY_FIELDS[journalIndices[i]! - totalsAt(rowWords)];
      if (field) totals[field] = journalValues[i]!;
    }
  }

  #tallyAt(base: number): MutableTally {
    const { rows } = this.views;
    const tally = emptyTally();
    for (let i = 0; i < TALLY_FIELDS.length; i++) tally[TALLY_FIELDS[i]!] = rows[base + i]!;
    return tally;
  }
}
