/** One page of buckets: which, from where, folded and put in order. */
import {
  type Bucket,
  damagedBucket,
  edgeIndex,
  foldBuckets,
  type KeyCell,
  redefinedBucket,
} from '../model/bucket.ts';
import { addSum, type ExactSum } from '../model/exact-sum.ts';
import { bucketEdges } from '../model/interval.ts';
import { NONE_SERIES, OTHER_SERIES, type SeriesName, seriesId } from '../model/series.ts';
import { type BucketRequest, RANGE_BUCKETS_MAX, writeCursor } from './bucket-request.ts';
import { type Live, merge, readLive, unknownLive } from './live.ts';
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

function rowsPerStart({ channels, series }: BucketRequest): number {
  if (series !== 'all') return channels.length;
  // The top keys, and at most the two fixed series beside them.
  return channels.reduce((sum, { descriptor }) => sum + descriptor.processor.top + 2, 0);
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
  const live = readLive(channel, now, request.series !== null);
  const buckets = bucketsOf(channel, request, edges, live, history, now);
  const shown = buckets.map((bucket) => isShown(bucket, request));
  const views =
    request.series === null
      ? buckets.map((bucket) => [bucketToView(channel.descriptor, bucket, request.fill)])
      : keyViews(channel, request, edges, live, history, buckets);
  return views.map((rows, index) => (shown[index] ? rows : []));
}

function bucketsOf(
  { descriptor, definition, waitMs }: RestChannel,
  request: BucketRequest,
  edges: readonly number[],
  live: Live,
  history: SealedHistory,
  now: number,
): Bucket[] {
  const [from, to] = [edges[0]!, edges.at(-1)!];
  const { name } = descriptor;
  const stored = history.cells({ channel: name, from, to, tier: request.tier, definition });
  const sealedTo = Math.max(live.sealedTo, stored.sealedTo) - waitMs;
  const cells = merge(stored, live.cells);
  return foldBuckets({ edges, cells, gaps: stored.gaps, sealedTo, now, definition });
}

function isShown(bucket: Bucket, { fill, open }: BucketRequest): boolean {
  if (bucket.state === 'open') return open === 'include';
  return bucket.state !== 'missing' || fill !== 'none';
}

/** Rows by key: the series that is asked for, or the top keys of the whole range and the rest together. */
function keyViews(
  { descriptor, definition, ring }: RestChannel,
  request: BucketRequest,
  edges: readonly number[],
  live: Live,
  history: SealedHistory,
  buckets: readonly Bucket[],
): BucketView[][] {
  const wanted = request.series === 'all' ? null : request.series;
  // The top keys are those of the whole range, so that every page shows the same.
  const from = Math.min(request.from, edges[0]!);
  const to = Math.max(request.to, edges.at(-1)!);
  const range = { channel: descriptor.name, from, to, tier: request.tier, definition };
  const stored = history.keyCells(range, wanted);
  const isWanted = (cell: KeyCell) => wanted === null || seriesId(cell) === seriesId(wanted);
  const all = merge(stored, live.keyCells.filter(isWanted));
  const indices = (starts: readonly number[]) =>
    new Set(starts.map((start) => edgeIndex(edges, start)));
  const hurt = indices(all.filter(({ damaged }) => damaged).map(({ start }) => start));
  const unknown = indices(wanted ? [...stored.unknown, ...unknownLive(ring, wanted)] : []);
  const cells = all.filter(({ damaged }) => !damaged);
  const { measure, top } = descriptor.processor;
  const names = wanted === null ? topSeries(cells, measure, top) : [wanted];
  const totals = foldSeries(cells, edges, names);
  return buckets.map((whole, index) => {
    const sound = hurt.has(index) ? damagedBucket(whole) : whole;
    const bucket = sound.split === 'some' ? redefinedBucket(sound) : sound;
    return names.map((name) => {
      const worth = totals[index]!.get(seriesId(name)) ?? NOTHING;
      const share = { name, worth, unknown: unknown.has(index) };
      return keyBucketToView(descriptor, bucket, share, request.fill);
    });
  });
}

const NOTHING = { counted: 0, sum: 0, sumLow: 0 };

/** The `top` keys by what they are worth, greatest first; then messages without a key, and all others, if any. */
export function topSeries(
  cells: readonly KeyCell[],
  measure: 'count' | 'sum',
  top: number,
): SeriesName[] {
  const totals = new Map<string, { readonly name: SeriesName; worth: number }>();
  for (const { series, key, counted, sum } of cells) {
    const name = { series, key };
    const total = totals.get(seriesId(name)) ?? { name, worth: 0 };
    total.worth += measure === 'sum' ? sum : counted;
    totals.set(seriesId(name), total);
  }
  const ranked = [...totals.values()]
    .filter(({ name }) => name.series === 'key')
    .sort((a, b) => b.worth - a.worth || (a.name.key! < b.name.key! ? -1 : 1))
    .map(({ name }) => name);
  const none = totals.has(seriesId(NONE_SERIES)) ? [NONE_SERIES] : [];
  const other = ranked.length > top || totals.has(seriesId(OTHER_SERIES)) ? [OTHER_SERIES] : [];
  return [...ranked.slice(0, top), ...none, ...other];
}

function foldSeries(
  cells: readonly KeyCell[],
  edges: readonly number[],
  names: readonly SeriesName[],
) {
  const ids = new Set(names.map(seriesId));
  const totals = edges.slice(1).map(() => new Map<string, ExactSum & { counted: number }>());
  for (const cell of cells) {
    const into = totals[edgeIndex(edges, cell.start)];
    if (!into) continue;
    const id = seriesId(cell);
    const shownAs = ids.has(id) ? id : seriesId(OTHER_SERIES);
    const worth = into.get(shownAs) ?? { ...NOTHING };
    into.set(shownAs, worth);
    worth.counted += cell.counted;
    addSum(worth, cell);
  }
  return totals;
}
