/**
 * The clock of all threads: the process's monotonic clock, anchored to the wall.
 *
 * `performance.now()` starts at a different moment in each thread; `process.hrtime` does not. So each
 * thread measures once how far its own `performance.now()` is from hrtime, and all share one anchor.
 * A step of the wall therefore moves nobody; main notices it (`wallOffsetMs`) and moves the anchor for all.
 */
import type { Clock, Timers } from '../model/clock.ts';
import type { Pulse } from './pulse.ts';

/** How often two clocks are read to compare them. */
const READINGS = 10;

/** Reads the machine's wall clock, Unix milliseconds. */
export type Wall = () => number;

export const machineWall: Wall = () => Date.now();

/** A clock that follows the anchor in `pulse`. One a thread. */
export function threadClock(pulse: Pulse): Clock {
  const offsetMs = difference(hrtimeMs, () => performance.now());
  return {
    now: () => pulse.anchorMs + offsetMs + performance.now(),
    elapsed: () => offsetMs + performance.now(),
    get step() {
      return pulse.step;
    },
  };
}

/** Sets the anchor so that the clock shows the wall's time now. Main does this once, before any thread runs. */
export function anchorToWall(pulse: Pulse, wall: Wall = machineWall): void {
  pulse.anchorMs = difference(wall, hrtimeMs);
}

/** How far the wall is ahead of the clock, in milliseconds. */
export function wallOffsetMs(clock: Clock, wall: Wall = machineWall): number {
  return difference(wall, () => clock.now());
}

/**
 * How far one clock is ahead of another. A thread may be held up between reading the two, so they are read a few
 * times, and the quickest reading is believed.
 */
function difference(one: () => number, other: () => number): number {
  let best = { tookMs: Number.POSITIVE_INFINITY, difference: 0 };
  for (let reading = 0; reading < READINGS; reading++) {
    const before = other();
    const read = one();
    const after = other();
    const tookMs = after - before;
    if (tookMs < best.tookMs) best = { tookMs, difference: read - (before + after) / 2 };
  }
  return best.difference;
}

function hrtimeMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}

/** Node's own timers. */
export const nodeTimers: Timers = {
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
