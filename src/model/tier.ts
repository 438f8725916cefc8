/**
 * Tiers: the grains of time that are stored, and for how long.
 *
 * Fifteen minutes divide every time-zone offset since October 1979, so days, weeks and months are exact in any zone.
 * (Before, Kiritimati and until 1972 Monrovia had others: a quarter that straddles midnight counts to the day before.)
 */
import { formatDuration, type Interval } from './interval.ts';

export const TIERS = [
  { name: '1s', seconds: 1 },
  { name: '1m', seconds: 60 },
  { name: '15m', seconds: 900 },
] as const;

export type TierName = (typeof TIERS)[number]['name'];

/** How long each tier is kept, in milliseconds. */
export type Retention = { readonly [T in TierName]: number };

export const RETENTION_DEFAULT = { '1s': '1h', '1m': '35d', '15m': '10y' } as const;

/** The coarsest tier whose cells fill the interval's buckets exactly; null when not even seconds do. */
export function tierFor(interval: Interval): TierName | null {
  if (interval.kind === 'calendar') return '15m';
  const fitting = TIERS.filter(({ seconds }) => interval.ms % (seconds * 1_000) === 0);
  return fitting.at(-1)?.name ?? null;
}

/** The shortest fixed interval that can still be asked for `ageMs` back; null when nothing is kept that long. */
export function shortestIntervalAt(ageMs: number, retention: Retention): string | null {
  const tier = TIERS.find(({ name }) => retention[name] >= ageMs);
  return tier ? formatDuration(tier.seconds * 1_000) : null;
}
