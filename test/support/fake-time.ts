// A clock and timers that stand still until told to go on.
import type { Clock, Timers } from '../../src/model/clock.ts';

export class FakeTime implements Clock, Timers {
  #now: number;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Goes on to `at`, calling what falls due, in order. */
  goTo(at: number): void {
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= at).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = Math.max(this.#now, at);
  }

  /** Jumps without calling anything, as when the process was held up. */
  jumpTo(at: number): void {
    this.#now = at;
  }
}
