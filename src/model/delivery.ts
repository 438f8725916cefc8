/** What a feed knows of the messages of one frame, beside the messages themselves. */
export interface About {
  /** Event times, one a message, Unix milliseconds; null where a message has none. Absent: the feed has none. */
  readonly times?: readonly (number | null)[];
  /** Sent before the link came up, and delivered after: they come from a resume position. */
  readonly replayed?: boolean;
}
