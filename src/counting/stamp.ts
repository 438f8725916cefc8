/** Stamps: the moment at which a message counts. */

/** A message older than this is late: counted as such, and into no bucket. */
export const LATE_MS_MAX = 35 * 24 * 3_600_000;
/** Clocks of one network differ by so much: a second may begin this much earlier, for a message that is in it. */
const AHEAD_MS_SLACK = 20;
/** An event time this far ahead of our clock is worth telling; it counts on arrival, as every one ahead does. */
const AHEAD_MS_MAX = 60_000;

export interface Stamp {
  /** Unix milliseconds. */
  readonly at: number;
  /** Too old to be amended. */
  readonly late: boolean;
  /** What is odd about its time; null for nothing. */
  readonly oddity: string | null;
}

/** The stamp of a message with that event time which arrives `now`; Unix milliseconds. */
export function stampOf(time: number, now: number): Stamp {
  if (time <= now + AHEAD_MS_SLACK)
    return { at: time, late: now - time > LATE_MS_MAX, oddity: null };
  const seconds = Math.round((time - now) / 1_000);
  const oddity = `an event time is ${seconds} s in the future; counted on arrival`;
  return { at: now, late: false, oddity: time > now + AHEAD_MS_MAX ? oddity : null };
}
