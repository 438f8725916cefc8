/** Time, as everything that depends on it takes it: an argument. */

export interface Clock {
  /** Unix milliseconds. For stamps; it steps when the machine's wall clock is set. */
  now(): number;
  /** Milliseconds since some fixed moment. For lengths of time; it never steps. */
  elapsed(): number;
  /** The last step of the wall clock that was followed; null for none. */
  readonly step: ClockStep | null;
}

/** The wall clock was set, or stood still while the machine slept. */
export interface ClockStep {
  /** Steps are numbered from 1. */
  readonly number: number;
  /** What `now` said just before, and just after; Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** Timers, so that tests can run the hours. Delays in milliseconds. */
export interface Timers {
  /** Calls `callback` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}
