/** What REST reads from: handed in by the thread that wires it. Everything here is read only. */
import type { Gate } from '../admission/gate.ts';
import type { Cell, Gap, KeyCell } from '../model/bucket.ts';
import type { Descriptor, WeirEvent } from '../model/channel.ts';
import type { Clock } from '../model/clock.ts';
import type { Problem } from '../model/problem.ts';
import type { Definition, SeriesName } from '../model/series.ts';
import type { Retention, TierName } from '../model/tier.ts';
import type { RingReader } from '../shared/ring-reader.ts';

export interface CellRange {
  readonly channel: string;
  /** Half-open, Unix milliseconds, multiples of the tier's grain. */
  readonly from: number;
  readonly to: number;
  readonly tier: TierName;
  /** What the channel's numbers mean now. */
  readonly definition: Definition;
}

/** What REST needs of a store; see `StoreReader`. */
export interface SealedHistory {
  cells(range: CellRange): {
    readonly sealedTo: number;
    readonly cells: Cell[];
    readonly gaps: Gap[];
  };
  keyCells(
    range: CellRange,
    wanted: SeriesName | null,
  ): {
    readonly sealedTo: number;
    readonly cells: KeyCell[];
    readonly unknown: readonly number[];
  };
  events(query: {
    readonly channels: readonly string[] | null;
    readonly before: number | null;
    readonly limit: number;
  }): (WeirEvent & { readonly id: number })[];
}

export interface RestChannel {
  readonly descriptor: Descriptor;
  readonly ring: RingReader;
  /** What the numbers of the ring mean. */
  readonly definition: Definition;
  /** How long after its end a bucket still takes messages as a matter of course, in milliseconds. */
  readonly waitMs: number;
  /** Name of the thread that counts it. */
  readonly thread: string;
}

/** One thread's health. */
export interface ThreadHealth {
  readonly name: string;
  /** Milliseconds since it last said that it is alive. */
  readonly silentMs: number;
  /** How often it died in a row, lately. */
  readonly deathCount: number;
  /** Why it died last; null if it never has. */
  readonly lastDeath: string | null;
  readonly ok: boolean;
}

export interface Health {
  readonly store: {
    /** Why the store cannot be written; null when it can. */
    readonly trouble: string | null;
    /** Why old cells are not pruned yet; null where nothing waits. */
    readonly waiting: string | null;
  };
  /** Lines of Weir's own log that were dropped, since nobody read them. */
  readonly log: { readonly droppedLines: number };
  readonly threads: readonly ThreadHealth[];
}

/** What runs, as the outside may see it, and why a newer one does not. */
export interface RunningConfiguration {
  /** Problems of the file as it is now; while there are any, the last good one goes on. */
  readonly problems: readonly Problem[];
  /** Unix milliseconds at which the running one, or its refusal, was read. */
  readonly loadedAt: number;
  /** The running channels as YAML. Never a secret. */
  readonly yaml: string;
}

export interface RestSources {
  /** Read at each use: channels come and go. */
  readonly channels: readonly RestChannel[];
  readonly configuration: () => RunningConfiguration;
  readonly history: SealedHistory;
  readonly clock: Clock;
  readonly health: () => Health;
  /** Who may come in; changes with channels.yaml. */
  readonly gate: Gate;
  readonly settings: RestSettings;
}

export interface RestSettings {
  readonly version: string;
  readonly timezone: string;
  readonly charts: 'google' | 'builtin';
  readonly retention: Retention;
  /** Folder of the built page. */
  readonly pageFolder: string;
}
