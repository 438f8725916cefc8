/**
 * The reader's side of a ring: the timer reads final seconds and says when they are sealed; REST looks on.
 * Reading never holds up the writer.
 */
import { emptyTally, type MutableTally, TALLY_FIELDS } from '../model/tally.ts';
import { readKeyNames } from './key-table.ts';
import { OVERTAKEN, positionBefore } from './positions.ts';
import { CONTROL, RING_DEPTH, type RingMemory, type RingViews, rowOf, viewRing } from './ring.ts';

/** One key's share of one second. */
export interface KeyTally {
  /** Slot 0 is `(other)`. */
  readonly slot: number;
  readonly counted: number;
  readonly sum: number;
}

export class RingReader {
  readonly views: RingViews;
  #keyNames: string[] = [];

  constructor(memory: RingMemory) {
    this.views = viewRing(memory);
  }

  /** All seconds before it are final; 0 before the writer's first second. */
  get head(): number {
    return Atomics.load(this.views.control, CONTROL.head);
  }

  /** The second that is being counted now; 0 before the writer's first. */
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

  /** The channel's tally since the ring was made. */
  totals(): MutableTally {
    return this.#tallyAt(RING_DEPTH * this.views.rowWords);
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

  /**
   * The head, and the resume position after the last message counted before it; null for none. The two belong
   * together: a store that keeps one with the other resumes exactly.
   */
  finalPoint(): { readonly head: number; readonly position: string | null } {
    for (;;) {
      const { head } = this;
      const position = positionBefore(this.views, head);
      // Overtaken: the writer is far ahead by now, so a newer head has its position among the slots. The ring
      // is bounded, so the writer must wait for this reader before it can overtake it for ever.
      if (position !== OVERTAKEN) return { head, position };
    }
  }

  #tallyAt(base: number): MutableTally {
    const { rows } = this.views;
    const tally = emptyTally();
    for (let i = 0; i < TALLY_FIELDS.length; i++) tally[TALLY_FIELDS[i]!] = rows[base + i]!;
    return tally;
  }
}
