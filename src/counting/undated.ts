/** Messages that cannot be put where their time says: one event when they begin, and one when they have ended. */
import type { Clock } from '../model/clock.ts';
import { EXCERPT_LENGTH_MAX } from '../model/redaction.ts';
import type { NoteLimit } from './notes.ts';

/** So long without an undated message, and they have ended. Milliseconds. */
const QUIET_MS = 10_000;

export class Undated {
  readonly #limit: NoteLimit;
  readonly #clock: Clock;
  #count = 0;
  #last = 0;
  #aheadMostMs = 0;

  constructor(limit: NoteLimit, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** A message has no time that can be read; `value` is what stands there, absent where nothing does. */
  unread(value: string | undefined): void {
    const shown = value === undefined ? 'none' : value.slice(0, EXCERPT_LENGTH_MAX);
    this.#begin(`no time can be read (${shown})`);
  }

  /** A message's time is so many milliseconds ahead of the clock. */
  ahead(aheadMs: number): void {
    this.#aheadMostMs = Math.max(this.#aheadMostMs, aheadMs);
    this.#begin(`a time is ${seconds(aheadMs)} ahead of the clock`);
  }

  /** A message's time is right, but too many past seconds wait for the store already. */
  crowded(): void {
    this.#begin('there are more messages of past seconds than can be put into them at once');
  }

  /** A message has a time that is of use. */
  dated(): void {
    if (this.#count === 0 || this.#clock.elapsed() - this.#last < QUIET_MS) return;
    const skew =
      this.#aheadMostMs > 0 ? `; times were up to ${seconds(this.#aheadMostMs)} ahead` : '';
    this.#limit.event('undated', `times are right again, after ${this.#count} messages${skew}`);
    this.#count = 0;
    this.#aheadMostMs = 0;
  }

  #begin(why: string): void {
    this.#count += 1;
    this.#last = this.#clock.elapsed();
    if (this.#count > 1) return;
    this.#limit.event('undated', `${why}: such messages count on arrival, as undated`);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
