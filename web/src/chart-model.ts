/** The pure model behind both renderers: bars, axes and words from what REST answered. */
import type { BucketState, BucketView } from './api.ts';
import { formatNumber, formatSpan, formatTick } from './format.ts';
import { messages, stateText } from './messages.ts';

export interface Bar {
  /** Unix milliseconds, half-open. */
  readonly start: number;
  readonly end: number;
  /** null: nothing was observed, which is not zero. */
  readonly value: number | null;
  readonly state: BucketState;
  readonly span: string;
  readonly stateText: string;
  readonly tooltip: string;
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface ChartModel {
  readonly bars: readonly Bar[];
  readonly from: number;
  readonly to: number;
  /** Top of the vertical axis; at least 1. */
  readonly yMax: number;
  readonly yTicks: readonly number[];
  readonly xTicks: readonly Tick[];
  readonly total: number;
}

const Y_STEPS = [1, 2, 2.5, 5, 10];
const SECOND = 1_000;
const X_STEPS_MS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400,
  172_800, 604_800, 2_592_000,
].map((seconds) => seconds * SECOND);
const X_TICKS_MAX = 5;

export function chartModel(buckets: readonly BucketView[], measure: 'count' | 'sum'): ChartModel {
  const bars = buckets.map((bucket) => toBar(bucket, measure));
  const from = bars[0]?.start ?? 0;
  const to = bars.at(-1)?.end ?? 1;
  const greatest = Math.max(1, ...bars.map(({ value }) => value ?? 0));
  const step = yStep(greatest);
  const yMax = Math.ceil(greatest / step) * step;
  return {
    bars,
    from,
    to,
    yMax,
    yTicks: Array.from({ length: Math.round(yMax / step) + 1 }, (_, index) => index * step),
    xTicks: xTicks(from, to),
    total: bars.reduce((sum, { value }) => sum + (value ?? 0), 0),
  };
}

function toBar(bucket: BucketView, measure: 'count' | 'sum'): Bar {
  const start = Date.parse(bucket.start);
  const end = Date.parse(bucket.end);
  const value = measure === 'sum' ? (bucket.sum ?? null) : bucket.count;
  const span = formatSpan(start, end);
  const words = stateText(bucket);
  const shown = value === null ? messages.nothing : formatNumber(value);
  return {
    start,
    end,
    value,
    state: bucket.state,
    span,
    stateText: words,
    tooltip: `${span}\n${shown} (${words})`,
  };
}

/** A round step that gives two to four lines. */
export function yStep(greatest: number): number {
  const rough = greatest / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Y_STEPS.map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  return Math.max(1, step);
}

/** Round times at even steps, in the reader's own clock for steps of a day. */
export function xTicks(from: number, to: number): Tick[] {
  const stepMs =
    X_STEPS_MS.find((candidate) => (to - from) / candidate <= X_TICKS_MAX) ?? X_STEPS_MS.at(-1)!;
  const offsetMs = new Date(from).getTimezoneOffset() * 60_000;
  const ticks: Tick[] = [];
  const first = Math.ceil((from - offsetMs) / stepMs) * stepMs + offsetMs;
  for (let at = first; at <= to; at += stepMs) ticks.push({ at, label: formatTick(at, stepMs) });
  return ticks;
}
