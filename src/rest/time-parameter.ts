/** Times in requests: RFC 3339, or relative to now. */
import { parseDuration } from '../model/interval.ts';

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** `2026-11-21T14:05:00Z`, `now`, `now-2h` as Unix milliseconds; null for anything else. */
export function parseTime(text: string, now: number): number | null {
  const relative = /^now(?:-(.+))?$/.exec(text);
  if (relative) {
    const backMs = relative[1] === undefined ? 0 : parseDuration(relative[1]);
    return backMs === null ? null : now - backMs;
  }
  // Clients that forget to escape a "+" in an address send a space.
  const written = text.replace(/ (\d{2}:\d{2})$/, '+$1');
  if (!RFC_3339.test(written)) return null;
  const at = Date.parse(written);
  return Number.isNaN(at) ? null : at;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
const ENDS = TWO_DIGITS.map((seconds) => `${seconds}Z`);
/** The day and the minute that were written last: the times of an answer are mostly of one. */
let day = { start: Number.NaN, text: '' };
let minute = { start: Number.NaN, text: '' };
/** The time that was written last: a bucket's end is the start of the next. */
let last = { at: Number.NaN, text: '' };

/** Unix milliseconds as RFC 3339 in UTC, without a fraction where there is none. */
export function formatTime(at: number): string {
  if (at !== last.at) last = { at, text: written(at) };
  return last.text;
}

function written(at: number): string {
  if (at % 1_000 !== 0) return new Date(at).toISOString().replace('.000Z', 'Z');
  const start = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  if (start !== minute.start) minute = { start, text: writtenMinute(start) };
  return minute.text + ENDS[(at - start) / 1_000]!;
}

function writtenMinute(at: number): string {
  const start = Math.floor(at / DAY_MS) * DAY_MS;
  if (start !== day.start) day = { start, text: new Date(start).toISOString().split('T')[0]! };
  const minutes = (at - start) / MINUTE_MS;
  return `${day.text}T${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:`;
}
