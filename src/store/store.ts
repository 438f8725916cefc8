/**
 * The contract of stores: where sealed cells live.
 *
 * One writer (the timer thread) and any number of readers. A writer appends sealed seconds and rolls them
 * up; it never decides what a gap is. Adding a kind is one folder and one line in `index.ts`.
 */
import type { z } from 'zod';
import type { Cell, Gap, KeyCell } from '../model/bucket.ts';
import type { KindOptions, WeirEvent } from '../model/channel.ts';
import type { Tally } from '../model/tally.ts';
import type { Retention, TierName } from '../model/tier.ts';

export interface StoreKind<O extends KindOptions = KindOptions> {
  readonly kind: string;
  readonly options: z.ZodType<O>;
  /** Turns options into what both ends open; called once, in main. `folder` is that of channels.yaml. */
  locate(options: O, folder: string): string;
  /** Throws an Error that says what is wrong and how to go on. */
  openWriter(location: string, retention: Retention): StoreWriter;
  openReader(location: string): StoreReader;
}

/** One channel's newly final seconds. Times in Unix seconds. */
export interface ChannelSeal {
  readonly channel: string;
  /** All seconds before it are final with this seal. */
  readonly sealedTo: number;
  readonly cells: readonly { readonly second: number; readonly tally: Tally }[];
  readonly keyCells: readonly {
    readonly second: number;
    readonly key: string;
    readonly counted: number;
    readonly sum: number;
  }[];
  /** The feed's position after the last message of these cells; null leaves the stored one. */
  readonly position: string | null;
}

export interface Commit {
  /** When it was made, Unix milliseconds: proof that Weir was running. */
  readonly at: number;
  readonly seals: readonly ChannelSeal[];
  readonly gaps: readonly { readonly channel: string; readonly gap: Gap }[];
  readonly events: readonly WeirEvent[];
}

/** What an earlier run left. */
export interface StoredState {
  /** Last proof that Weir was running, Unix milliseconds; null for a new store. */
  readonly aliveAt: number | null;
  readonly positions: ReadonlyMap<string, string>;
  /** Channels that have been counted before. */
  readonly channels: ReadonlySet<string>;
}

export interface StoreWriter {
  state(): StoredState;
  /** Gives the history of `former` to `name`, unless there is none, or `name` has one already. */
  rename(former: string, name: string): void;
  /**
   * A run begins: `second` (Unix seconds) is the first that it may seal. An earlier run may have sealed it
   * already, when both fall into it; what comes now is added.
   */
  begin(second: number): void;
  /** Writes all of it or nothing; throws if it cannot. Cells add to what is there. */
  commit(commit: Commit): void;
  /** Removes what is older than the retention. Bounded work a call. */
  prune(now: number): void;
  close(): void;
}

export interface CellRange {
  readonly channel: string;
  /** Half-open, Unix milliseconds, multiples of the tier's grain. */
  readonly from: number;
  readonly to: number;
  readonly tier: TierName;
}

/** One moment of a channel's history, whatever is committed meanwhile. */
export interface History<C> {
  /** Unix milliseconds before which this run's seconds are among `cells`; 0 where it has sealed none yet. */
  readonly sealedTo: number;
  readonly cells: C[];
}

export interface StoreReader {
  /** Cells of the tier, and of finer tiers where it is not rolled up yet. Ascending. */
  cells(range: CellRange): History<Cell>;
  /** The same by key; `key` picks one. */
  keyCells(range: CellRange, key: string | null): History<KeyCell>;
  /** Gaps that overlap [from, to), ascending. */
  gaps(channel: string, from: number, to: number): Gap[];
  /** Newest first, before `before` (an event's id) if given. */
  events(query: EventQuery): StoredEvent[];
  close(): void;
}

export interface EventQuery {
  readonly channels: readonly string[] | null;
  readonly before: number | null;
  readonly limit: number;
}

export interface StoredEvent extends WeirEvent {
  readonly id: number;
}
