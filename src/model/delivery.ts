/** Messages that were counted by key, without their bodies. */
export interface SeriesBatch {
  /** How many messages. */
  readonly count: number;
  /** What they are worth together, where that is measured: both words of the sum (see `exact-sum.ts`). */
  readonly sum: number;
  readonly sumLow: number;
  /** The slots of the series they belong to, each once; none where there are no keys. */
  readonly slots: Uint32Array;
  /** By slot: how many messages, and what they are worth together, two words a slot. */
  readonly counts: Uint32Array;
  readonly sums: Float64Array;
}

/**
 * What becomes of messages that were delivered, and not counted, when a thread ended. `again`: they are delivered again.
 * `lost`: they do not come again, and the feed does not report that. `unknown`: neither is sure.
 */
export type Uncounted = 'again' | 'lost' | 'unknown';

/** What a feed knows of the messages of one frame, beside the messages themselves. */
export interface About {
  /**
   * Event times, one a message, Unix milliseconds; null where none can be read, so that the message counts on arrival and
   * as undated. Absent: the feed has no event times.
   */
  readonly times?: readonly (number | null)[];
  /** One of the values of this frame that is no time, for people; absent where all are. */
  readonly unreadTime?: string;
  /** The frame that the messages came in, where they are parts of it. */
  readonly frame?: unknown;
  /** Sent before the link came up, and delivered after: they come from a resume position. */
  readonly replayed?: boolean;
}
