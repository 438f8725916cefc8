/**
 * The wall-clock time that has been shown to a channel. A clock that is set back shows some of it again, and the numbers
 * of those seconds are then of two times.
 */
import type { ClockStep } from '../model/clock.ts';

/** Unix milliseconds; `to` excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Spans that are remembered apart; beyond that, the two oldest count as one. */
const SPANS_MAX = 100;

export class ShownTime {
  #spans: Span[];
  /** Since when the clock has gone on without a step. */
  #from: number;

  /** `before`: the end of what an earlier run, or an earlier thread, counted; null where there was none. */
  constructor(before: number | null, now: number) {
    this.#spans = before === null ? [] : [{ from: Number.NEGATIVE_INFINITY, to: before }];
    this.#from = now;
  }

  /** The clock stepped. Returns the spans from `to` on that were shown before, and that the clock will show again. */
  step({ from, to }: ClockStep): Span[] {
    this.#spans.push({ from: this.#from, to: from });
    if (this.#spans.length > SPANS_MAX) {
      const [oldest, next] = this.#spans.splice(0, 2) as [Span, Span];
      this.#spans.unshift({
        from: Math.min(oldest.from, next.from),
        to: Math.max(oldest.to, next.to),
      });
    }
    this.#from = to;
    return this.shownAfter(to);
  }

  /** The spans from `at` on that the clock has shown. */
  shownAfter(at: number): Span[] {
    return this.#spans
      .filter((span) => span.to > at)
      .map((span) => ({ from: Math.max(span.from, at), to: span.to }));
  }
}
