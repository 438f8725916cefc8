/**
 * The feeds of one thread: opens them, joins each channel to its counter, and changes them while they run.
 *
 * A changed channel connects anew before its old connection closes: the new feed's lease begins when it is about
 * to count, and the old one's ends in the same moment.
 */
import { ChannelCounter } from '../counting/channel-counter.ts';
import { Lease } from '../counting/lease.ts';
import type { UserClass } from '../counting/poison.ts';
import type { Turns } from '../counting/turns.ts';
import type { Feed, FeedChannel, FeedDeps } from '../feeds/feed.ts';
import { feedKind } from '../feeds/index.ts';
import type { ChannelConfig } from '../model/channel.ts';
import { type Discretion, discretion, type Hidden } from '../model/redaction.ts';
import { textOfThrown } from '../model/thrown.ts';
import type { WorthOf } from '../model/worth.ts';
import { processorKind } from '../processors/index.ts';
import { RingWriter } from '../shared/ring-writer.ts';
import type { FeedThreadChannel, FromThread } from './messages.ts';

/** A changed channel whose new feed does not come up for so long takes over without it. */
const TAKE_OVER_MS_MAX = 15_000;

interface Running {
  readonly lease: Lease;
  /** Its feed, which others may share; null where there is none. */
  readonly feed: Feed | null;
}

export class FeedHost {
  readonly #deps: FeedDeps;
  readonly #tell: (message: FromThread) => void;
  readonly #running = new Map<string, Running>();
  readonly #turns: Turns;
  #discretion: Discretion;

  constructor(deps: FeedDeps, turns: Turns, hidden: Hidden, tell: (message: FromThread) => void) {
    this.#deps = deps;
    this.#turns = turns;
    turns.listen(() => this.#afterPause());
    this.#discretion = discretion(hidden);
    this.#tell = tell;
  }

  /** What must not be told, from now on. */
  hide(hidden: Hidden): void {
    this.#discretion = discretion(hidden);
  }

  /** Whether an error has left a frame that is counted in part. */
  get isTorn(): boolean {
    return [...this.#running.values()].some(({ lease }) => lease.counter?.isTorn);
  }

  /** Opens new channels; those that may share a connection do. */
  async open(channels: readonly FeedThreadChannel[]): Promise<void> {
    const joined = await Promise.all(
      channels.map(async (channel) => {
        const { worthOf, failure } = await worthOfChannel(channel, this.#deps.folder);
        const lease = new Lease({
          begin: () => this.#newCounter(channel, worthOf, ringWriter(channel), channel),
          trouble: () => {},
        });
        lease.begin();
        return { channel, lease, failure };
      }),
    );
    for (const { channel, lease, failure } of joined) {
      if (failure === null) continue;
      this.#running.set(channel.config.name, { lease, feed: null });
      fail(lease, failure);
    }
    const sound = joined.filter(({ failure }) => failure === null);
    const groups = Map.groupBy(sound, ({ channel }) => channel.connectionKey);
    for (const group of groups.values()) {
      const feed = this.#openFeed(group);
      for (const { channel, lease } of group)
        this.#running.set(channel.config.name, { lease, feed });
    }
  }

  /** Lets a changed channel take over from what it was. */
  async change(channel: FeedThreadChannel): Promise<void> {
    const { name } = channel.config;
    const former = this.#running.get(name);
    if (!former) return this.open([channel]);
    const { worthOf, failure } = await worthOfChannel(channel, this.#deps.folder);
    let cancel = () => {};
    const lease = new Lease({
      begin: () => {
        cancel();
        return this.#takeOver(former, channel, worthOf);
      },
      trouble: (detail) =>
        former.lease.note('feed-error', `as changed, it is not connected yet: ${detail}`),
    });
    const feed = failure === null ? this.#openFeed([{ channel, lease }]) : null;
    this.#running.set(name, { lease, feed });
    if (failure === null) cancel = this.#deps.timers.after(TAKE_OVER_MS_MAX, () => lease.begin());
    else fail(lease, failure);
  }

  /** Ends a channel: what it counted is final. `gone`: why it is not observed any more; null where it goes on elsewhere. */
  async remove(name: string, gone: string | null): Promise<void> {
    const running = this.#running.get(name);
    if (!running) return;
    this.#running.delete(name);
    running.lease.begin()?.remove(gone);
    running.lease.end();
    await running.feed?.remove(name);
  }

  #afterPause(): void {
    const feeds = new Set([...this.#running.values()].map(({ feed }) => feed));
    for (const feed of feeds) feed?.afterPause();
  }

  /** Moves all channels' seconds on. */
  tick(): void {
    for (const { lease } of this.#running.values()) lease.counter?.tick();
  }

  /** Closes all feeds, then makes what they counted final. */
  async close(): Promise<void> {
    const running = [...this.#running.values()];
    await Promise.all([...new Set(running.map(({ feed }) => feed))].map((feed) => feed?.close()));
    for (const { lease } of running) lease.counter?.finish();
  }

  #openFeed(
    group: readonly { readonly channel: FeedThreadChannel; readonly lease: Lease }[],
  ): Feed {
    const channels = group.map(({ channel: { config, traits }, lease }): FeedChannel => {
      const { needsBody, paths, keysMax } = traits;
      const look = paths && { look: { ...paths, keysMax } };
      return { name: config.name, options: config.feed, sink: lease, needsBody, ...look };
    });
    return feedKind(channels[0]!.options.kind)!.open(channels, this.#deps);
  }

  /** The moment in which a changed channel's new feed goes on for the old one. */
  #takeOver(former: Running, channel: FeedThreadChannel, worthOf: WorthOf): ChannelCounter {
    const counter = former.lease.begin()!;
    const from = this.#deps.clock.now();
    counter.release();
    former.lease.end();
    void former.feed?.remove(channel.config.name);
    const blindSince = {
      from,
      cause: 'reload',
      detail: 'the channel was changed in channels.yaml',
    } as const;
    return this.#newCounter(channel, worthOf, ringWriter(channel), { positions: [], blindSince });
  }

  #newCounter(
    { config, traits }: FeedThreadChannel,
    worthOf: WorthOf,
    writer: RingWriter,
    { positions, blindSince }: Pick<FeedThreadChannel, 'positions' | 'blindSince'>,
  ): ChannelCounter {
    const { clock } = this.#deps;
    const channel = config.name;
    return new ChannelCounter({
      writer,
      traits,
      worthOf,
      clock,
      positions,
      blindSince,
      turns: this.#turns,
      userClass: traits.isolated ? userClass(config) : null,
      open: (detail) => this.#discretion.open(detail),
      notes: {
        event: (kind, detail) =>
          this.#tell({ kind: 'event', event: { at: clock.now(), channel, kind, detail } }),
        gap: (gap) => this.#tell({ kind: 'gap', channel, gap }),
      },
    });
  }
}

function userClass({ feed, processor }: ChannelConfig): UserClass {
  const { kind } = processor;
  return {
    name: `class ${processor['class']} in ${kind}`,
    uncounted: (positions) => feedKind(feed.kind)!.uncounted(feed, positions),
  };
}

/** The writer of a channel's ring; a ring that was never used continues the last one before that was. */
function ringWriter({ ring, formerRings }: FeedThreadChannel): RingWriter {
  const writer = new RingWriter(ring.memory);
  if (writer.newest > 0) return writer;
  const former = formerRings
    .map(({ memory, stream }) => ({ stream, writer: new RingWriter(memory) }))
    .findLast((one) => one.writer.newest > 0);
  if (!former) return writer;
  former.writer.open(former.writer.newest + 1);
  // Positions first: the ring counts as used once it has taken up the other.
  if (former.stream === ring.stream) writer.commit(former.writer.positions.all());
  writer.takeUp(former.writer);
  return writer;
}

/** The processor; one that cannot be made leaves the channel down, and says why. */
async function worthOfChannel(
  { config }: FeedThreadChannel,
  folder: string,
): Promise<{ readonly worthOf: WorthOf; readonly failure: string | null }> {
  try {
    const worthOf = await processorKind(config.processor.kind)!.create(config.processor, folder);
    return { worthOf, failure: null };
  } catch (error) {
    const why = textOfThrown(error);
    return { worthOf: () => null, failure: `the processor cannot be made: ${why}` };
  }
}

function fail(lease: Lease, failure: string): void {
  const counter = lease.begin();
  counter?.note('processor-error', failure);
  counter?.down(failure);
}
