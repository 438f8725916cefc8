/**
 * Buckets: one series' count in one interval, with its completeness.
 *
 * Buckets are folded at read time from cells (one second, minute or quarter of an hour each), so any
 * interval that is a multiple of a kept grain can be asked for.
 */
import type { Definition, SeriesName } from './series.ts';
import { addTally, emptyTally, type Tally } from './tally.ts';

/**
 * Why a span has no coverage, or its numbers are not whole.
 *
 * - `feed`: no connection. `down`: Weir did not run, or the clock went forward. `reload`: an edit of channels.yaml.
 * - `clock`: the clock went back, and showed this time twice: the numbers are of both times.
 * - `suspended`, `stalled`: the feed's thread did not run, as did nothing, or was kept from it by other work.
 * - `damaged`: the store has lost numbers. `malformed`: no message could be read.
 * - `redefined`: the channel was counted by another definition.
 */
export const GAP_CAUSES = [
  'feed',
  'down',
  'reload',
  'clock',
  'suspended',
  'stalled',
  'damaged',
  'malformed',
  'redefined',
] as const;
export type GapCause = (typeof GAP_CAUSES)[number];

const DAMAGED_DETAIL = 'the store is damaged here; see weir audit';
export const TWICE_DETAIL = 'the clock went back, and showed this time twice';
const REDEFINED_DETAIL = 'it was counted by another definition; see processor in channels.yaml';

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
  /** What its numbers mean. */
  readonly definition: Definition;
}

/** What one series by key was worth over one grain of time. */
export interface KeyCell extends SeriesName {
  readonly start: number;
  readonly counted: number;
  /** Both words of the sum. */
  readonly sum: number;
  readonly sumLow: number;
  /** Whether, at this time, some key's share was lost or altered after it was stored. */
  readonly damaged: boolean;
}

/** How much of a bucket's messages were counted by the present definition. A bucket without messages is `all`. */
export type OwnShare = 'all' | 'some' | 'none';

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
  /** Of the value: what `tally.sum` covers. */
  readonly valued: OwnShare;
  /** Of the split by key. */
  readonly split: OwnShare;
}

/**
 * Folds cells into the buckets between `edges` (ascending; one more edge than buckets).
 *
 * `sealedTo` is the time before which all seconds are sealed: a bucket that ends later is open (see `closedBefore`). `now`
 * bounds the elapsed part of the open bucket. Cells outside the edges are ignored; cells must not straddle an edge.
 * `definition` is the present one: the sums of others are left out.
 */
export function foldBuckets(input: {
  readonly edges: readonly number[];
  readonly cells: Iterable<Cell>;
  readonly gaps: readonly Gap[];
  readonly sealedTo: number;
  readonly now: number;
  readonly definition: Definition;
}): Bucket[] {
  const { edges, now, definition } = input;
  const closedTo = closedBefore(input.sealedTo, now);
  const sums = Array.from({ length: Math.max(0, edges.length - 1) }, emptySum);
  for (const cell of input.cells) {
    const sum = sums[edgeIndex(edges, cell.start)];
    if (sum) addCell(sum, cell, definition);
  }
  return sums.map(({ tally, amended, damaged, foreignValue, foreignSplit }, i) => {
    const start = edges[i]!;
    const end = edges[i + 1]!;
    const open = end > closedTo;
    const elapsedMs = open ? Math.max(0, Math.min(end, now) - start) : end - start;
    const coverage = elapsedMs > 0 ? Math.min(1, tally.coveredMs / elapsedMs) : 0;
    const bucket: Bucket = {
      start,
      end,
      tally,
      coverage,
      state: open ? 'open' : closedState(tally, end - start),
      rev: open ? 0 : 1 + amended,
      gaps: overlappingGaps(input.gaps, start, end),
      valued: ownShare(foreignValue, tally.received),
      split: ownShare(foreignSplit, tally.received),
    };
    return explained(damaged ? damagedBucket(bucket) : bucket);
  });
}

/** A clock that is set back by less leaves closed what it has shown; milliseconds. */
const AHEAD_MS_MAX = 2_000;

/**
 * The time before which buckets are closed, where all seconds before `sealedTo` are sealed. A clock that was ahead has left
 * sealed seconds that are still to come: they are open until they are over, and what they get has had time to be sealed.
 */
export function closedBefore(sealedTo: number, now: number): number {
  return sealedTo <= now + AHEAD_MS_MAX ? sealedTo : now - AHEAD_MS_MAX;
}

/** What is added up for one bucket. */
function emptySum() {
  return { tally: emptyTally(), amended: 0, damaged: false, foreignValue: 0, foreignSplit: 0 };
}

function addCell(
  sum: ReturnType<typeof emptySum>,
  { tally, amended, damaged, definition: own }: Cell,
  definition: Definition,
): void {
  addTally(sum.tally, own.value === definition.value ? tally : { ...tally, sum: 0, sumLow: 0 });
  sum.amended += amended;
  sum.damaged ||= damaged;
  if (own.value !== definition.value) sum.foreignValue += tally.received;
  if (own.split !== definition.split) sum.foreignSplit += tally.received;
}

function ownShare(foreign: number, received: number): OwnShare {
  if (foreign <= 0) return 'all';
  return foreign < received ? 'some' : 'none';
}

/** The bucket, never complete where its numbers are of two times, where all was malformed, or where it was redefined. */
function explained(bucket: Bucket): Bucket {
  const { tally, valued, start, end } = bucket;
  // More was observed than there was time: so the clock went back.
  if (tally.coveredMs > end - start) {
    return explained({
      ...partialBucket(bucket, 'clock', TWICE_DETAIL),
      tally: { ...tally, coveredMs: end - start },
    });
  }
  if (bucket.state === 'complete' && bucket.gaps.some(({ cause }) => cause === 'clock')) {
    return explained(partialBucket(bucket, 'clock', TWICE_DETAIL));
  }
  const unread = tally.malformed > 0 && tally.counted === 0;
  const detail = `none of ${tally.malformed} messages could be read`;
  const whole = unread ? partialBucket(bucket, 'malformed', detail) : bucket;
  return valued === 'some' ? redefinedBucket(whole) : whole;
}

/** The bucket when some of its cells are damaged: never complete, and with a gap that says why. */
export function damagedBucket(bucket: Bucket): Bucket {
  return partialBucket(bucket, 'damaged', DAMAGED_DETAIL);
}

/** The bucket when not all of it was counted by the present definition. */
export function redefinedBucket(bucket: Bucket): Bucket {
  return partialBucket(bucket, 'redefined', REDEFINED_DETAIL);
}

function partialBucket(bucket: Bucket, cause: GapCause, detail: string): Bucket {
  const { start, end, gaps } = bucket;
  const state = bucket.state === 'complete' ? 'partial' : bucket.state;
  if (gaps.some((gap) => gap.cause === cause)) return { ...bucket, state };
  return { ...bucket, state, gaps: [...gaps, { from: start, to: end, cause, detail }] };
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
  return gaps.filter(({ from, to }) => from < end && (to === null || (to > start && to > from)));
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
