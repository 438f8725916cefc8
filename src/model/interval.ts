/**
 * Intervals: lengths of time that divide the clock.
 *
 * A fixed interval is a number of milliseconds. Those of an hour or more that divide a day begin at midnight in a time
 * zone; all others are aligned to the Unix clock. A calendar interval (day, week, month, quarter, year) begins at local
 * midnight too, so its length varies with daylight saving time and with the month. All times are Unix milliseconds; all
 * spans are half-open, [start, end).
 */
import { DateTime, IANAZone } from 'luxon';
import { nextWallStart, wallStart } from './wall-hours.ts';

export type CalendarUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

export type Interval =
  | { readonly kind: 'fixed'; readonly ms: number; readonly text: string }
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit; readonly text: string };

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};

const CALENDAR: Readonly<Record<string, CalendarUnit>> = {
  '1d': 'day',
  '1w': 'week',
  '1mo': 'month',
  '1q': 'quarter',
  '1y': 'year',
  P1D: 'day',
  P1W: 'week',
  P1M: 'month',
  P3M: 'quarter',
  P1Y: 'year',
};

const CALENDAR_TEXT: Readonly<Record<CalendarUnit, string>> = {
  day: '1d',
  week: '1w',
  month: '1mo',
  quarter: '1q',
  year: '1y',
};

/** The shortest and longest fixed interval: one cell, and a leap year. */
export const INTERVAL_MS_MIN = 1_000;
export const INTERVAL_MS_MAX = 366 * 86_400_000;
/** The longest duration: as far as a date can be from 1970. All shorter ones are exact, and dates when taken from now. */
export const DURATION_MS_MAX = 8.64e15;

/** Zones that were asked for before: to ask the runtime takes as long as half an answer. */
const knownZones = new Set<string>();
const KNOWN_ZONES_MAX = 1_000;

/**
 * Reads `10s`, `5m`, `1h`, `PT5M` (fixed) or `1d`, `1w`, `1mo`, `1q`, `1y`, `P1D` (calendar).
 * Returns null for anything else, and for a fixed interval that is not a whole number of seconds.
 */
export function parseInterval(text: string): Interval | null {
  const unit = CALENDAR[text];
  if (unit) return { kind: 'calendar', unit, text: CALENDAR_TEXT[unit] };
  const short = /^(\d{1,9})(s|m|h)$/.exec(text);
  const ms = short ? Number(short[1]) * UNIT_MS[short[2]!]! : parseIsoTime(text);
  if (ms === null || ms < INTERVAL_MS_MIN || ms > INTERVAL_MS_MAX || ms % 1_000 !== 0) return null;
  return { kind: 'fixed', ms, text: formatDuration(ms) };
}

function parseIsoTime(text: string): number | null {
  const iso = /^PT(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?$/.exec(text);
  if (!iso || text === 'PT') return null;
  return (
    Number(iso[1] ?? 0) * 3_600_000 + Number(iso[2] ?? 0) * 60_000 + Number(iso[3] ?? 0) * 1_000
  );
}

/** A length of time as people write it: `500ms`, `30s`, `5m`, `2h`, `35d`, `10y` or ISO 8601 `PT…`. Milliseconds, or null. */
export function parseDuration(text: string): number | null {
  const short = /^(\d{1,12})(ms|s|m|h|d|w|y)$/.exec(text);
  const ms = short ? Number(short[1]) * UNIT_MS[short[2]!]! : parseIsoTime(text);
  return ms !== null && ms <= DURATION_MS_MAX ? ms : null;
}

/** The shortest text that `parseDuration` reads back as the same length: 90 000 → `90s`, 3 600 000 → `1h`. */
export function formatDuration(ms: number): string {
  for (const unit of ['h', 'm', 's']) {
    if (ms !== 0 && ms % UNIT_MS[unit]! === 0) return `${ms / UNIT_MS[unit]!}${unit}`;
  }
  return `${ms}ms`;
}

/** Whether `zone` names an IANA time zone that this runtime knows. */
export function isTimeZone(zone: string): boolean {
  if (zone === 'UTC' || knownZones.has(zone)) return true;
  if (!IANAZone.isValidZone(zone)) return false;
  // The same name may be written in many ways (upper and lower case).
  if (knownZones.size >= KNOWN_ZONES_MAX) knownZones.clear();
  knownZones.add(zone);
  return true;
}

/** Whose clock buckets begin by: `zone`, the clocks of a time zone, or `unix`, the same in all zones. */
export type Alignment = 'zone' | 'unix';

/** Intervals under an hour are `unix`, since nobody's clock differs there; so are those that do not divide a day. */
export function alignment(interval: Interval): Alignment {
  if (interval.kind === 'calendar') return 'zone';
  return interval.ms >= UNIT_MS['h']! && UNIT_MS['d']! % interval.ms === 0 ? 'zone' : 'unix';
}

/** The start of the bucket that holds `at`. */
export function bucketStart(interval: Interval, at: number, zone: string): number {
  if (interval.kind === 'fixed') {
    if (zone !== 'UTC' && alignment(interval) === 'zone') return wallStart(interval.ms, at, zone);
    return Math.floor(at / interval.ms) * interval.ms;
  }
  const start = firstShown(DateTime.fromMillis(at, { zone }).startOf(interval.unit));
  // Clocks set back over midnight show the end of a day once more when the next one has begun (St John's, 2011).
  const next = nextStart(interval, start, zone);
  return next <= at ? next : start;
}

/** The start of the next bucket after the one that starts at `start`. */
export function nextStart(interval: Interval, start: number, zone: string): number {
  if (interval.kind === 'fixed') {
    if (zone === 'UTC' || alignment(interval) === 'unix') return start + interval.ms;
    return nextWallStart(interval.ms, start, zone);
  }
  const next = DateTime.fromMillis(start, { zone }).plus({ [`${interval.unit}s`]: 1 });
  return firstShown(next.startOf(interval.unit));
}

/** Clocks set back to midnight show it twice (the Azores, each October): a day begins with the first. */
function firstShown(midnight: DateTime): number {
  return Math.min(...midnight.getPossibleOffsets().map((time) => time.toMillis()));
}

/** The start of the bucket before the one that starts at `start`. */
export function previousStart(interval: Interval, start: number, zone: string): number {
  return bucketStart(interval, start - 1, zone);
}

/**
 * The edges of every bucket that overlaps [from, to): one more edge than buckets, ascending.
 * Stops after `bucketsMax` buckets; the caller compares the last edge with `to`.
 */
export function bucketEdges(
  interval: Interval,
  span: { readonly from: number; readonly to: number },
  zone: string,
  bucketsMax: number,
): number[] {
  const edges = [bucketStart(interval, span.from, zone)];
  while (edges.at(-1)! < span.to && edges.length <= bucketsMax) {
    edges.push(nextStart(interval, edges.at(-1)!, zone));
  }
  return edges;
}

/** About how long one bucket is, in milliseconds; for choosing ranges, never for edges. */
export function nominalMs(interval: Interval): number {
  if (interval.kind === 'fixed') return interval.ms;
  const days = { day: 1, week: 7, month: 30, quarter: 91, year: 365 }[interval.unit];
  return days * UNIT_MS['d']!;
}
