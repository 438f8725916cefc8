/** The buckets of one card: what REST answered, and what the stream has said since. Pure. */
import type { BucketView } from './api.ts';

/** A bucket as the stream tells it. */
export interface ToldBucket extends BucketView {
  readonly interval: string;
  readonly tz: string;
}

const starts = new WeakMap<BucketView, number>();

/** When a bucket starts, Unix milliseconds. Read once: a bucket is looked at at each change of its channel. */
export function startOf(bucket: BucketView): number {
  let start = starts.get(bucket);
  if (start === undefined) {
    start = Date.parse(bucket.start);
    starts.set(bucket, start);
  }
  return start;
}

/** Which of two tellings of one bucket is the later one: the higher revision; of an open one, the higher count. */
export function laterOf<B extends BucketView>(held: B, told: B): B {
  if (told.rev !== held.rev) return told.rev > held.rev ? told : held;
  if (told.rev > 0) return told;
  return (told.count ?? -1) >= (held.count ?? -1) ? told : held;
}

/**
 * Puts told buckets among those held, oldest first, and lets the oldest go beyond `countMax`. What is older than
 * all that is held is left out: it is no part of the range.
 */
export function putIn(
  held: readonly BucketView[],
  told: readonly BucketView[],
  countMax: number,
): readonly BucketView[] {
  const byStart = new Map(held.map((bucket) => [startOf(bucket), bucket]));
  const oldest = held[0] ? startOf(held[0]) : Number.NEGATIVE_INFINITY;
  for (const bucket of told) {
    const start = startOf(bucket);
    if (start < oldest) continue;
    const known = byStart.get(start);
    byStart.set(start, known ? laterOf(known, bucket) : bucket);
  }
  const starts = [...byStart.keys()].sort((a, b) => a - b).slice(-countMax);
  return starts.map((start) => byStart.get(start)!);
}
