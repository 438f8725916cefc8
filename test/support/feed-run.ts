// Opens a feed inside a test: fake time, sinks that record, everything closed at the end.
import type { TestContext } from 'node:test';
import type { Feed, FeedChannel, FeedKind, Look } from '../../src/feeds/feed.ts';
import { feedKind } from '../../src/feeds/index.ts';
import type { KindOptions } from '../../src/model/channel.ts';
import { ONE_SHARD, type ShardPosition } from '../../src/model/position.ts';
import { FakeSink } from './fake-sink.ts';
import { FakeTime } from './fake-time.ts';
import { TLS_FOLDER } from './feed-server.ts';

/** Fake time that also says how long its timers were told to wait. */
export class FeedTime extends FakeTime {
  readonly #started: number[] = [];

  override after(delayMs: number, callback: () => void): () => void {
    this.#started.push(delayMs);
    return super.after(delayMs, callback);
  }

  /** The wait of the timer that was started last. */
  get lastDelayMs(): number {
    return this.#started.at(-1)!;
  }

  pass(ms: number): void {
    this.goTo(this.now() + ms);
  }
}

export interface FeedRun {
  readonly feed: Feed;
  readonly time: FeedTime;
  readonly sink: FakeSink;
  readonly sinks: readonly FakeSink[];
  /** What `random` answers; 0.5 until changed. */
  readonly chance: { value: number };
}

export interface RunSetup {
  readonly needsBody?: boolean;
  readonly look?: Look;
  /** Positions that an earlier run left, channel by channel. */
  readonly positions?: readonly (string | Iterable<ShardPosition> | null)[];
  /** Channel names, in order; `channel`, `channel-2`, … otherwise. */
  readonly names?: readonly string[];
}

/** One sink for each options object. Options are those of channels.yaml, before defaults. */
export function runFeed(
  context: TestContext,
  given: readonly Record<string, unknown>[],
  setup: RunSetup = {},
): FeedRun {
  const kind = feedKind(String(given[0]!['kind'])) as FeedKind;
  const time = new FeedTime(1_700_000_000_000);
  const chance = { value: 0.5 };
  const channels = given.map((options, index): FeedChannel & { sink: FakeSink } => {
    const sink = new FakeSink();
    const position = setup.positions?.[index] ?? null;
    if (typeof position === 'string') sink.held.set(ONE_SHARD, position);
    else for (const [shard, text] of position ?? []) sink.held.set(shard, text);
    return {
      name: setup.names?.[index] ?? (index === 0 ? 'channel' : `channel-${index + 1}`),
      options: kind.options.parse(options) as KindOptions,
      sink,
      needsBody: setup.needsBody ?? true,
      ...(setup.look ? { look: setup.look } : {}),
    };
  });
  const feed = kind.open(channels, {
    clock: time,
    timers: time,
    random: () => chance.value,
    folder: TLS_FOLDER,
  });
  context.after(async () => {
    const closed = feed.close();
    time.pass(10_000);
    await closed;
  });
  const sinks = channels.map(({ sink }) => sink);
  return { feed, time, sink: sinks[0]!, sinks, chance };
}
