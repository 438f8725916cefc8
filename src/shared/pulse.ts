/**
 * The pulse: words that concern the whole process.
 *
 * The clock's anchor is written by main and read by all. Each thread has a heartbeat word that it alone
 * writes and main reads. Lines are 128 bytes apart, as in the ring.
 */

const LINE_WORDS = 16;
/** More threads than any configuration may ask for. */
export const THREADS_MAX = 128;

export interface PulseMemory {
  readonly buffer: SharedArrayBuffer;
}

export function allocatePulse(): PulseMemory {
  return { buffer: new SharedArrayBuffer((1 + THREADS_MAX) * LINE_WORDS * 8) };
}

export class Pulse {
  readonly #words: Float64Array;

  constructor(memory: PulseMemory) {
    this.#words = new Float64Array(memory.buffer);
  }

  /** Unix milliseconds at the zero of the process-wide monotonic clock. */
  get anchorMs(): number {
    return this.#words[0]!;
  }

  set anchorMs(value: number) {
    this.#words[0] = value;
  }

  /** A thread says that its event loop turns. `now` in Unix milliseconds. */
  beat(thread: number, now: number): void {
    this.#words[(1 + thread) * LINE_WORDS] = now;
  }

  /** When the thread last said so; 0 for never. */
  lastBeat(thread: number): number {
    return this.#words[(1 + thread) * LINE_WORDS]!;
  }
}
