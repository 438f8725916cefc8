/** Everything that is posted between main and the threads. Main speaks with each; threads do not speak with each other. */
import type { Gap, GapCause } from '../model/bucket.ts';
import type { ChannelConfig, Descriptor, WeirEvent } from '../model/channel.ts';
import type { Listen } from '../model/config.ts';
import type { Retention } from '../model/tier.ts';
import type { PulseMemory } from '../shared/pulse.ts';
import type { RingMemory } from '../shared/ring.ts';

/** How a store is opened: a kind of the register, and what that kind's `locate` said. */
export interface StoreAddress {
  readonly kind: string;
  readonly location: string;
}

/** What every thread is started with. */
interface Common {
  /** The thread's index in the pulse. */
  readonly index: number;
  readonly pulse: PulseMemory;
}

export interface FeedThreadData extends Common {
  readonly folder: string;
  readonly channels: readonly FeedThreadChannel[];
}

export interface FeedThreadChannel {
  readonly config: ChannelConfig;
  readonly ring: RingMemory;
  /** The stored resume position, for a ring that has none of its own. */
  readonly position: string | null;
  /** Since when nobody has observed the channel. */
  readonly blindSince: { readonly from: number; readonly cause: GapCause; readonly detail: string };
}

export interface TimerThreadData extends Common {
  readonly store: StoreAddress;
  readonly retention: Retention;
  readonly channels: readonly NamedRing[];
  /** Former name → name. */
  readonly renames: readonly (readonly [string, string])[];
}

export interface NamedRing {
  readonly name: string;
  readonly ring: RingMemory;
}

export interface RestThreadData extends Common {
  readonly store: StoreAddress;
  readonly channels: readonly { readonly descriptor: Descriptor; readonly ring: RingMemory }[];
  readonly listen: Listen;
  readonly settings: {
    readonly version: string;
    readonly timezone: string;
    readonly charts: 'google' | 'builtin';
    readonly retention: Retention;
    readonly pageFolder: string;
  };
  /** The threads whose health is shown, and their indices in the pulse. */
  readonly threads: readonly { readonly name: string; readonly index: number }[];
}

export interface RtmThreadData extends Common {
  readonly folder: string;
  /** As validated by the rtm room's schema. */
  readonly options: unknown;
}

/** From main. Every thread answers `stop` with `stopped`. */
export type ToThread =
  | { readonly kind: 'stop' }
  | { readonly kind: 'gap'; readonly channel: string; readonly gap: Gap }
  | { readonly kind: 'event'; readonly event: WeirEvent };

/** To main. */
export type FromThread =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'store-ready';
      readonly aliveAt: number | null;
      readonly positions: ReadonlyMap<string, string>;
      readonly known: ReadonlySet<string>;
    }
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'gap'; readonly channel: string; readonly gap: Gap }
  | { readonly kind: 'event'; readonly event: WeirEvent }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'stopped' };

/** A thread that has not beaten for this long hangs: it is shown as not well, and a feed thread is ended. */
export const HANG_MS_MAX = 10_000;
