/** What REST answers, and how it is asked. Addresses are relative, so Weir may live below any path. */
import type { BucketState, GapCause } from '../../src/model/bucket.ts';
import type { SeriesKind } from '../../src/model/series.ts';
import type { Retention } from '../../src/model/tier.ts';
import type { Wanted } from './window.ts';

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
  readonly undated: number;
  readonly late: number;
  readonly malformed: number;
  readonly rev: number;
  readonly gaps: readonly GapView[];
}

/** What one series by key of a channel had in one bucket. */
export interface KeyBucketView extends BucketView {
  /** null unless `series` is `key`. */
  readonly key: string | null;
  readonly series: SeriesKind;
  /** Why a number is null though messages came. */
  readonly reason?: 'redefined' | 'keys-full';
}

export type Measure = 'count' | 'sum';

export interface ChannelView {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly feed: { readonly kind: string };
  readonly processor: { readonly measure: Measure; readonly keyed: boolean; readonly top: number };
  readonly chart: { readonly interval: string; readonly range: string };
  readonly link: {
    readonly state: 'up' | 'connecting' | 'down';
    readonly since: string;
    readonly detail: string;
    /** When the feed is tried again, where that is known. */
    readonly nextTry?: string | null;
  };
  readonly rate: number | null;
}

export interface ChannelList {
  readonly data: readonly ChannelView[];
  readonly meta: {
    readonly generatedAt: string;
    readonly version: string;
    readonly charts: 'google' | 'builtin';
    readonly retention: Retention;
  };
}

/** A problem of a configuration that was refused. */
export interface ProblemView {
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

export interface Configuration {
  readonly data: {
    readonly problems: readonly ProblemView[];
    readonly loadedAt: string;
    readonly yaml: string;
  };
}

export interface EventView {
  readonly id: number;
  readonly at: string;
  readonly channel: string | null;
  readonly kind: string;
  readonly detail: string;
}

export interface BucketPage<B extends BucketView = BucketView> {
  readonly data: readonly B[];
  /** Address of the page after it; null for the last one. */
  readonly links: { readonly next: string | null };
  readonly meta: { readonly from: string; readonly to: string; readonly generatedAt: string };
}

export const CHANNELS_ADDRESS = 'api/v1/channels';
export const CONFIGURATION_ADDRESS = 'api/v1/configuration';
/** An answer that takes longer counts as none. */
const ANSWER_MS_MAX = 8_000;
/** Events asked for at once. */
const EVENTS_MAX = 200;

/** Where the buckets are that a card shows, and those of the period before. */
export function bucketsAddress(
  name: string,
  wanted: Wanted,
  more: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({
    interval: wanted.interval,
    from: wanted.from,
    ...(wanted.to === null ? {} : { to: wanted.to }),
    order: 'asc',
    limit: '5000',
    // The reader's hours and days: their edges must be those of the clock that labels them.
    tz: wanted.zone,
    ...more,
  });
  return `api/v1/channels/${encodeURIComponent(name)}/buckets?${query}`;
}

export function eventsAddress(name: string): string {
  return `api/v1/events?channels=${encodeURIComponent(name)}&limit=${EVENTS_MAX}`;
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
