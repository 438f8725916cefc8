/** A feed thread: the feeds of its channels. Writes the rings of its channels. */
import { nodeTimers, threadClock } from '../shared/clock.ts';
import { collectGarbage } from '../shared/collect.ts';
import { Pulse } from '../shared/pulse.ts';
import { alignedTicks } from '../timer/aligned-ticks.ts';
import { FeedHost } from './feed-host.ts';
import { limitedEvents } from './limited-events.ts';
import { closeParentPort, hearMain, tellMain, threadData } from './link-to-main.ts';
import type { FeedThreadData } from './messages.ts';
import { threadTurns } from './thread-turns.ts';
import { reportClassUnhandled, reportRejections } from './unhandled.ts';

const POSTED = 'the class posted a message to the main thread; such messages are dropped';

const { index, pulse: pulseMemory, folder, hidden, channels } = threadData<FeedThreadData>();
const pulse = new Pulse(pulseMemory);
const clock = threadClock(pulse);
const deps = { clock, timers: nodeTimers, random: Math.random, folder };
const { turns, stop: stopLooks } = threadTurns(clock, nodeTimers);
const host = new FeedHost(deps, turns, hidden, tellMain);

const ofClass = channels.find(({ traits }) => traits.isolated)?.config.name;
const events = limitedEvents(clock, tellMain, ofClass);
if (ofClass === undefined) reportRejections(events);
else {
  reportClassUnhandled(events, () => host.isTorn);
  closeParentPort(() => events.event('processor-error', POSTED));
}

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
