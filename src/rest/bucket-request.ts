/** From query parameters to a request for buckets that can be answered, or a problem that says what to change. */
import { hash } from 'node:crypto';
import {
  bucketStart,
  INTERVAL_MS_MAX,
  type Interval,
  isTimeZone,
  nextStart,
  nominalMs,
  parseDuration,
  parseInterval,
} from '../model/interval.ts';
import { keySeries, type SeriesName } from '../model/series.ts';
import { type Retention, shortestIntervalAt, type TierName, tierFor } from '../model/tier.ts';
import { badParameter, ProblemDetails } from './problem-details.ts';
import type { BucketParameters } from './queries.ts';
import type { RestChannel } from './sources.ts';
import { parseTime, TIME_MAX, TIME_MIN } from './time-parameter.ts';

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
  const { cursor: text } = parameters;
  const cursor = text === undefined ? null : readCursor(text, { interval, zone, signature });
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
  const to = timeOf('to', parameters.to, now) ?? now;
  const from = timeOf('from', parameters.from, now) ?? to - parseDuration(chartRange)!;
  if (from >= to) throw badParameter('from', 'is not before to');
  return { from, to };
}

/** The time that a parameter gives; null where it is absent. */
function timeOf(param: string, text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  const at = parseTime(text, now);
  if (at === null) throw badParameter(param, 'is not a time; write 2026-11-21T14:05:00Z or now-2h');
  if (isInBounds(at)) return at;
  throw badParameter(
    param,
    'is not in the years 1000 to 8999, which are all that can be asked for',
  );
}

function isInBounds(at: number): boolean {
  return at >= TIME_MIN && at < TIME_MAX;
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
  return cursorText(from, to, after, signature());
}

function cursorText(from: number, to: number, after: number, signed: string): string {
  return Buffer.from(JSON.stringify([1, from, to, after, signed])).toString('base64url');
}

/**
 * Reads a cursor, and throws a problem for one that Weir cannot have written: another form, a range that no request
 * can have, an end that is not a bucket of that range. There is no key in it, so it outlives this run.
 */
function readCursor(text: string, request: Pick<BucketRequest, 'interval' | 'zone' | 'signature'>) {
  const [from, to, after, signed] = cursorParts(text);
  const form = [from, to, after].every(Number.isSafeInteger) && [from, to].every(isInBounds);
  if (
    !form ||
    cursorText(from, to, after, signed) !== text ||
    !isBucketOf(request, from, to, after)
  ) {
    throw badParameter('cursor', 'is not a cursor; take meta.cursor of the page before');
  }
  if (signed !== request.signature()) {
    throw badParameter('cursor', 'belongs to a request with other parameters');
  }
  return { from, to, after };
}

function cursorParts(text: string): [number, number, number, string] {
  try {
    const [, ...parts] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return parts as [number, number, number, string];
  } catch {
    // Not JSON, or no list: its parts are then no times.
    return [Number.NaN, Number.NaN, Number.NaN, ''];
  }
}

function isBucketOf(
  { interval, zone }: Pick<BucketRequest, 'interval' | 'zone'>,
  from: number,
  to: number,
  after: number,
): boolean {
  if (from >= to || after < from - 2 * INTERVAL_MS_MAX) return false;
  if ((to - from) / nominalMs(interval) > RANGE_BUCKETS_MAX) return false;
  return (
    after < to &&
    nextStart(interval, after, zone) > from &&
    bucketStart(interval, after, zone) === after
  );
}
