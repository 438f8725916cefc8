/**
 * The contract of stores: where sealed cells live.
 *
 * One writer (the timer thread) and any number of readers. A writer appends sealed seconds and rolls them
 * up; it never decides what a gap is. Adding a kind is one folder and one line in `index.ts`.
 */
import type { z } from 'zod';
import type { Cell, Gap, KeyCell } from '../model/bucket.ts';
import type { KindOptions, WeirEvent } from '../model/channel.ts';
import type { Clock } from '../model/clock.ts';
import type { ShardPosition } from '../model/position.ts';
import type { Definition, SeriesName } from '../model/series.ts';
import type { Tally } from '../model/tally.ts';
import type { Retention, TierName } from '../model/tier.ts';

export interface StoreKind<O extends KindOptions = KindOptions> {
  readonly kind: string;
  readonly options: z.ZodType<O>;
  /** Turns options into what both ends open; called once, in main. `folder` is that of channels.yaml. */
  locate(options: O, folder: string): string;
  /**
   * Throws a StoreError that says what is wrong and how to go on. With `care`, a damaged store is set aside and told,
   * and a new one is begun; without it, it is refused.
   */
  openWriter(location: string, retention: Retention, care?: StoreCare): StoreWriter;
  openReader(location: string): StoreReader;
  /** Writes a whole copy of a store to a new file; also while it is written. Rejects with a StoreError. */
  backUp(location: string, file: string): Promise<void>;
  /** Leaves a fact for the writer, which may be running meanwhile, or start later. Throws a StoreError. */
  leaveFact(location: string, name: string, value: string): void;
  /** Checks every number of a store, without changing it; also while it is written. Throws what opening throws. */
  audit(location: string): Audit;
}

/** What a writer needs to go on after its store was found damaged. */
export interface StoreCare {
  readonly clock: Clock;
  /** Told once a damaged store was set aside: where to, and why. */
  tell(event: WeirEvent): void;
}

/**
 * What keeps a store from being read or written.
 *
 * - `trouble`: it cannot be done now (disk full, locked, read-only, I/O error); the same may work later.
 * - `damaged`: the store's content is not what was written.
 * - `refused`: it is something else: not a store of Weir, or one of a later version.
 */
export class StoreError extends Error {
  readonly kind: 'trouble' | 'damaged' | 'refused';

  constructor(kind: StoreError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.kind = kind;
  }
}

/** What one series by key brings to one second. */
export interface KeyTally extends SeriesName {
  readonly counted: number;
  /** Both words of the sum. */
  readonly sum: number;
  readonly sumLow: number;
}

/** What is known of a second only after it was sealed; Unix seconds. */
export interface Amendment {
  readonly second: number;
  /** To be added; `coveredMs` and `missed` may be negative. */
  readonly tally: Tally;
  readonly keyCells: readonly KeyTally[];
  /** Whether it changes what was shown as closed, and so raises `amended`; else it was still awaited. */
  readonly heals: boolean;
}

/** One channel's newly final seconds. Times in Unix seconds. */
export interface ChannelSeal {
  readonly channel: string;
  /** What the numbers of this seal mean. Numbers of another definition are kept apart from them. */
  readonly definition: Definition;
  /** Names the stream that was counted. Positions of another stream are forgotten with this seal. */
  readonly stream: string;
  /** All seconds before it are final with this seal. */
  readonly sealedTo: number;
  readonly cells: readonly { readonly second: number; readonly tally: Tally }[];
  readonly keyCells: readonly ({ readonly second: number } & KeyTally)[];
  /**
   * Added wherever that time is still kept: on every tier that has it, else on the coarsest. Each that heals raises
   * `amended` by one on every cell it touches.
   */
  readonly amendments: readonly Amendment[];
  /**
   * How far the board's queue of amendments has been brought, these included. The store keeps it with the channel,
   * so that a timer thread that is started again in the same run brings none twice.
   */
  readonly amendmentCount: number;
  /** The positions after the last message of these cells, of the shards that have moved since the last seal. */
  readonly positions: readonly ShardPosition[];
  /** Unix seconds since which each key in `keyCells` has had a series of its own, without a break. */
  readonly keysSince: number;
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
  readonly positions: ReadonlyMap<string, StoredPositions>;
  /** Channels that have been counted before. */
  readonly channels: ReadonlySet<string>;
  /** How far each channel is sealed: what a timer thread that is started again in the same run goes on from. */
  readonly sealed: ReadonlyMap<string, SealedState>;
}

/** Where a channel resumes. */
export interface StoredPositions {
  readonly stream: string;
  readonly shards: ReadonlyMap<string, string | null>;
}

export interface SealedState {
  /** Unix seconds: all before is in the store. */
  readonly sealedTo: number;
  /** Amendments of this run that the store has. */
  readonly amendmentCount: number;
}

export interface StoreWriter {
  state(): StoredState;
  /** Gives the history of `former`, if there is one, to `name`. Returns false where both have one: they stay apart. */
  rename(former: string, name: string): boolean;
  /**
   * A run begins: `second` (Unix seconds) is the first that it may seal. An earlier run may have sealed it
   * already, when both fall into it; what comes now is added, and is no amendment. Amendments are counted from 0
   * again. A timer thread that is started again within a run does not call it.
   */
  begin(second: number): void;
  /**
   * Writes all of it or nothing; throws a StoreError if it cannot, and may then be called with the same again. Cells
   * add to what is there; one for a second that was sealed before counts as amended.
   */
  commit(commit: Commit): void;
  /**
   * Sums up what is over: minutes and quarters of the seconds that were committed. To be called after commits, and
   * not within one, so that what is newly sealed need not wait for it. Until then the reader answers from the
   * finer cells, so nobody sees a difference. Throws a StoreError, and may be called again.
   */
  rollUp(): void;
  /**
   * Removes what is older than `retention`, by default the one that the store was opened with. Marks of what was removed
   * that are ahead of `now` (Unix milliseconds) follow a clock that came back.
   */
  prune(now: number, retention?: Retention): void;
  /** Why what is written is not where readers look for it; null where it is. */
  readonly moved: string | null;
  /** How many cells `prune` would remove. */
  prunable(now: number, retention: Retention): number;
  /** A small text that the store keeps under a name; null where there is none. */
  fact(name: string): string | null;
  putFact(name: string, value: string): void;
  close(): void;
}

export interface CellRange {
  readonly channel: string;
  /** Half-open, Unix milliseconds, multiples of the tier's grain. */
  readonly from: number;
  readonly to: number;
  readonly tier: TierName;
  /** What the channel's numbers mean now: history without a definition of its own is taken as of this one. */
  readonly definition: Definition;
}

/** One moment of a channel's history, whatever is committed meanwhile. */
export interface History<C> {
  /** Unix milliseconds before which this run's seconds are among `cells`; 0 where it has sealed none yet. */
  readonly sealedTo: number;
  readonly cells: C[];
}

/** The same with what explains it. */
export interface ExplainedHistory extends History<Cell> {
  /** Gaps that overlap the range, ascending. */
  readonly gaps: Gap[];
}

/** The history of one series by key, or of all. */
export interface KeyHistory extends History<KeyCell> {
  /**
   * Starts of cells in which messages of the one key that was asked for may be among those of `other`, so that its count
   * is not known. Unix milliseconds, ascending; empty where all keys were asked for.
   */
  readonly unknown: readonly number[];
}

export interface StoreReader {
  /** Cells of the tier, and of finer tiers where it is not rolled up yet. Ascending. */
  cells(range: CellRange): ExplainedHistory;
  /** The same by key, of cells that are split as `range.definition` says; `wanted` picks one series. */
  keyCells(range: CellRange, wanted: SeriesName | null): KeyHistory;
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

/** What `weir audit` found. */
export interface Audit {
  readonly channelCount: number;
  readonly cellCounts: Readonly<Record<TierName, number>>;
  readonly keyCellCounts: Readonly<Record<TierName, number>>;
  /** The time that cells are of, Unix milliseconds, half-open; null when there are none. */
  readonly span: { readonly from: number; readonly to: number } | null;
  /** The first thing that does not hold; null when all does. */
  readonly first: Difference | null;
  /** How many things do not hold. */
  readonly differenceCount: number;
}

/** A place where a store is not as it must be. */
export interface Difference {
  readonly channel: string | null;
  readonly tier: TierName | null;
  /** Of the cell, Unix milliseconds. */
  readonly start: number | null;
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}
