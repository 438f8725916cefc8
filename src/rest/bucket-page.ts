/** One page of buckets: which, from where, folded and put in order. */
import {
  type Bucket,
  damagedBucket,
  edgeIndex,
  foldBuckets,
  type KeyCell,
} from '../model/bucket.ts';
import { OTHER_KEY } from '../model/channel.ts';
import { bucketEdges } from '../model/interval.ts';
import { type BucketRequest, RANGE_BUCKETS_MAX, writeCursor } from './bucket-request.ts';
import { type Live, merge, readLive } from './live.ts';
import type { BucketView } from './schemas.ts';
import type { RestChannel, SealedHistory } from './sources.ts';
import { bucketToView, keyBucketToView } from './views.ts';

export interface BucketPage {
  readonly rows: readonly BucketView[];
  readonly from: number;
  readonly to: number;
  readonly cursor: string | null;
  /** Whether all buckets are closed, so that only an amendment can change them. */
  readonly closed: boolean;
}

/** The rows of one start time belong together: a page never splits them, and holds at least one start. */
export function bucketPage(
  request: BucketRequest,
  history: SealedHistory,
  now: number,
): BucketPage {
  const edges = bucketEdges(request.interval, request, request.zone, RANGE_BUCKETS_MAX + 1);
  const { window, more } = pageWindow(request, edges, rowsPerStart(request));
  const groups = request.channels.map((channel) =>
    channelRows(channel, request, window, history, now),
  );
  const starts = window.slice(0, -1);
  const rows: BucketView[] = [];
  for (let i = 0; i < starts.length; i++) {
    const index = request.order === 'asc' ? i : starts.length - 1 - i;
    for (const group of groups) rows.push(...(group[index] ?? []));
  }
  const last = request.order === 'asc' ? starts.at(-1) : starts[0];
  return {
    rows,
    from: edges[0]!,
    to: edges.at(-1)!,
    cursor: more && last !== undefined ? writeCursor(request, last) : null,
    closed: rows.every(({ state }) => state !== 'open'),
  };
}

function rowsPerStart({ channels, key }: BucketRequest): number {
  if (key !== '*') return channels.length;
  return channels.reduce((sum, { descriptor }) => sum + descriptor.processor.top + 1, 0);
}

/** The edges of this page's buckets, and whether there are others after it. */
function pageWindow(request: BucketRequest, edges: readonly number[], rowCount: number) {
  const bucketCount = edges.length - 1;
  const most = Math.max(1, Math.floor(request.limit / Math.max(1, rowCount)));
  if (request.order === 'asc') {
    const first = request.after === null ? 0 : edgeIndex(edges, request.after) + 1;
    const end = Math.min(bucketCount, first + most);
    return { window: edges.slice(first, end + 1), more: end < bucketCount };
  }
  const end = request.after === null ? bucketCount : Math.max(0, edgeIndex(edges, request.after));
  const first = Math.max(0, end - most);
  return { window: edges.slice(first, end + 1), more: first > 0 };
}

/** The channel's rows, for each bucket of the window. */
function channelRows(
  channel: RestChannel,
  request: BucketRequest,
  edges: readonly number[],
  history: SealedHistory,
  now: number,
): BucketView[][] {
  if (edges.length < 2) return [];
  // The board first: what is sealed after this moment is then in both, and taken from the board.
  const live = readLive(channel.ring, now, request.key !== null);
  const buckets = bucketsOf(channel, request, edges, live, history, now);
  const shown = buckets.map((bucket) => isShown(bucket, request));
  const views =
    request.key === null
      ? buckets.map((bucket) => [bucketToView(channel.descriptor, bucket, request.fill)])
      : keyViews(channel, request, edges, live, history, buckets);
  return views.map((rows, index) => (shown[index] ? rows : []));
}

function bucketsOf(
  { descriptor, waitMs }: RestChannel,
  request: BucketRequest,
  edges: readonly number[],
  live: Live,
  history: SealedHistory,
  now: number,
): Bucket[] {
  const [from, to] = [edges[0]!, edges.at(-1)!];
  const stored = history.cells({ channel: descriptor.name, from, to, tier: request.tier });
  const sealedTo = Math.max(live.sealedTo, stored.sealedTo) - waitMs;
  return foldBuckets({ edges, cells: merge(stored, live.cells), gaps: stored.gaps, sealedTo, now });
}

function isShown(bucket: Bucket, { fill, open }: BucketRequest): boolean {
  if (bucket.state === 'open') return open === 'include';
  return bucket.state !== 'missing' || fill !== 'none';
}

/** Rows by key: the one asked for, or the top keys of the whole range and the rest together. */
function keyViews(
  { descriptor }: RestChannel,
  request: BucketRequest,
  edges: readonly number[],
  live: Live,
  history: SealedHistory,
  buckets: readonly Bucket[],
): BucketView[][] {
  const wanted = request.key === '*' ? null : request.key;
  // The top keys are those of the whole range, so that every page shows the same.
  const from = Math.min(request.from, edges[0]!);
  const to = Math.max(request.to, edges.at(-1)!);
  const range = { channel: descriptor.name, from, to, tier: request.tier };
  const stored = history.keyCells(range, wanted);
  const all = merge(
    stored,
    live.keyCells.filter(({ key }) => wanted === null || key === wanted),
  );
  const cells = all.filter(({ damaged }) => !damaged);
  const hurt = new Set(
    all.filter(({ damaged }) => damaged).map(({ start }) => edgeIndex(edges, start)),
  );
  const { measure, top } = descriptor.processor;
  const keys = wanted === null ? topKeys(cells, measure, top) : [wanted];
  const totals = foldKeys(cells, edges, new Set(keys));
  return buckets.map((whole, index) => {
    const bucket = hurt.has(index) ? damagedBucket(whole) : whole;
    return keys.map((key) => {
      const worth = totals[index]!.get(key) ?? { counted: 0, sum: 0 };
      return keyBucketToView(descriptor, bucket, key, worth, request.fill);
    });
  });
}

/** The `top` keys by what they are worth, greatest first, then `(other)` if anything is left for it. */
export function topKeys(
  cells: readonly KeyCell[],
  measure: 'count' | 'sum',
  top: number,
): string[] {
  const totals = new Map<string, number>();
  for (const { key, counted, sum } of cells) {
    totals.set(key, (totals.get(key) ?? 0) + (measure === 'sum' ? sum : counted));
  }
  const ranked = [...totals.entries()]
    .filter(([key]) => key !== OTHER_KEY)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([key]) => key);
  const other = ranked.length > top || totals.has(OTHER_KEY);
  return other ? [...ranked.slice(0, top), OTHER_KEY] : ranked;
}

function foldKeys(cells: readonly KeyCell[], edges: readonly number[], keys: ReadonlySet<string>) {
  const totals = edges.slice(1).map(() => new Map<string, { counted: number; sum: number }>());
  for (const { start, key, counted, sum } of cells) {
    const into = totals[edgeIndex(edges, start)];
    if (!into) continue;
    const shownAs = keys.has(key) ? key : OTHER_KEY;
    const worth = into.get(shownAs) ?? { counted: 0, sum: 0 };
    into.set(shownAs, { counted: worth.counted + counted, sum: worth.sum + sum });
  }
  return totals;
}
