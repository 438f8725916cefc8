/** Messages that were counted by key, without their bodies. */
export interface SeriesBatch {
  /** How many messages. */
  readonly count: number;
  /** What they are worth together, where that is measured. */
  readonly sum: number;
  /** The slots of the series they belong to, each once; none where there are no keys. */
  readonly slots: Uint32Array;
  /** By slot: how many messages, and what they are worth together. */
  readonly counts: Uint32Array;
  readonly sums: Float64Array;
}

/** What a feed knows of the messages of one frame, beside the messages themselves. */
export interface About {
  /** Event times, one a message, Unix milliseconds; null where a message has none. Absent: the feed has none. */
  readonly times?: readonly (number | null)[];
  /** Sent before the link came up, and delivered after: they come from a resume position. */
  readonly replayed?: boolean;
}
