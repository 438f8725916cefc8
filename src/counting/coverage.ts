/**
 * Coverage: which milliseconds were observed.
 *
 * The link is credited while it is up. Whole milliseconds only, so that the parts of a second add up to
 * exactly 1000 however often they are credited.
 */

export class Coverage {
  #creditedTo: number | null = null;

  get up(): boolean {
    return this.#creditedTo !== null;
  }

  /** The link came up at `at` (Unix milliseconds). */
  start(at: number): void {
    this.#creditedTo ??= Math.ceil(at);
  }

  /** Milliseconds observed since the last credit, up to `at`; they are credited with this call. */
  creditTo(at: number): number {
    if (this.#creditedTo === null) return 0;
    const to = Math.floor(at);
    const coveredMs = Math.max(0, to - this.#creditedTo);
    this.#creditedTo = Math.max(this.#creditedTo, to);
    return coveredMs;
  }

  /** The link is no longer up. */
  stop(): void {
    this.#creditedTo = null;
  }
}
