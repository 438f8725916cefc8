/**
 * Full-jitter backoff: the wait before a retry is random between 0 and a bound that doubles with each failure.
 * It spreads a herd of clients better than a fixed or equal jitter (see the AWS Architecture Blog, "Exponential
 * Backoff And Jitter").
 */

export interface BackoffBounds {
  /** Bound of the first wait, in milliseconds. */
  readonly firstMs: number;
  /** Bound of every wait, in milliseconds. */
  readonly mostMs: number;
}

export class Backoff {
  readonly #bounds: BackoffBounds;
  readonly #random: () => number;
  #failureCount = 0;

  constructor(bounds: BackoffBounds, random: () => number) {
    this.#bounds = bounds;
    this.#random = random;
  }

  /** Milliseconds to wait before the next try; at least `leastMs`. */
  next(leastMs = 0): number {
    const { firstMs, mostMs } = this.#bounds;
    // 2^30 times the first bound is beyond any most; the cap keeps the number finite.
    const boundMs = Math.min(mostMs, firstMs * 2 ** Math.min(this.#failureCount, 30));
    this.#failureCount += 1;
    return Math.max(leastMs, this.#random() * boundMs);
  }

  /** The link has proven itself: the next failure starts small again. */
  reset(): void {
    this.#failureCount = 0;
  }
}
