/** Numbers, times and lengths of time as the reader writes them, times on the clocks of the chosen zone. */
import { timeNow } from './clock.ts';
import { currentZone, offsetMs, offsetWhereRepeated } from './zone.ts';

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const small = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const change = new Intl.NumberFormat(undefined, {
  style: 'percent',
  maximumFractionDigits: 0,
  signDisplay: 'exceptZero',
});
const STYLES = {
  clock: { timeStyle: 'medium' },
  minute: { timeStyle: 'short' },
  day: { month: 'short', day: 'numeric' },
  month: { month: 'short', year: 'numeric' },
  dayAndClock: { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' },
  dayOfYear: { year: 'numeric', month: 'short', day: 'numeric' },
  dayOfYearAndClock: {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const made = new Map<string, Intl.DateTimeFormat>();

/** Formats are dear to make, so each is made once a zone. */
function inZone(style: keyof typeof STYLES): Intl.DateTimeFormat {
  const zone = currentZone();
  const key = `${style} ${zone}`;
  let format = made.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(undefined, { ...STYLES[style], timeZone: zone });
    made.set(key, format);
  }
  return format;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MONTH_MS = 28 * DAY_MS;
const UNITS: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
};

const isSmall = (value: number): boolean => value !== 0 && Math.abs(value) < 0.1;

/** In full, so that it equals REST's; only what would be shown as 0 and is none gets more digits. */
export const formatNumber = (value: number): string =>
  (isSmall(value) ? small : number).format(value);
export const formatCompact = (value: number): string =>
  (isSmall(value) ? small : compact).format(value);
export const formatClock = (at: number): string => clear(inZone('clock'), at);

/** Rounded down: only what is whole is 100 %, and only nothing is 0 %. */
export function formatPercent(part: number): string {
  const least = part > 0 && part < PERCENT_MIN;
  return least
    ? `<${percent.format(PERCENT_MIN)}`
    : percent.format(Math.floor(part * 1_000) / 1_000);
}
const PERCENT_MIN = 0.001;

/** The time, with its day unless that is today. */
export function formatMoment(at: number, now: number): string {
  const today =
    inZone('day').format(at) === inZone('day').format(now) && Math.abs(now - at) < DAY_MS;
  return clear(inZone(today ? 'clock' : withYear('dayAndClock', at)), at);
}

/** The style that says the year where it is not the present one. */
function withYear(style: 'day' | 'dayAndClock', ...times: readonly number[]) {
  const yearOf = (at: number) => new Date(at + offsetMs(at)).getUTCFullYear();
  const year = yearOf(timeNow());
  if (times.every((at) => yearOf(at) === year)) return style;
  return style === 'day' ? 'dayOfYear' : 'dayOfYearAndClock';
}

/** With the offset where clocks show this time twice. */
function clear(format: Intl.DateTimeFormat, at: number): string {
  const offset = offsetWhereRepeated(at);
  return offset === '' ? format.format(at) : `${format.format(at)} ${offset}`;
}

function clearRange(format: Intl.DateTimeFormat, start: number, end: number): string {
  if (offsetWhereRepeated(start) === '' && offsetWhereRepeated(end) === '')
    return format.formatRange(start, end);
  return `${clear(format, start)} – ${clear(format, end)}`;
}

/** A time on the axis, as exact as its distance to the next one asks for. */
export function formatTick(at: number, stepMs: number): string {
  if (stepMs >= MONTH_MS) return inZone('month').format(at);
  if (stepMs >= DAY_MS) return inZone(withYear('day', at)).format(at);
  return clear(inZone(stepMs >= MINUTE_MS ? 'minute' : 'clock'), at);
}

/** `14:05:00 – 14:05:05`, with the day where the interval is long, or wanted. */
export function formatSpan(start: number, end: number, withDay = false): string {
  const lengthMs = end - start;
  // A day's last moment, not the next day's first: DST days have 23 or 25 hours.
  if (lengthMs > 1.5 * DAY_MS) {
    return inZone(withYear('day', start, end - 1)).formatRange(start, end - 1);
  }
  if (lengthMs > 0.9 * DAY_MS) return inZone(withYear('day', start)).format(start);
  if (withDay || lengthMs >= 30 * MINUTE_MS)
    return clearRange(inZone(withYear('dayAndClock', start, end - 1)), start, end);
  return clearRange(inZone(lengthMs % MINUTE_MS === 0 ? 'minute' : 'clock'), start, end);
}

/** `5m` as `5 min`; what is written in another way stays as it is. */
export function formatLength(text: string): string {
  const [, amount, unit] = /^(\d+)(s|m|h|d|w|mo|q|y)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined || !UNITS[unit]) return text;
  return inUnit(UNITS[unit]!).format(Number(amount));
}

const units = new Map<string, Intl.NumberFormat>();

/** In the page's own language: the unit is a word. */
function inUnit(unit: string): Intl.NumberFormat {
  let format = units.get(unit);
  if (!format) {
    format = new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'short' });
    units.set(unit, format);
  }
  return format;
}

/** `+4%`, `−12%`. */
export const formatChange = (part: number): string => change.format(part);
