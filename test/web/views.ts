// Buckets as REST would answer them, for the tests of the page's pure parts.
import type { BucketView } from '../../web/src/api.ts';

export const T0 = Date.UTC(2026, 10, 21, 14, 0, 0);
export const STEP_MS = 5_000;

export function bucketView(
  index: number,
  count: number | null,
  more: Partial<BucketView> = {},
): BucketView {
  const start = T0 + index * STEP_MS;
  return {
    channel: 'a',
    start: new Date(start).toISOString(),
    end: new Date(start + STEP_MS).toISOString(),
    count,
    state: count === null ? 'missing' : 'complete',
    coverage: count === null ? 0 : 1,
    missed: 0,
    replayed: 0,
    undated: 0,
    late: 0,
    malformed: 0,
    rev: 1,
    gaps: [],
    ...more,
  };
}
