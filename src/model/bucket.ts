/**
 * Buckets: one series' count in one interval, with its completeness.
 *
 * Buckets are folded at read time from cells (one second, minute or quarter of an hour each), so any
 * interval that is a multiple of a kept grain can be asked for.
 */
import { addTally, emptyTally, type MutableTally, type Tally } from './tally.ts';

export type GapCause = 'feed' | 'down' | 'reload' | 'damaged';

const DAMAGED_DETAIL = 'the store is damaged here; see weir audit';

/** A span with no coverage. `to` is null while it lasts. Unix milliseconds. */
export interface Gap {
  readonly from: number;
  readonly to: number | null;
  readonly cause: GapCause;
  readonly detail: string;
}

/** The tally of one series over one grain of time that starts at `start` (Unix milliseconds). */
export interface Cell {
  readonly start: number;
  readonly tally: Tally;
  /** How often the cell was changed after it was sealed. */
  readonly amended: number;
  /** Whether something of it was lost or altered after it was stored; `tally` is what is still sure. */
  readonly damaged: boolean;
}

/** What one key of a channel was worth over one grain of time. */
export interface KeyCell {
  readonly start: number;
  readonly key: string;
  readonly counted: number;
  readonly sum: number;
  /** Whether, at this time, some key's share was lost or altered after it was stored. */
  readonly damaged: boolean;
}

export type BucketState = 'open' | 'complete' | 'partial' | 'missing';

export interface Bucket {
  readonly start: number;
  readonly end: number;
  readonly state: BucketState;
  readonly tally: Tally;
  /** Observed part of the interval, 0 to 1; of an open bucket, of the part that has passed. */
  readonly coverage: number;
  /** 0 while open, 1 once closed, and one more with each amendment. */
  readonly rev: number;
  readonly gaps: readonly Gap[];
}

/**
 * Folds cells into the buckets between `edges` (ascending; one more edge than buckets).
 *
 * `sealedTo` is the time before which all seconds are sealed: a bucket that ends later is open. `now` bounds
 * the elapsed part of the open bucket. Cells outside the edges are ignored; cells must not straddle an edge.
 */
export function foldBuckets(input: {
  readonly edges: readonly number[];
  readonly cells: Iterable<Cell>;
  readonly gaps: readonly Gap[];
  readonly sealedTo: number;
  readonly now: number;
}): Bucket[] {
  const { edges, sealedTo, now } = input;
  const tallies: MutableTally[] = [];
  const amended: number[] = [];
  const damaged: boolean[] = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    tallies.push(emptyTally());
    amended.push(0);
    damaged.push(false);
  }
  for (const cell of input.cells) {
    const index = edgeIndex(edges, cell.start);
    if (index < 0 || index >= tallies.length) continue;
    addTally(tallies[index]!, cell.tally);
    amended[index]! += cell.amended;
    damaged[index] ||= cell.damaged;
  }
  return tallies.map((tally, i) => {
    const start = edges[i]!;
    const end = edges[i + 1]!;
    const open = end > sealedTo;
    const elapsedMs = open ? Math.max(0, Math.min(end, now) - start) : end - start;
    const coverage = elapsedMs > 0 ? Math.min(1, tally.coveredMs / elapsedMs) : 0;
    const bucket: Bucket = {
      start,
      end,
      tally,
      coverage,
      state: open ? 'open' : closedState(tally, end - start),
      rev: open ? 0 : 1 + amended[i]!,
      gaps: overlappingGaps(input.gaps, start, end),
    };
    return damaged[i] ? damagedBucket(bucket) : bucket;
  });
}

/** The bucket when some of its cells are damaged: never complete, and with a gap that says why. */
export function damagedBucket(bucket: Bucket): Bucket {
  const { start, end, gaps } = bucket;
  const state = bucket.state === 'complete' ? 'partial' : bucket.state;
  if (gaps.some(({ cause }) => cause === 'damaged')) return { ...bucket, state };
  const gap: Gap = { from: start, to: end, cause: 'damaged', detail: DAMAGED_DETAIL };
  return { ...bucket, state, gaps: [...gaps, gap] };
}

/** Index of the bucket that holds `at`: the last edge that is not later. −1 before the first edge. */
export function edgeIndex(edges: readonly number[], at: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function closedState(tally: Tally, lengthMs: number): BucketState {
  const { received, coveredMs, missed, missedUnknown } = tally;
  if (coveredMs === 0 && received === 0) return 'missing';
  const whole = coveredMs >= lengthMs && missed === 0 && missedUnknown === 0;
  return whole ? 'complete' : 'partial';
}

function overlappingGaps(gaps: readonly Gap[], start: number, end: number): readonly Gap[] {
  if (gaps.length === 0) return gaps;
  return gaps.filter((gap) => gap.from < end && (gap.to === null || gap.to > start));
}

/** The count that may be shown: null when nothing was observed, because zero is not nothing. */
export function shownCount(bucket: Bucket): number | null {
  const { received, coveredMs, counted } = bucket.tally;
  return received === 0 && coveredMs === 0 ? null : counted;
}

/** Messages known to be lost; null when there was a loss of unknown size. */
export function shownMissed(bucket: Bucket): number | null {
  return bucket.tally.missedUnknown > 0 ? null : bucket.tally.missed;
}
