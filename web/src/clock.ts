/** The time by Weir's clock: a browser whose clock is wrong would ask for bars that are not there yet. */

/** Clocks that differ by less are taken for the same: an answer takes a while. */
const DIFFERENCE_MS_MIN = 2_000;

let aheadMs = 0;

/** An answer says when it was made, `at` (Unix milliseconds); it was asked for at `askedAt`, and has come at `cameAt`. */
export function learnTime(at: number, askedAt: number, cameAt: number): void {
  const difference = at - (askedAt + cameAt) / 2;
  const uncertain = Math.max(DIFFERENCE_MS_MIN, cameAt - askedAt);
  aheadMs = Math.abs(difference) < uncertain ? 0 : difference;
}

/** Unix milliseconds. */
export const timeNow = (): number => Date.now() + aheadMs;
