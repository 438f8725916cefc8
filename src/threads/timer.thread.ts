/** The timer thread: seals final seconds into the store. The only writer of the store and of the rings' `sealed`. */
import { workerData } from 'node:worker_threads';
import { nodeTimers, threadClock } from '../shared/clock.ts';
import { Pulse } from '../shared/pulse.ts';
import { RingReader } from '../shared/ring-reader.ts';
import { storeKind } from '../store/index.ts';
import { alignedTicks } from '../timer/aligned-ticks.ts';
import { SealLoop } from '../timer/seal-loop.ts';
import { Sealer } from '../timer/sealer.ts';
import { hearMain, tellMain } from './link-to-main.ts';
import type { TimerThreadData } from './messages.ts';

const {
  index,
  pulse: pulseMemory,
  store: address,
  retention,
  channels,
  renames,
} = workerData as TimerThreadData;
const pulse = new Pulse(pulseMemory);
const clock = threadClock(pulse);

function openStore() {
  try {
    return storeKind(address.kind)!.openWriter(address.location, retention, {
      clock,
      tell: (event) => tellMain({ kind: 'event', event }),
    });
  } catch (error) {
    tellMain({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  }
}

const store = openStore();
for (const [former, name] of renames) store.rename(former, name);
const sealer = new Sealer(
  channels.map(({ name, ring }) => ({ name, ring: new RingReader(ring) })),
  store,
);
const loop = new SealLoop({
  sealer,
  store,
  clock,
  timers: nodeTimers,
  tell: (event) => tellMain({ kind: 'event', event }),
});
const stopBeats = alignedTicks({ periodMs: 1_000, afterMs: 0 }, (now) => pulse.beat(index, now), {
  clock,
  timers: nodeTimers,
});

hearMain((message) => {
  if (message.kind === 'gap') sealer.noteGap(message.channel, message.gap);
  if (message.kind === 'event') sealer.noteEvent(message.event);
  if (message.kind !== 'stop') return;
  stopBeats();
  loop.stop();
  store.close();
});
const { aliveAt, positions, channels: known } = store.state();
const beginning = Math.floor(clock.now() / 1_000);
store.begin(beginning);
sealer.begin(beginning);
pulse.beat(index, clock.now());
tellMain({ kind: 'store-ready', aliveAt, positions, known });
