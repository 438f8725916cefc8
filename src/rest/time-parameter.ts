/** Times in requests: RFC 3339, or relative to now. */
import { parseDuration } from '../model/interval.ts';

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(?:Z|([+-])(\d{2}):(\d{2}))$/i;

/** Ranges lie within these: also the buckets at their ends are then of years with four digits, as RFC 3339 wants. */
export const TIME_MIN = Date.UTC(1_000, 0, 1);
export const TIME_MAX = Date.UTC(9_000, 0, 1);

/** `2026-11-21T14:05:00Z`, `now`, `now-2h` as Unix milliseconds; null for anything else, and for days that do not exist. */
export function parseTime(text: string, now: number): number | null {
  const relative = /^now(?:-(.+))?$/.exec(text);
  if (relative) {
    const backMs = relative[1] === undefined ? 0 : parseDuration(relative[1]);
    return backMs === null ? null : now - backMs;
  }
  // Clients that forget to escape a "+" in an address send a space.
  return parseRfc3339(text.replace(/ (\d{2}:\d{2})$/, '+$1'));
}

function parseRfc3339(text: string): number | null {
  const match = RFC_3339.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  const [, , , , , , , fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = match;
  if (hour > 23 || minute > 59 || second > 60) return null;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return null;
  // Not Date.UTC: that takes the year 1 for 1901.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A leap second is within the minute that it ends.
  const at = date.setUTCHours(hour, minute, Math.min(second, 59));
  // A day that the month does not have becomes one of the next month.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * MINUTE_MS;
  const milliseconds = Math.floor(Number(`0${fraction}`) * 1_000);
  return at + milliseconds - (sign === '-' ? -offsetMs : offsetMs);
}

type Six = [number, number, number, number, number, number];

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
