/** What REST answers, and how it is asked. Addresses are relative, so Weir may live below any path. */

export type BucketState = 'open' | 'complete' | 'partial' | 'missing';

export interface GapView {
  readonly from: string;
  readonly to: string | null;
  readonly cause: 'feed' | 'down' | 'reload';
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

export interface ChannelView {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly processor: { readonly measure: 'count' | 'sum' };
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

export function bucketsAddress({ name, chart }: ChannelView, format?: 'csv'): string {
  const query = new URLSearchParams({
    interval: chart.interval,
    from: `now-${chart.range}`,
    order: 'asc',
    limit: '5000',
    ...(format ? { format } : {}),
  });
  return `api/v1/channels/${name}/buckets?${query}`;
}

export const CHANNELS_ADDRESS = 'api/v1/channels';
/** An answer that takes longer counts as none. */
const ANSWER_MS_MAX = 8_000;

/** GETs JSON; the browser's cache asks with the last ETag. Throws for anything but a good answer in time. */
export async function getJson<T>(address: string): Promise<T> {
  const response = await fetch(address, {
    cache: 'no-cache',
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return (await response.json()) as T;
}
