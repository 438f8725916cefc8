/**
 * The timeline of one channel: opens its seconds as they come, message or not, and credits each with what was
 * observed of it.
 *
 * The only place where a channel's time goes on. A clock that is set forward leaves a hole; one that is set back
 * makes amendments of what comes, until it is where it was.
 */
import type { Clock, ClockStep } from '../model/clock.ts';
import { writeCoveredTo } from '../shared/link-words.ts';
import type { RingWriter } from '../shared/ring-writer.ts';
import { Coverage } from './coverage.ts';

export interface TimelineParts {
  readonly writer: RingWriter;
  readonly clock: Clock;
  /** Commits what was added to the writer, with the position after it. */
  readonly flush: () => void;
  /** The ring is full: the timer is behind. */
  readonly onFull: () => void;
  /** The clock stepped. */
  readonly onStep: (step: ClockStep) => void;
  /** Says that something is about to be read: a pause of the thread is found, and handled, before. */
  readonly turn: () => void;
}

export class Timeline {
  readonly #parts: TimelineParts;
  readonly #writer: RingWriter;
  readonly #clock: Clock;
  readonly #coverage = new Coverage();
  #stepNumber: number;
  #full = false;

  constructor(parts: TimelineParts) {
    this.#parts = parts;
    this.#writer = parts.writer;
    this.#clock = parts.clock;
    this.#stepNumber = parts.clock.step?.number ?? 0;
    this.advance();
  }

  /** Whether the channel is being observed. */
  get observed(): boolean {
    return this.#coverage.up;
  }

  /** Whether the ring is full, so that what comes is counted in an earlier second than its own. */
  get full(): boolean {
    return this.#full;
  }

  /** Opens the seconds up to now, crediting each that passed; returns the time in Unix milliseconds. */
  advance(): number {
    this.#parts.turn();
    const { step } = this.#clock;
    if (step !== null && step.number !== this.#stepNumber) this.#follow(step);
    const now = this.#clock.now();
    this.#openTo(now);
    return now;
  }

  /** Opens the seconds up to `at`, which is a moment ahead: a message has come that is of then. */
  reach(at: number): void {
    this.#openTo(at);
  }

  /** Once a second: moves on though nothing arrives. */
  tick(): void {
    const now = this.advance();
    if (this.#writer.newest <= Math.floor(now / 1_000)) return;
    // The clock was set back: no second turns, so what was amended is made final here.
    this.#credit(now);
    this.#writer.settle();
  }

  /** From `at` (Unix milliseconds) on the channel is observed. */
  observe(at: number): void {
    this.#coverage.start(at);
  }

  /** Proof of life at `at`. */
  prove(at: number): void {
    this.#coverage.prove(at);
  }

  /** Nothing was read between `from` and now (Unix milliseconds): no coverage until `release`, which is to follow. */
  hold(from: number): void {
    this.#openTo(from);
    this.#credit(from);
    this.#parts.flush();
    this.#coverage.hold(from);
  }

  /** What waited has been read by `now`: coverage goes on. */
  release(now: number): void {
    this.#coverage.release(now);
  }

  /**
   * The channel is no longer observed since `now`; or, unless its end was `proven`, since the last proof of life:
   * what was credited since is taken back. Returns since when, Unix milliseconds.
   */
  stop(now: number, proven: boolean): number {
    if (proven) this.#coverage.prove(now);
    this.#credit(now);
    const unproven = this.#coverage.stop();
    for (const { second, ms } of unproven) this.#addCovered(second, -ms);
    if (unproven.length > 0) this.#parts.flush();
    return proven ? now : this.#coverage.proofAt;
  }

  /**
   * Makes the running second final as well: nothing is counted after this. Returns the time, and the end of what is final;
   * Unix milliseconds.
   */
  finish(): { readonly at: number; readonly end: number } {
    const at = this.advance();
    this.#credit(at);
    this.#parts.flush();
    this.#coverage.stop();
    const next = Math.max(this.#writer.newest, Math.floor(at / 1_000)) + 1;
    this.#writer.open(next);
    return { at, end: next * 1_000 };
  }

  /** Ends with everything written, so that another writer can go on in the running second. */
  handOver(): void {
    this.#credit(this.advance());
    this.#parts.flush();
    this.#coverage.stop();
  }

  #follow(step: ClockStep): void {
    this.#stepNumber = step.number;
    this.#openTo(step.from);
    this.#credit(step.from);
    this.#parts.flush();
    this.#coverage.step(step.to);
    const second = Math.floor(step.to / 1_000);
    if (second > this.#writer.newest) this.#setFull(!this.#writer.open(second));
    this.#parts.onStep(step);
  }

  #openTo(now: number): void {
    const second = Math.floor(now / 1_000);
    const writer = this.#writer;
    if (writer.newest === 0) writer.open(second);
    // What arrived before the turn of the second belongs before it.
    if (writer.newest < second) this.#parts.flush();
    while (writer.newest < second) {
      if (!this.#full) this.#credit((writer.newest + 1) * 1_000);
      // An idle, blind channel has nothing to say of the seconds in between.
      const next = this.#coverage.up && !this.#full ? writer.newest + 1 : second;
      const opened = writer.open(next);
      if (!opened) this.#credit(now);
      this.#setFull(!opened);
      if (!opened) break;
    }
  }

  #credit(at: number): void {
    const covered = this.#coverage.creditTo(at);
    if (covered.length === 0) return;
    for (const { second, ms } of covered) this.#addCovered(second, ms);
    this.#parts.flush();
    writeCoveredTo(this.#writer.views, Math.floor(at));
  }

  #addCovered(second: number, ms: number): void {
    if (!this.#writer.aim(second)) this.#writer.add('coarse', 1);
    this.#writer.add('coveredMs', ms);
  }

  #setFull(full: boolean): void {
    if (full && !this.#full) this.#parts.onFull();
    this.#full = full;
  }
}
