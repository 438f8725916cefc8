/**
 * When the next recorded line is due: the recorded pace, made faster or slower. Arithmetic only.
 */

/** Between the last line of a recording and its first, when the recording loops. */
export const LOOP_PAUSE_MS_MAX = 1_000;

/**
 * More than this behind (the machine slept, the disk stalled), the lost time is not made up for.
 */
export const BEHIND_MS_MAX = 5_000;

export class Pace {
  readonly #speed: number;
  /** When line `#firstAt` was, or would have been, played. Unix milliseconds. */
  #startMs: number;
  #firstAt: number | null = null;
  #lastAt = 0;
  #lineCount = 0;

  /** `speed` times as fast as recorded, from `nowMs` (Unix ms) on. */
  constructor(speed: number, nowMs: number) {
    this.#speed = speed;
    this.#startMs = nowMs;
  }

  /** How long to wait, in milliseconds, before playing a line that was recorded at `atMs`. */
  waitMs(atMs: number, nowMs: number): number {
    this.#lineCount += 1;
    // Recorded before the line ahead of it: it is late already, and says nothing about the pace.
    if (this.#firstAt !== null && atMs < this.#lastAt) return 0;
    this.#firstAt ??= atMs;
    this.#lastAt = atMs;
    const waitMs = this.#startMs + (atMs - this.#firstAt) / this.#speed - nowMs;
    if (waitMs < -BEHIND_MS_MAX) this.#startMs -= waitMs;
    return Math.max(0, waitMs);
  }

  /**
   * The recording starts again, after a pause as long as the mean one between its lines, but a
   * second at most.
   */
  restart(): void {
    const spanMs = (this.#lastAt - (this.#firstAt ?? 0)) / this.#speed;
    const meanMs = spanMs > 0 ? spanMs / (this.#lineCount - 1) : LOOP_PAUSE_MS_MAX;
    this.#startMs += Math.max(0, spanMs) + Math.min(meanMs, LOOP_PAUSE_MS_MAX);
    this.#firstAt = null;
    this.#lineCount = 0;
  }
}
