/** Numbers and times as the reader writes them. */

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const minute = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export const formatNumber = (value: number): string => number.format(value);
export const formatCompact = (value: number): string => compact.format(value);
export const formatPercent = (value: number): string => percent.format(value);
export const formatClock = (at: number): string => clock.format(at);

/** A time on the axis, as exact as its distance to the next one asks for. */
export function formatTick(at: number, stepMs: number): string {
  if (stepMs >= DAY_MS) return day.format(at);
  return stepMs >= MINUTE_MS ? minute.format(at) : clock.format(at);
}

/** `14:05:00 – 14:05:05`, with the day where the interval is long. */
export function formatSpan(start: number, end: number): string {
  if (end - start >= DAY_MS) return `${day.format(start)} – ${day.format(end)}`;
  return `${clock.format(start)} – ${clock.format(end)}`;
}
