/** A feed thread: the feeds of its channels. Writes the rings of its channels. */
import { workerData } from 'node:worker_threads';
import { nodeTimers, threadClock } from '../shared/clock.ts';
import { collectGarbage } from '../shared/collect.ts';
import { Pulse } from '../shared/pulse.ts';
import { alignedTicks } from '../timer/aligned-ticks.ts';
import { FeedHost } from './feed-host.ts';
import { hearMain, tellMain } from './link-to-main.ts';
import type { FeedThreadData } from './messages.ts';
import { threadTurns } from './thread-turns.ts';

const { index, pulse: pulseMemory, folder, hidden, channels } = workerData as FeedThreadData;
const pulse = new Pulse(pulseMemory);
const clock = threadClock(pulse);
const deps = { clock, timers: nodeTimers, random: Math.random, folder };
const { turns, stop: stopLooks } = threadTurns(clock, nodeTimers);
const host = new FeedHost(deps, turns, hidden, tellMain);

const stopTicks = alignedTicks(
  { periodMs: 1_000, afterMs: 0 },
  () => {
    host.tick();
    pulse.beat(index, clock.elapsed());
  },
  { clock, timers: nodeTimers },
);

hearMain(async (message) => {
  if (message.kind === 'open-channels') await host.open(message.channels);
  if (message.kind === 'change-channel') {
    await host.change(message.channel);
    collectGarbage();
  }
  if (message.kind === 'hide') host.hide(message.hidden);
  if (message.kind === 'remove-channel') {
    await host.remove(message.name, message.gone);
    tellMain({ kind: 'removed', name: message.name });
  }
  if (message.kind !== 'stop') return;
  stopTicks();
  stopLooks();
  await host.close();
});
await host.open(channels);
pulse.beat(index, clock.elapsed());
tellMain({ kind: 'ready' });
