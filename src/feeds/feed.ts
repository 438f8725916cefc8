/**
 * The contract of feeds: how messages arrive.
 *
 * A kind is a name, a schema for its options, and a function that opens it. Adding one is one folder (code,
 * README.md, sample.yaml) and one line in `index.ts`. A feed opens sockets, retries, and calls its sinks;
 * it knows nothing of counters, processors, intervals or other feeds, and never throws for what comes from
 * outside.
 */
import type { z } from 'zod';
import type { EventKind, KindOptions, MessagePaths } from '../model/channel.ts';
import type { Clock, Timers } from '../model/clock.ts';
import type { About, SeriesBatch, Uncounted } from '../model/delivery.ts';
import type { ShardPosition } from '../model/position.ts';

export interface FeedKind<O extends KindOptions = KindOptions> {
  /** The name in channels.yaml. */
  readonly kind: string;
  /** Validates the options, `kind` included. Its descriptions become the documentation. */
  readonly options: z.ZodType<O>;
  /** Channels with equal keys are opened together and may share a connection. */
  connectionKey(options: O, channelName: string): string;
  /** Names the stream that is counted: a position holds only for the stream it came from. */
  streamKey(options: O, channelName: string): string;
  /** How many shards, each with a position, the feed may have; 0 for a feed without positions. */
  shardsMax(options: O): number;
  /** How long after its end a bucket still takes messages as a matter of course, in milliseconds. */
  waitMs(options: O): number;
  /** What becomes of messages that were not counted when a thread ended, with these positions. */
  uncounted(options: O, positions: readonly ShardPosition[]): Uncounted;
  /**
   * What it sends of its own accord, for people: as the file has it in `written`, where a text may be a variable's name.
   * Absent where a protocol decides it.
   */
  sends?(options: O, written: unknown): readonly SentFrame[];
  /** What of the options may not be what was meant; `path` is into the options. */
  notes?(
    options: O,
  ): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
  /** The options that are paths into a message, such as `time`, with the path; those that are set. */
  paths(options: O): readonly MessagePath[];
  /** Connects, and goes on until closed. All channels have the same connection key. */
  open(channels: readonly FeedChannel<O>[], deps: FeedDeps): Feed;
}

export interface MessagePath {
  /** Where it stands in the options: `sequence.by`. */
  readonly option: string;
  readonly path: string;
}

export interface SentFrame {
  /** `once connected`, `every 20s`. */
  readonly when: string;
  readonly text: string;
}

export interface FeedChannel<O extends KindOptions = KindOptions> {
  readonly name: string;
  readonly options: O;
  readonly sink: FeedSink;
  /** Whether the sink wants the messages, or only their number. */
  readonly needsBody: boolean;
  /** What the sink looks at in a message, for feeds that can look themselves; absent where only it knows. */
  readonly look?: Look;
}

/** A message's key and value, and how many keys get a series of their own (0: there are no keys). */
export interface Look extends MessagePaths {
  readonly keysMax: number;
}

/** What a feed calls. Calls never throw, never wait, and are made in the order of the wire. */
export interface FeedSink {
  /**
   * The position after a shard's last counted message, also of an earlier run. null: it could not be kept, so what was
   * lost since nobody knows; undefined: there is none. To be read before each subscribe.
   */
  position(shard: string): string | null | undefined;
  /** Every shard's position, as `position` returns it. */
  positions(): readonly ShardPosition[];
  /** One frame's messages, and the positions after them of the shards that have moved (null where none has). */
  messages(
    bodies: readonly unknown[],
    changes: readonly ShardPosition[] | null,
    about?: About,
  ): void;
  /** The same where only their number is known or wanted. 0 with positions moves these alone. */
  tally(count: number, changes: readonly ShardPosition[] | null, about?: About): void;
  /** The same for messages that somebody else has looked into, as `FeedChannel.look` says. */
  tallySeries(batch: SeriesBatch, changes: readonly ShardPosition[] | null, about?: About): void;
  /** The slot, for `tallySeries`, of the series that a key belongs to; null while nothing is counted. */
  slotOf(key: unknown): number | null;
  /** Messages that could not be read. */
  malformed(count: number, detail: string): void;
  /** Messages that were counted before: their ids say so. */
  duplicate(count: number, changes: readonly ShardPosition[] | null): void;
  /** Messages that the feed says were lost: how many, or null; and the positions at which delivery continues. */
  missed(count: number | null, detail: string, changes: readonly ShardPosition[] | null): void;
  /** Messages that were said to be lost, at `bookedAt` (Unix milliseconds), and came after all. */
  found(count: number, bookedAt: number): void;
  /**
   * Connected and subscribed: from now on, silence means that nothing was sent. `resumed`: from a position, so
   * that what was sent meanwhile comes first.
   */
  up(resumed?: boolean): void;
  /**
   * No longer, or still not; `detail` is a sentence for people, without secrets. `proven`: the link lived until
   * now, as a closing handshake shows; else it is in doubt since its last sign of life. `retryMs`: when it is tried
   * again, from now; null where that is not known.
   */
  down(detail: string, proven?: boolean, retryMs?: number | null): void;
  /** Proof of life without a message. */
  alive(): void;
  /** What had waited while the thread read nothing has come: the answer to `Feed.afterPause`. */
  settled(): void;
  /** Something an operator should know. */
  note(kind: EventKind, detail: string): void;
}

/** What a feed needs from outside. */
export interface FeedDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  /** Folder of channels.yaml; files in options are relative to it. */
  readonly folder: string;
}

export interface Feed {
  /** Ends the delivery of one channel; the others go on as they are. Resolves when its sink will not be called any more. */
  remove(channelName: string): Promise<void>;
  /**
   * The thread read nothing for a while, so what comes now has waited. The feed calls `settled` of each sink once all of
   * it has come; where it cannot know, it does nothing.
   */
  afterPause(): void;
  /** Ends all connections; resolves when no sink will be called any more. */
  close(): Promise<void>;
}
