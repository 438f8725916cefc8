/** Which buckets a card asks for: the range, the interval that fits its width, and the period before it. Pure. */
import {
  alignment,
  formatDuration,
  nominalMs,
  parseDuration,
  parseInterval,
} from '../../src/model/interval.ts';
import { type Retention, tierFor } from '../../src/model/tier.ts';
import type { ViewState } from './view-state.ts';

/** A bar is never narrower. */
export const BAR_PX_MIN = 4;
/** Lengths of bars that the page chooses from. */
export const INTERVALS = [
  ...['1s', '2s', '5s', '10s', '15s', '30s', '1m', '2m', '5m', '10m', '15m', '30m'],
  ...['1h', '2h', '3h', '6h', '12h', '1d', '1w', '1mo'],
];
/** Ranges that are one click, or one key, away. */
export const RANGES = ['5m', '15m', '1h', '6h', '24h', '7d', '30d', '90d', '1y'];
/** Bars wanted when the page is free to choose: as many as are easily told apart. */
const BARS_WANTED = 120;

export interface Wanted {
  readonly interval: string;
  /** Of an interval that depends on it; else UTC. */
  readonly zone: string;
  readonly lengthMs: number;
  /** Bars of the range itself; as many before them are the period before. */
  readonly barCount: number;
  readonly span: ViewState['span'];
  /** `from` and `to` as REST takes them. */
  readonly from: string;
  readonly to: string | null;
  /** Where the range itself begins, without the period before it; as REST takes it. */
  readonly shownFrom: string;
  /** The finer interval that was asked for and does not fit; null where none was. */
  readonly tooFine: string | null;
}

export interface Circumstances {
  /** Pixels between the ends of the time axis. */
  readonly widthPx: number;
  readonly now: number;
  readonly retention: Retention;
  readonly zone: string;
}

interface OwnChart {
  readonly interval: string;
  readonly range: string;
}

export function wantedOf(view: ViewState, chart: OwnChart, around: Circumstances): Wanted {
  const { span } = view;
  const lengthMs = rangeMs(view, chart);
  const ageMs = span ? Math.max(0, around.now - span.from) : lengthMs;
  const fits = (text: string) => {
    const interval = parseInterval(text)!;
    const bars = lengthMs / nominalMs(interval);
    return bars * BAR_PX_MIN <= around.widthPx && around.retention[tierFor(interval)!] >= ageMs;
  };
  const own = view.range === null && span === null ? chart.interval : null;
  const asked = view.interval ?? own;
  const interval = asked !== null && fits(asked) ? asked : coarser(asked, lengthMs, fits);
  const parsed = parseInterval(interval)!;
  const keptMs = around.retention[tierFor(parsed)!];
  const before = Math.max(0, Math.min(lengthMs, keptMs - ageMs));
  return {
    interval: parsed.text,
    zone: alignment(parsed) === 'zone' ? around.zone : 'UTC',
    lengthMs,
    barCount: Math.max(1, Math.round(lengthMs / nominalMs(parsed))),
    span,
    from: span ? iso(span.from - before) : `now-${Math.round(lengthMs + before)}ms`,
    to: span ? iso(span.to) : null,
    shownFrom: span ? iso(span.from) : `now-${Math.round(lengthMs)}ms`,
    tooFine: asked !== null && parsed.text !== parseInterval(asked)!.text ? asked : null,
  };
}

/** Length of the range that is shown. */
export function rangeMs({ span, range }: ViewState, chart: OwnChart): number {
  return span ? span.to - span.from : parseDuration(range ?? chart.range)!;
}

/** The finest that fits and is not finer than what was asked for; free to choose, about as many bars as wanted. */
function coarser(asked: string | null, lengthMs: number, fits: (text: string) => boolean): string {
  const leastMs = asked === null ? lengthMs / BARS_WANTED : nominalMs(parseInterval(asked)!);
  const long = INTERVALS.filter((text) => nominalMs(parseInterval(text)!) >= leastMs * 0.99);
  return long.find(fits) ?? '1mo';
}

/** The span one length earlier (−1) or later (1); null when that reaches now, so that it follows the clock again. */
export function stepped(view: ViewState, chart: OwnChart, now: number, step: -1 | 1) {
  const lengthMs = rangeMs(view, chart);
  const to = (view.span?.to ?? now) + step * lengthMs;
  // Half a length is near enough: the clock has gone on since the step back.
  if (to > now - lengthMs / 2)
    return { span: null, range: view.range ?? lengthText(lengthMs, chart) };
  return { span: { from: to - lengthMs, to }, range: view.range };
}

function lengthText(lengthMs: number, chart: OwnChart): string | null {
  return lengthMs === parseDuration(chart.range) ? null : formatDuration(lengthMs);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
