/** Channels: the vocabulary that configuration, threads and REST share. Plain data, safe to post between threads. */

import type { Definition } from './series.ts';

/** A channel's name is its key everywhere: YAML, store, REST, page. */
export const CHANNEL_NAME = /^[a-z0-9][a-z0-9-]*$/;
export const CHANNEL_NAME_LENGTH_MAX = 100;

/** What a bar's height means: how many messages, or what they were worth together. */
export type Measure = 'count' | 'sum';

/** Options of a kind, as validated by that kind's own schema. */
export interface KindOptions {
  readonly kind: string;
  readonly [option: string]: unknown;
}

export interface ChartOptions {
  /** Length of a bar, as `parseInterval` reads it. */
  readonly interval: string;
  /** How far back the chart reaches, as `parseDuration` reads it. */
  readonly range: string;
}

/** One channel as configured, after defaults. May hold secrets: never leaves the process. */
export interface ChannelConfig {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly feed: KindOptions;
  readonly processor: KindOptions;
  readonly chart: ChartOptions;
  /** Former names, whose history this channel continues. */
  readonly was: readonly string[];
}

/** Where in a message its key and its value are, as `parsePath` reads it; null for none. */
export interface MessagePaths {
  readonly key: string | null;
  readonly value: string | null;
}

/** What a processor makes of its channel; decided by the kind and its options. */
export interface ProcessorTraits {
  readonly measure: Measure;
  /** How many keys get a series of their own; 0 for a channel without keys. */
  readonly keysMax: number;
  /** How many keys are shown one by one; the rest is folded into `(other)` when read. */
  readonly top: number;
  /** Whether the processor needs the parsed message, or only the number of messages. */
  readonly needsBody: boolean;
  /** What it looks at in a message; null where only the processor knows. */
  readonly paths: MessagePaths | null;
  /** What the numbers mean: those of two definitions are not added. */
  readonly definition: Definition;
  /** User code: runs in a thread of its own, so that a loop in it stops nobody else. */
  readonly isolated: boolean;
}

/** A channel as the outside may see it. Never a secret. */
export interface Descriptor {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly feed: { readonly kind: string };
  readonly processor: {
    readonly kind: string;
    readonly measure: Measure;
    readonly keyed: boolean;
    readonly top: number;
  };
  readonly chart: ChartOptions;
}

/** The public face of a configured channel: picks what may be seen, so a new option is private by default. */
export function describe(channel: ChannelConfig, traits: ProcessorTraits): Descriptor {
  const { name, title, description, chart } = channel;
  return {
    name,
    title,
    description,
    feed: { kind: channel.feed.kind },
    processor: {
      kind: shownKind(channel.processor.kind),
      measure: traits.measure,
      keyed: traits.keysMax > 0,
      top: traits.top,
    },
    chart: { interval: chart.interval, range: chart.range },
  };
}

/** A user's own processor is named by its file; where that is on this machine is nobody's business. */
function shownKind(kind: string): string {
  return kind.startsWith('/') ? kind.slice(kind.lastIndexOf('/') + 1) : kind;
}

/** State of a channel's link, as readers of the board see it. */
export type LinkState = 'down' | 'connecting' | 'up';

/** Something an operator may want to know of afterwards. */
export interface WeirEvent {
  /** Unix milliseconds. */
  readonly at: number;
  /** null: concerns the whole service. */
  readonly channel: string | null;
  readonly kind: EventKind;
  readonly detail: string;
}

export type EventKind =
  | 'start'
  | 'stop'
  | 'connect'
  | 'disconnect'
  | 'loss'
  | 'reload'
  | 'config-refused'
  | 'processor-error'
  | 'feed-error'
  | 'keys-full'
  | 'undated'
  | 'positions-full'
  | 'path-unmatched'
  | 'prune-wait'
  | 'pause'
  | 'ring-full'
  | 'thread-restart'
  | 'clock-step'
  | 'store-error'
  | 'degraded'
  | 'rest-error'
  | 'rtm-error';
