/** The pure model behind bars, strip, table and summary: made from what REST answered, and from nothing else. */
import type { BucketState } from '../../src/model/bucket.ts';
import type { BucketView, Measure } from './api.ts';
import { type Tick, timeTicks, type ValueAxis, valueAxis } from './axis.ts';
import { formatNumber, formatSpan } from './format.ts';
import { messages, stateText } from './messages.ts';

export interface Bar {
  /** Unix milliseconds, half-open. */
  readonly start: number;
  readonly end: number;
  /** null: nothing was observed, which is not zero. */
  readonly value: number | null;
  readonly state: BucketState;
  readonly span: string;
  /** The value in words: a number, or that there is none. */
  readonly shown: string;
  readonly stateText: string;
}

export interface ChartModel {
  readonly bars: readonly Bar[];
  readonly from: number;
  readonly to: number;
  readonly values: ValueAxis;
  readonly times: readonly Tick[];
  readonly timesEveryMs: number;
}

/** Neighbours in one state, for the coverage strip. */
export interface Run {
  readonly state: BucketState;
  readonly start: number;
  readonly count: number;
}

export interface Totals {
  readonly total: number;
  /** Whether more may have happened than was counted. */
  readonly atLeast: boolean;
  readonly peak: Bar | null;
  readonly counts: Readonly<Record<BucketState, number>>;
}

export function chartModel(buckets: readonly BucketView[], measure: Measure): ChartModel {
  const bars = buckets.map((bucket) => toBar(bucket, measure));
  const from = bars[0]?.start ?? 0;
  const to = bars.at(-1)?.end ?? 1;
  const { ticks, everyMs } = timeTicks(from, to);
  const values = bars.flatMap(({ value }) => value ?? []);
  return {
    bars,
    from,
    to,
    values: valueAxis(values, measure === 'count'),
    times: bars.length === 0 ? [] : ticks,
    timesEveryMs: everyMs,
  };
}

function toBar(bucket: BucketView, measure: Measure): Bar {
  const start = Date.parse(bucket.start);
  const end = Date.parse(bucket.end);
  const value = measure === 'sum' ? (bucket.sum ?? null) : bucket.count;
  return {
    start,
    end,
    value,
    state: bucket.state,
    span: formatSpan(start, end),
    shown: value === null ? messages.nothing : formatNumber(value),
    stateText: stateText(bucket),
  };
}

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

export function totalsOf(bars: readonly Bar[]): Totals {
  const counts = { open: 0, complete: 0, partial: 0, missing: 0 };
  let total = 0;
  let peak: Bar | null = null;
  for (const bar of bars) {
    counts[bar.state] += 1;
    if (bar.value === null) continue;
    total += bar.value;
    if (bar.value > (peak?.value ?? 0)) peak = bar;
  }
  return { total, atLeast: counts.partial + counts.missing > 0, peak, counts };
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
