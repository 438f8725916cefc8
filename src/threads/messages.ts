/** Everything that is posted between main and the threads. Main speaks with each; threads do not speak with each other. */
import type { MessagePort } from 'node:worker_threads';
import type { Gap, GapCause } from '../model/bucket.ts';
import type { ChannelConfig, Descriptor, ProcessorTraits, WeirEvent } from '../model/channel.ts';
import type { EntryRules, Listen } from '../model/config.ts';
import type { ShardPosition } from '../model/position.ts';
import type { Problem } from '../model/problem.ts';
import type { Hidden } from '../model/redaction.ts';
import type { Definition } from '../model/series.ts';
import type { Retention } from '../model/tier.ts';
import type { PulseMemory } from '../shared/pulse.ts';
import type { RingMemory } from '../shared/ring.ts';

/** How a store is opened: a kind of the register, and what that kind's `locate` said. */
export interface StoreAddress {
  readonly kind: string;
  readonly location: string;
}

/** What an earlier run left in the store. */
export interface Stored {
  /** Last proof that Weir was running, Unix milliseconds; null for a new store. */
  readonly aliveAt: number | null;
  /** Where each channel resumes. */
  readonly positions: ReadonlyMap<
    string,
    { readonly stream: string; readonly shards: ReadonlyMap<string, string | null> }
  >;
  /** How far each channel that was counted before is sealed. Unix seconds. */
  readonly sealed: ReadonlyMap<string, { readonly sealedTo: number }>;
}

/** A worker's `workerData`. */
export interface ThreadStart {
  /** As the thread's own type says. */
  readonly data: unknown;
  /** The thread's end of its line to main. */
  readonly line: MessagePort;
}

/** What every thread is started with. */
interface Common {
  /** The thread's index in the pulse. */
  readonly index: number;
  readonly pulse: PulseMemory;
}

export interface FeedThreadData extends Common {
  readonly folder: string;
  readonly hidden: Hidden;
  readonly channels: readonly FeedThreadChannel[];
}

export interface FeedThreadChannel {
  readonly config: ChannelConfig;
  readonly traits: ProcessorTraits;
  /** Channels with equal keys may share a connection. */
  readonly connectionKey: string;
  readonly ring: BoundRing;
  /** Rings before this one that may still be counted in: this one takes up the last, when it is first used. */
  readonly formerRings: readonly BoundRing[];
  /** The stored positions, for a ring that has none of its own. */
  readonly positions: readonly ShardPosition[];
  /** Since when nobody has observed the channel. */
  readonly blindSince: { readonly from: number; readonly cause: GapCause; readonly detail: string };
}

export interface TimerThreadData extends Common {
  readonly store: StoreAddress;
  readonly retention: Retention;
  readonly channels: readonly NamedRing[];
  readonly renames: Renames;
  /** Whether a timer thread of this run was there before. */
  readonly again: boolean;
}

/** Former name → name. */
export type Renames = readonly (readonly [string, string])[];

/** A ring, and what is counted in it for as long as it exists. */
export interface BoundRing {
  readonly memory: RingMemory;
  /** What its numbers mean. */
  readonly definition: Definition;
  /** Names the stream whose positions it holds, in 8 hexadecimal digits. */
  readonly stream: string;
  /** The first second that may be counted in it; Unix seconds. Its keys have had their series since then. */
  readonly since: number;
}

export interface NamedRing {
  readonly name: string;
  readonly ring: BoundRing;
  /** How long after its end a bucket still takes messages as a matter of course, in milliseconds. */
  readonly waitMs: number;
}

export interface RestThreadChannel extends NamedRing {
  readonly descriptor: Descriptor;
  /** Name of the thread that counts it. */
  readonly thread: string;
}

/** How well the store is. */
export interface StoreCondition {
  /** Why the store cannot be written, since the last time it could; null when it can. */
  readonly trouble: string | null;
  /** Why old cells are not pruned yet; null where nothing waits. */
  readonly waiting: string | null;
}

/** How well Weir is, as far as only main knows. */
export interface Health {
  readonly store: StoreCondition;
  readonly log: { readonly droppedLines: number };
  readonly threads: readonly ThreadState[];
}

export interface ThreadState {
  readonly name: string;
  /** Its place in the pulse. */
  readonly index: number;
  /** How often it died in a row, lately. */
  readonly deathCount: number;
  /** Why it died last; null if it never has. */
  readonly lastDeath: string | null;
}

/** What channels.yaml says, and whether it was taken. */
export interface ConfigurationState {
  /** When the running configuration was read, Unix milliseconds. */
  readonly loadedAt: number;
  /** What is wrong with a file that was refused since; empty when there is none. */
  readonly problems: readonly Problem[];
}

export interface RestThreadData extends Common {
  readonly store: StoreAddress;
  readonly channels: readonly RestThreadChannel[];
  readonly health: Health;
  readonly configuration: ConfigurationState;
  readonly listen: Listen;
  readonly entryRules: EntryRules;
  readonly settings: {
    readonly version: string;
    readonly timezone: string;
    readonly charts: 'google' | 'builtin';
    readonly retention: Retention;
    readonly pageFolder: string;
  };
}

export interface RtmThreadData extends Common {
  readonly folder: string;
  /** As validated by the rtm room's schema. */
  readonly options: unknown;
  readonly entryRules: EntryRules;
}

/** From main. Every thread answers `stop` with `stopped`. */
export type ToThread =
  | { readonly kind: 'stop' }
  /** To a feed thread. */
  | { readonly kind: 'open-channels'; readonly channels: readonly FeedThreadChannel[] }
  | { readonly kind: 'change-channel'; readonly channel: FeedThreadChannel }
  | { readonly kind: 'remove-channel'; readonly name: string; readonly gone: string | null }
  | { readonly kind: 'hide'; readonly hidden: Hidden }
  /** To the timer thread: all channels from now on. Those that are gone are sealed a last time, then renamed. */
  | {
      readonly kind: 'seal-channels';
      readonly channels: readonly NamedRing[];
      readonly renames: Renames;
    }
  /** To the REST thread: all channels from now on. */
  | { readonly kind: 'show-channels'; readonly channels: readonly RestThreadChannel[] }
  | { readonly kind: 'health'; readonly health: Health }
  /** To the REST thread and the RTM thread. */
  | { readonly kind: 'entry-rules'; readonly entryRules: EntryRules }
  | { readonly kind: 'configuration'; readonly configuration: ConfigurationState }
  | { readonly kind: 'gap'; readonly channel: string; readonly gap: Gap }
  | { readonly kind: 'event'; readonly event: WeirEvent };

/** To main. */
export type FromThread =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'store-ready';
      readonly stored: Stored;
    }
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'gap'; readonly channel: string; readonly gap: Gap }
  | { readonly kind: 'event'; readonly event: WeirEvent }
  | { readonly kind: 'failed'; readonly reason: string }
  /** A feed thread has ended a channel: its ring is final. */
  | { readonly kind: 'removed'; readonly name: string }
  | { readonly kind: 'store-condition'; readonly condition: StoreCondition }
  | { readonly kind: 'stopped' };

/** A thread that died so often in a row is in a crash loop, and shown as not well. */
export const CRASH_LOOP_COUNT = 3;
/** A thread that has not beaten for this long hangs: it is shown as not well, and a feed thread is ended. */
export const HANG_MS_MAX = 10_000;
