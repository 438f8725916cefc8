/**
 * The pulse: words that concern the whole process.
 *
 * The clock's anchor and the last step of the wall are written by main and read by all. Each thread has a heartbeat
 * word that it alone writes and main reads. Lines are 128 bytes apart, as in the ring.
 */
import type { ClockStep } from '../model/clock.ts';

const LINE_WORDS = 16;
/** More threads than any configuration may ask for. */
export const THREADS_MAX = 128;

/** Main's place in the pulse: it beats like a thread, so that REST can tell when it hangs. */
export const MAIN_INDEX = 0;

/** Words of the first line. The anchor comes last in a step: who sees it sees the step's words too. */
const ANCHOR = 0;
const STEP_NUMBER = 1;
const STEP_FROM = 2;
const STEP_TO = 3;

export interface PulseMemory {
  readonly buffer: SharedArrayBuffer;
}

export function allocatePulse(): PulseMemory {
  return { buffer: new SharedArrayBuffer((1 + THREADS_MAX) * LINE_WORDS * 8) };
}

export class Pulse {
  readonly #words: Float64Array;
  /** The step that was asked for last: it is asked for with every frame. */
  #step: ClockStep | null = null;

  constructor(memory: PulseMemory) {
    this.#words = new Float64Array(memory.buffer);
  }

  /** Unix milliseconds at the zero of the process-wide monotonic clock. */
  get anchorMs(): number {
    return this.#words[ANCHOR]!;
  }

  set anchorMs(value: number) {
    this.#words[ANCHOR] = value;
  }

  /** The last step that the anchor made; null for none. */
  get step(): ClockStep | null {
    const number = this.#words[STEP_NUMBER]!;
    if (number === 0) return null;
    if (this.#step?.number !== number) {
      this.#step = { number, from: this.#words[STEP_FROM]!, to: this.#words[STEP_TO]! };
    }
    return this.#step;
  }

  /** Moves the anchor at once, so that `from` is followed by `to`. */
  stepFrom(from: number, to: number): void {
    this.#words[STEP_FROM] = from;
    this.#words[STEP_TO] = to;
    this.#words[STEP_NUMBER]! += 1;
    this.#words[ANCHOR]! += to - from;
  }

  /** A thread says that its event loop turns. `elapsedMs` on the process-wide monotonic clock. */
  beat(thread: number, elapsedMs: number): void {
    this.#words[(1 + thread) * LINE_WORDS] = elapsedMs;
  }

  /** When the thread last said so; 0 for never. */
  lastBeat(thread: number): number {
    return this.#words[(1 + thread) * LINE_WORDS]!;
  }
}
