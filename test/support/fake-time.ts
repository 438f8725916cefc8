// A clock and timers that stand still until told to go on.
import type { Clock, ClockStep, Timers } from '../../src/model/clock.ts';

export class FakeTime implements Clock, Timers {
  #elapsed = 0;
  /** The wall's time at the zero of `elapsed`. */
  #anchor: number;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];
  step: ClockStep | null = null;

  constructor(now: number) {
    this.#anchor = now;
  }

  now(): number {
    return this.#anchor + this.#elapsed;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#elapsed + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Goes on to `at` on the wall, calling what falls due, in order. */
  goTo(at: number): void {
    const end = at - this.#anchor;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#elapsed = Math.max(this.#elapsed, due.at);
      due.callback();
    }
    this.#elapsed = Math.max(this.#elapsed, end);
  }

  /** Jumps without calling anything, as when the process was held up. */
  jumpTo(at: number): void {
    this.#elapsed = at - this.#anchor;
  }

  /** Sets the wall by so many milliseconds, as an operator or a suspended machine does. */
  setWall(byMs: number): void {
    const from = this.now();
    this.#anchor += byMs;
    this.step = { number: (this.step?.number ?? 0) + 1, from, to: this.now() };
  }
}
