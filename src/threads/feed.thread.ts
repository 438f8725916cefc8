/** A feed thread: opens the feeds of its channels and joins each to its counter. Writes the rings of its channels. */
import { workerData } from 'node:worker_threads';
import { ChannelCounter } from '../counting/channel-counter.ts';
import type { Feed, FeedChannel } from '../feeds/feed.ts';
import { feedKind } from '../feeds/index.ts';
import type { WorthOf } from '../model/worth.ts';
import { processorKind } from '../processors/index.ts';
import { nodeTimers, threadClock } from '../shared/clock.ts';
import { Pulse } from '../shared/pulse.ts';
import { RingWriter } from '../shared/ring-writer.ts';
import { alignedTicks } from '../timer/aligned-ticks.ts';
import { hearMain, tellMain } from './link-to-main.ts';
import type { FeedThreadChannel, FeedThreadData } from './messages.ts';

const { index, pulse: pulseMemory, folder, channels } = workerData as FeedThreadData;
const pulse = new Pulse(pulseMemory);
const clock = threadClock(pulse);
const counters: ChannelCounter[] = [];

/** Makes the channel's counter. A processor that cannot be made leaves the channel down, and says why. */
async function join(channel: FeedThreadChannel): Promise<FeedChannel | null> {
  const { config, ring, position, blindSince } = channel;
  const kind = processorKind(config.processor.kind)!;
  const traits = kind.traits(config.processor);
  let worthOf: WorthOf = () => null;
  let failure: string | null = null;
  try {
    worthOf = await kind.create(config.processor, folder);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  const counter = new ChannelCounter({
    writer: new RingWriter(ring),
    traits,
    worthOf,
    clock,
    blindSince,
    position,
    notes: {
      event: (event, detail) =>
        tellMain({
          kind: 'event',
          event: { at: clock.now(), channel: config.name, kind: event, detail },
        }),
      gap: (gap) => tellMain({ kind: 'gap', channel: config.name, gap }),
    },
  });
  counters.push(counter);
  if (failure !== null) {
    counter.note('processor-error', failure);
    counter.down(`the processor cannot be made: ${failure}`);
    return null;
  }
  return { name: config.name, options: config.feed, sink: counter, needsBody: traits.needsBody };
}

const joined = (await Promise.all(channels.map(join))).filter((channel) => channel !== null);
const groups = Map.groupBy(joined, ({ name, options }) =>
  JSON.stringify([options.kind, feedKind(options.kind)!.connectionKey(options, name)]),
);
const deps = { clock, timers: nodeTimers, random: Math.random, folder };
const feeds: Feed[] = [...groups.values()].map((group) =>
  feedKind(group[0]!.options.kind)!.open(group, deps),
);

const stopTicks = alignedTicks(
  { periodMs: 1_000, afterMs: 0 },
  (now) => {
    for (const counter of counters) counter.tick();
    pulse.beat(index, now);
  },
  { clock, timers: nodeTimers },
);

hearMain(async (message) => {
  if (message.kind !== 'stop') return;
  await Promise.all(feeds.map((feed) => feed.close()));
  stopTicks();
  for (const counter of counters) counter.finish();
});
pulse.beat(index, clock.now());
tellMain({ kind: 'ready' });
