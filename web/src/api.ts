/** What REST answers, and how it is asked. Addresses are relative, so Weir may live below any path. */
import type { BucketState, GapCause } from '../../src/model/bucket.ts';

export interface GapView {
  readonly from: string;
  readonly to: string | null;
  readonly cause: GapCause;
  readonly detail: string;
}

export interface BucketView {
  readonly channel: string;
  readonly start: string;
  readonly end: string;
  readonly count: number | null;
  readonly sum?: number | null;
  readonly state: BucketState;
  readonly coverage: number;
  readonly missed: number | null;
  readonly replayed: number;
  readonly late: number;
  readonly malformed: number;
  readonly rev: number;
  readonly gaps: readonly GapView[];
}

export type Measure = 'count' | 'sum';

export interface ChannelView {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly processor: { readonly measure: Measure };
  readonly chart: { readonly interval: string; readonly range: string };
  readonly link: {
    readonly state: 'up' | 'connecting' | 'down';
    readonly since: string;
    readonly detail: string;
  };
  readonly rate: number | null;
}

export interface ChannelList {
  readonly data: readonly ChannelView[];
  readonly meta: {
    readonly generatedAt: string;
    readonly version: string;
    readonly charts: 'google' | 'builtin';
  };
}

export interface BucketPage {
  readonly data: readonly BucketView[];
  readonly meta: { readonly from: string; readonly to: string; readonly generatedAt: string };
}

export const CHANNELS_ADDRESS = 'api/v1/channels';
/** An answer that takes longer counts as none. */
const ANSWER_MS_MAX = 8_000;
/** `1d`, `2w`, `1mo`, `P1D`: intervals whose edges depend on a time zone. */
const CALENDAR = /^(\d+(d|w|mo)|P\d+[DWM])$/;

export function bucketsAddress({ name, chart }: ChannelView, format?: 'csv'): string {
  const query = new URLSearchParams({
    interval: chart.interval,
    from: `now-${chart.range}`,
    order: 'asc',
    limit: '5000',
    // The reader's days: their edges must be those of the clock that labels them.
    ...(CALENDAR.test(chart.interval) ? { tz: readersZone() } : {}),
    ...(format ? { format } : {}),
  });
  return `api/v1/channels/${encodeURIComponent(name)}/buckets?${query}`;
}

function readersZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Weir answered, but not with what was asked for. The message is the title of its problem document. */
export class Refusal extends Error {}

/** GETs JSON; the browser's cache asks with the last ETag. Throws for anything but a good answer in time. */
export async function getJson<T>(address: string, stop: AbortSignal): Promise<T> {
  const response = await fetch(address, {
    cache: 'no-cache',
    signal: AbortSignal.any([stop, AbortSignal.timeout(ANSWER_MS_MAX)]),
  });
  if (!response.ok) throw new Refusal(await problemTitle(response));
  return (await response.json()) as T;
}

async function problemTitle(response: Response): Promise<string> {
  const status = `HTTP ${response.status}`;
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return status;
  const { title } = (await response.json()) as { readonly title?: unknown };
  return typeof title === 'string' ? title : status;
}
