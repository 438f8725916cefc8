/** From query parameters to a request for buckets that can be answered, or a problem that says what to change. */
import { hash } from 'node:crypto';
import {
  type Interval,
  isTimeZone,
  nominalMs,
  parseDuration,
  parseInterval,
} from '../model/interval.ts';
import { keySeries, type SeriesName } from '../model/series.ts';
import { type Retention, shortestIntervalAt, type TierName, tierFor } from '../model/tier.ts';
import { badParameter, ProblemDetails } from './problem-details.ts';
import type { BucketParameters } from './schemas.ts';
import type { RestChannel } from './sources.ts';
import { parseTime } from './time-parameter.ts';

/** More buckets than that in one range are refused, however small the pages. */
export const RANGE_BUCKETS_MAX = 100_000;

export interface BucketRequest {
  readonly channels: readonly RestChannel[];
  readonly interval: Interval;
  readonly tier: TierName;
  /** Half-open, Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly zone: string;
  /** The series by key that is asked for; `all` for the top ones, null for none. */
  readonly series: SeriesName | 'all' | null;
  readonly fill: BucketParameters['fill'];
  readonly open: BucketParameters['open'];
  readonly order: BucketParameters['order'];
  readonly limit: number;
  /** Where the page before ended: only buckets beyond it. Unix milliseconds; null for the first page. */
  readonly after: number | null;
  /** Whether from and to are the same whenever this is asked. */
  readonly absolute: boolean;
  /** What a cursor must agree with. */
  readonly signature: () => string;
}

export function bucketRequest(
  parameters: BucketParameters,
  channels: readonly RestChannel[],
  context: { readonly now: number; readonly timezone: string; readonly retention: Retention },
): BucketRequest {
  const chart = channels[0]!.descriptor.chart;
  const interval = parseInterval(parameters.interval ?? chart.interval);
  const tier = interval && tierFor(interval);
  if (!interval || !tier) {
    throw badParameter(
      'interval',
      'is not an interval; write one like 5s, 1m, 1h, PT5M, 1d, 1w or 1mo',
    );
  }
  const zone = parameters.tz ?? context.timezone;
  if (!isTimeZone(zone))
    throw badParameter('tz', 'is not a time zone; write one like Europe/Berlin');
  const series = seriesOf(parameters);
  if (series !== null) checkKeyed(channels);
  const { fill, open, order, limit } = parameters;
  const names = channels.map(({ descriptor }) => descriptor.name);
  const signature = () => {
    const signed = [names, interval.text, zone, parameters.key, fill, open, order];
    if (parameters.series !== undefined) signed.push(parameters.series);
    return hash('sha256', JSON.stringify(signed), 'base64url').slice(0, 12);
  };
  const cursor =
    parameters.cursor === undefined ? null : readCursor(parameters.cursor, signature());
  const span = cursor ?? rangeOf(parameters, chart.range, context.now);
  checkRange(span, interval, tier, context);
  return {
    channels,
    interval,
    tier,
    ...span,
    zone,
    series,
    fill,
    open,
    order,
    limit,
    after: cursor?.after ?? null,
    absolute: [parameters.from, parameters.to].every(
      (text) => text !== undefined && !text.startsWith('now'),
    ),
    signature,
  };
}

function seriesOf({ key, series }: BucketParameters): BucketRequest['series'] {
  if (series !== undefined) {
    if (key !== undefined) throw badParameter('series', 'cannot be given together with key');
    return { series, key: null };
  }
  if (key === undefined) return null;
  return key === '*' ? 'all' : keySeries(key);
}

function checkKeyed(channels: readonly RestChannel[]): void {
  const plain = channels.find(({ descriptor }) => !descriptor.processor.keyed);
  if (plain)
    throw badParameter('key', `cannot be used: channel ${plain.descriptor.name} has no keys`);
}

function rangeOf(parameters: BucketParameters, chartRange: string, now: number) {
  const to = parameters.to === undefined ? now : parseTime(parameters.to, now);
  if (to === null) throw badParameter('to', 'is not a time; write 2026-11-21T14:05:00Z or now-2h');
  const from =
    parameters.from === undefined
      ? to - parseDuration(chartRange)!
      : parseTime(parameters.from, now);
  if (from === null)
    throw badParameter('from', 'is not a time; write 2026-11-21T14:05:00Z or now-2h');
  if (from >= to) throw badParameter('from', 'is not before to');
  return { from, to };
}

function checkRange(
  span: { readonly from: number; readonly to: number },
  interval: Interval,
  tier: TierName,
  context: { readonly now: number; readonly retention: Retention },
): void {
  const lengthMs = nominalMs(interval);
  if ((span.to - span.from) / lengthMs > RANGE_BUCKETS_MAX) {
    const detail = `gives more than ${RANGE_BUCKETS_MAX} buckets; take a longer interval or a shorter range`;
    throw new ProblemDetails(422, 'range-too-long', 'The range has too many buckets.', [
      { param: 'interval', detail },
    ]);
  }
  const ageMs = context.now - span.from;
  // A bucket may start before the range does, and a prune may be a minute late: neither is the asker's fault.
  if (ageMs <= context.retention[tier] + lengthMs) return;
  const shortest = shortestIntervalAt(ageMs, context.retention);
  if (shortest === null) return;
  const detail = `is made of cells of ${tier}, which are not kept so long; ask for ${shortest} or a multiple`;
  throw new ProblemDetails(422, 'interval-too-fine', 'The interval is finer than what is kept.', [
    { param: 'interval', detail },
  ]);
}

/** A cursor holds the range as it was on the first page, so later pages are of the same one. */
export function writeCursor(request: BucketRequest, after: number): string {
  const { from, to, signature } = request;
  return Buffer.from(JSON.stringify([1, from, to, after, signature()])).toString('base64url');
}

function readCursor(text: string, signature: string) {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    // What follows: the check below refuses it.
  }
  const [version, from, to, after, signed] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (version !== 1 || ![from, to, after].every(Number.isSafeInteger)) {
    throw badParameter('cursor', 'is not a cursor; take meta.cursor of the page before');
  }
  if (signed !== signature) {
    throw badParameter('cursor', 'belongs to a request with other parameters');
  }
  return { from: from as number, to: to as number, after: after as number };
}
