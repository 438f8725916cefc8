/** Time, as everything that depends on it takes it: an argument. */

export interface Clock {
  /** Unix milliseconds. Never goes back within a process. */
  now(): number;
}

/** Timers, so that tests can run the hours. Delays in milliseconds. */
export interface Timers {
  /** Calls `callback` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}
