/** Numbers, times and lengths of time as the reader writes them. */

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const small = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const minute = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
});

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
};

const isSmall = (value: number): boolean => value !== 0 && Math.abs(value) < 0.1;

/** In full, so that it equals REST's; only what would be shown as 0 and is none gets more digits. */
export const formatNumber = (value: number): string =>
  (isSmall(value) ? small : number).format(value);
export const formatCompact = (value: number): string =>
  (isSmall(value) ? small : compact).format(value);
export const formatClock = (at: number): string => clock.format(at);

/** Rounded down: only what is whole is 100 %. */
export const formatPercent = (part: number): string =>
  percent.format(Math.floor(part * 1_000) / 1_000);

/** The time, with its day unless that is today. */
export function formatMoment(at: number, now: number): string {
  const today = day.format(at) === day.format(now) && Math.abs(now - at) < DAY_MS;
  return today ? clock.format(at) : dayAndClock.format(at);
}

/** A time on the axis, as exact as its distance to the next one asks for. */
export function formatTick(at: number, stepMs: number): string {
  if (stepMs >= DAY_MS) return day.format(at);
  return stepMs >= MINUTE_MS ? minute.format(at) : clock.format(at);
}

/** `14:05:00 – 14:05:05`, with the day where the interval is long. */
export function formatSpan(start: number, end: number): string {
  const lengthMs = end - start;
  // A day's last moment, not the next day's first: DST days have 23 or 25 hours.
  if (lengthMs > 1.5 * DAY_MS) return day.formatRange(start, end - 1);
  if (lengthMs > 0.9 * DAY_MS) return day.format(start);
  if (lengthMs >= 30 * MINUTE_MS) return dayAndClock.formatRange(start, end);
  return lengthMs % MINUTE_MS === 0
    ? minute.formatRange(start, end)
    : clock.formatRange(start, end);
}

/** `5m` as `5 min`; what is written in another way stays as it is. */
export function formatLength(text: string): string {
  const [, amount, unit] = /^(\d+)(s|m|h|d|w|mo)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return text;
  // In the page's own language: the unit is a word.
  return new Intl.NumberFormat('en', {
    style: 'unit',
    unit: UNITS[unit]!,
    unitDisplay: 'short',
  }).format(Number(amount));
}
