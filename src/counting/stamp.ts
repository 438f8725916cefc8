/** Stamps: the moment at which a message counts. */

/** A message older than this is late: counted as such, and into no bucket. */
export const LATE_MS_MAX = 35 * 24 * 3_600_000;
/** Clocks of one network differ by so much: a second may begin this much earlier, for a message that is in it. */
const AHEAD_MS_SLACK = 20;
/** A time further ahead of the clock than this is no time: the message counts on arrival, as undated. */
const AHEAD_MS_MAX = 2_000;

export interface Stamp {
  /** Unix milliseconds. */
  readonly at: number;
  /** Too old to be amended. */
  readonly late: boolean;
  /** How far its time is ahead of the clock, where that is too far to be believed; else 0. */
  readonly aheadMs: number;
}

/** The latest of these times that `stampOf` believes, with `now` as the least; Unix milliseconds. */
export function latestOf(times: readonly (number | null)[], now: number): number {
  let latest = now;
  for (const time of times) {
    if (time !== null && time > latest && time <= now + AHEAD_MS_SLACK) latest = time;
  }
  return latest;
}

/** The stamp of a message with that event time which arrives `now`; Unix milliseconds. */
export function stampOf(time: number, now: number): Stamp {
  if (time <= now + AHEAD_MS_SLACK) return { at: time, late: now - time > LATE_MS_MAX, aheadMs: 0 };
  const aheadMs = time - now;
  return { at: now, late: false, aheadMs: aheadMs > AHEAD_MS_MAX ? aheadMs : 0 };
}
