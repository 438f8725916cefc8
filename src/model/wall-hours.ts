/**
 * Steps of the clock on the wall: hours, half days and others that divide a day, counted from a zone's midnight.
 *
 * Where clocks are set forward, a step that is skipped has no length, and the one in which they are set is shorter.
 * Where they are set back, the step is longer; steps that are repeated as a whole are steps of their own, so the
 * hour that is shown twice is two.
 */
import { firstChange, lastChange, offsetAt } from './wall-clock.ts';

const DAY_MS = 86_400_000;

/** The start of the step of `stepMs` that holds `at`, on the clocks of `zone`; Unix milliseconds. */
export function wallStart(stepMs: number, at: number, zone: string): number {
  const offset = offsetAt(zone, at);
  const start = Math.floor((at + offset) / stepMs) * stepMs - offset;
  const change = lastChange(zone, start - DAY_MS, at);
  if (!change) return start;
  const { before, after } = change;
  if (after > before) {
    if (start >= change.at) return start;
    const skipped = start + after >= change.at + before;
    return skipped ? change.at : wallStart(stepMs, change.at - 1, zone);
  }
  const repeatedMs = before - after;
  const isRepeated = start < change.at + repeatedMs;
  if (start >= change.at && (!isRepeated || repeatedMs >= stepMs)) return start;
  return wallStart(stepMs, change.at - 1, zone);
}

/** The start of the step after the one that starts at `start`. */
export function nextWallStart(stepMs: number, start: number, zone: string): number {
  for (let at = start; ; ) {
    const offset = offsetAt(zone, at);
    const next = (Math.floor((at + offset) / stepMs) + 1) * stepMs - offset;
    at = firstChange(zone, at, next)?.at ?? next;
    if (wallStart(stepMs, at, zone) === at) return at;
  }
}
