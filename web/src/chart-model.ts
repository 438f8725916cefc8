/** The pure model behind bars, strip, table and summary: made from what REST answered, and from nothing else. */
import type { BucketState } from '../../src/model/bucket.ts';
import type { BucketView, KeyBucketView, Measure } from './api.ts';
import { logAxis, type Scale, type Tick, timeTicks, type ValueAxis, valueAxis } from './axis.ts';
import { startOf } from './buckets.ts';
import { formatNumber, formatSpan } from './format.ts';
import { type KeySplit, type Part, partsOfBar, splitByKey } from './keys.ts';
import { messages, stateText } from './messages.ts';

export interface Bar {
  /** Unix milliseconds, half-open. */
  readonly start: number;
  readonly end: number;
  /** null: nothing was observed, which is not zero. */
  readonly value: number | null;
  /** The same with every key in it, also those that the reader has taken out. */
  readonly whole: number | null;
  readonly state: BucketState;
  /** Whether it was changed after it had been closed. */
  readonly healed: boolean;
  /** What each key had of it, in the order of the legend; null where bars are not split. */
  readonly parts: readonly Part[] | null;
  /** The bar one period earlier; null where there is none. */
  readonly previous: { readonly value: number | null; readonly state: BucketState } | null;
  readonly span: string;
  /** The value in words: a number, or that there is none. */
  readonly shown: string;
  readonly stateText: string;
}

export interface ChartModel {
  readonly bars: readonly Bar[];
  readonly from: number;
  readonly to: number;
  readonly scale: Scale;
  readonly values: ValueAxis;
  readonly times: readonly Tick[];
  readonly timesEveryMs: number;
  /** Keys in the order of the legend; empty where bars are not split. */
  readonly keys: KeySplit['keys'];
  /** Whether the period before is drawn. */
  readonly compare: boolean;
}

/** Neighbours in one state, for the coverage strip. */
export interface Run {
  readonly state: BucketState;
  readonly start: number;
  readonly count: number;
}

export interface Totals {
  /** With every key in it, also those that the reader has taken out; null where nothing was observed, which is not zero. */
  readonly total: number | null;
  /** Whether more may have happened than was observed. */
  readonly isPart: boolean;
  readonly measure: Measure;
  /** The bar furthest from zero; null where all are zero. */
  readonly peak: Bar | null;
}

/** Of a range so long, a time of day alone does not say which. */
const DAY_SHOWN_MS = 16 * 3_600_000;

/** How the reader wants the buckets drawn; what is left out is plain. */
export interface ModelOptions {
  /** Bars of the range; those before them are the period before. Default: all. */
  readonly barCount?: number;
  /** A range that stands still: buckets that overlap it are in it. */
  readonly span?: { readonly from: number; readonly to: number } | null;
  readonly scale?: Scale;
  /** The highest value of all cards, when they share a scale. */
  readonly sharedMax?: number;
  readonly compare?: boolean;
  readonly keys?: readonly KeyBucketView[] | null;
  readonly top?: number | null;
  readonly hidden?: readonly string[];
  /** See `splitByKey`. */
  readonly places?: Map<string, number>;
}

export function chartModel(
  buckets: readonly BucketView[],
  measure: Measure,
  options: ModelOptions = {},
): ChartModel {
  const { scale = 'linear', compare = false, sharedMax } = options;
  const [first, end] = rangeOf(buckets, options);
  const shown = buckets.slice(first, end);
  // A stack's parts have no logarithm that adds up.
  const rows = scale === 'linear' ? rowsOf(options.keys ?? [], shown) : [];
  const split = splitByKey(rows, measure, options);
  const withDay = spanOf(shown) > DAY_SHOWN_MS;
  const bars = shown.map((bucket, index) => {
    const before = options.barCount ? buckets[first + index - options.barCount] : undefined;
    return toBar(bucket, before, measure, split, withDay);
  });
  const from = bars[0]?.start ?? 0;
  const to = bars.at(-1)?.end ?? 1;
  const { ticks, everyMs } = timeTicks(from, to);
  return {
    bars,
    from,
    to,
    scale,
    values: axisOf(bars, {
      scale,
      compare,
      measure,
      ...(sharedMax === undefined ? {} : { sharedMax }),
    }),
    times: bars.length === 0 ? [] : ticks,
    timesEveryMs: everyMs,
    keys: split?.keys ?? [],
    compare,
  };
}

/** The rows of the buckets that are shown: a key that only the period before had is none of them. */
function rowsOf(rows: readonly KeyBucketView[], shown: readonly BucketView[]): KeyBucketView[] {
  const [first, last] = [shown[0]?.start ?? '', shown.at(-1)?.start ?? ''];
  return rows.filter(({ start }) => start >= first && start <= last);
}

function spanOf(buckets: readonly BucketView[]): number {
  const [first, last] = [buckets[0], buckets.at(-1)];
  return first && last ? Date.parse(last.end) - Date.parse(first.start) : 0;
}

/** First and end of the buckets that are the range itself. */
function rangeOf(
  buckets: readonly BucketView[],
  { span, barCount }: ModelOptions,
): [number, number] {
  if (span) {
    const first = buckets.findIndex(({ end }) => Date.parse(end) > span.from);
    const end = buckets.findIndex(({ start }) => Date.parse(start) >= span.to);
    return [first < 0 ? buckets.length : first, end < 0 ? buckets.length : end];
  }
  // The open one, and as many before it as the range is long.
  return [barCount ? Math.max(0, buckets.length - barCount - 1) : 0, buckets.length];
}

function axisOf(
  bars: readonly Bar[],
  options: Required<Pick<ModelOptions, 'scale' | 'compare'>> & {
    readonly measure: Measure;
    readonly sharedMax?: number;
  },
): ValueAxis {
  const values = bars.flatMap(({ value, previous }) => {
    const before = options.compare ? previous?.value : null;
    return [value ?? [], before ?? []].flat();
  });
  if (options.sharedMax !== undefined) values.push(options.sharedMax);
  return options.scale === 'log' ? logAxis(values) : valueAxis(values, options.measure === 'count');
}

function worthOf(bucket: BucketView, measure: Measure): number | null {
  return measure === 'sum' ? (bucket.sum ?? null) : bucket.count;
}

function toBar(
  bucket: BucketView,
  before: BucketView | undefined,
  measure: Measure,
  split: KeySplit | null,
  withDay: boolean,
): Bar {
  const start = startOf(bucket);
  const end = Date.parse(bucket.end);
  const whole = worthOf(bucket, measure);
  const barSplit = split?.parts.get(start);
  const parts = barSplit ? partsOfBar(barSplit, whole) : null;
  // A split bar is as high as its parts: a key taken out is taken out of the bar.
  const value = parts ? parts.reduce((sum, part) => sum + part.value, 0) : whole;
  const previous = before ? { value: worthOf(before, measure), state: before.state } : null;
  return Object.assign(Object.create(WORDS) as Words, {
    start,
    end,
    value,
    whole,
    state: bucket.state,
    healed: bucket.rev > 1,
    parts,
    previous,
    bucket,
    keysRedefined: split?.redefined.has(start) ?? false,
    withDay,
  });
}

type Words = Pick<Bar, 'span' | 'shown' | 'stateText'>;

/** What the words are made of. */
interface Kept {
  readonly bucket: BucketView;
  readonly keysRedefined: boolean;
  readonly withDay: boolean;
}

/** The words of a bar are dear, and most are never read: they are made when they are. */
const WORDS: Words & ThisType<Bar & Kept> = {
  get span() {
    return formatSpan(this.start, this.end, this.withDay);
  },
  get shown() {
    return this.value === null ? messages.nothing : formatNumber(this.value);
  },
  get stateText() {
    return stateText(this.bucket, this.keysRedefined);
  },
};

/** Where a bar stands; at its start, the first and the last one would be cut in half. */
export function midpoint({ start, end }: Bar): number {
  return (start + end) / 2;
}

export function runsOf(bars: readonly Bar[]): Run[] {
  const runs: { state: BucketState; start: number; count: number }[] = [];
  for (const { state, start } of bars) {
    const last = runs.at(-1);
    if (last?.state === state) last.count += 1;
    else runs.push({ state, start, count: 1 });
  }
  return runs;
}

export function totalsOf(bars: readonly Bar[], measure: Measure): Totals {
  let total: number | null = null;
  let peak: Bar | null = null;
  for (const bar of bars) {
    if (bar.whole === null) continue;
    total = (total ?? 0) + bar.whole;
    if (Math.abs(bar.whole) > Math.abs(peak?.whole ?? 0)) peak = bar;
  }
  const isPart = bars.some(({ state }) => state === 'partial' || state === 'missing');
  return { total, isPart, measure, peak };
}

/** How many bars there are of each state. */
export function countsOf(bars: readonly Bar[]): Readonly<Record<BucketState, number>> {
  const counts = { open: 0, complete: 0, partial: 0, missing: 0 };
  for (const { state } of bars) counts[state] += 1;
  return counts;
}

export interface Change {
  /** 0.04: four in a hundred more than before. */
  readonly part: number;
  /** Bars that were compared, of those that have passed. */
  readonly compared: number;
  readonly passed: number;
}

/**
 * The change against the period before. Fair: only bars that have passed, and that were observed in full both
 * times, are compared. null where there are none, or where there was nothing before.
 */
export function changeOf(bars: readonly Bar[]): Change | null {
  let before = 0;
  let after = 0;
  let compared = 0;
  let passed = 0;
  for (const { state, whole, previous } of bars) {
    if (state !== 'open') passed += 1;
    if (state !== 'complete' || previous?.state !== 'complete') continue;
    compared += 1;
    before += previous.value ?? 0;
    after += whole ?? 0;
  }
  return before > 0 ? { part: (after - before) / before, compared, passed } : null;
}

/** When the first whole bar will stand; null once there is anything but the open one. */
export function firstBarAt(bars: readonly Bar[]): number | null {
  const last = bars.at(-1);
  const closed = bars.some(({ state }) => state === 'complete' || state === 'partial');
  return last?.state === 'open' && !closed ? last.end : null;
}

/** The bar at a place between the left (0) and the right (1) end of the axis. */
export function barAt({ bars, from, to }: ChartModel, place: number): Bar | null {
  if (place < 0 || place > 1) return null;
  const at = from + place * (to - from);
  return bars.find(({ start, end }) => start <= at && at < end) ?? null;
}
