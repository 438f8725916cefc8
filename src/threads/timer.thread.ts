/** The timer thread: seals final seconds into the store. The only writer of the store and of the rings' `sealed`. */
import { isDeepStrictEqual } from 'node:util';
import type { WeirEvent } from '../model/channel.ts';
import { textOfThrown } from '../model/thrown.ts';
import { nodeTimers, threadClock } from '../shared/clock.ts';
import { collectGarbage } from '../shared/collect.ts';
import { Pulse } from '../shared/pulse.ts';
import { RingReader } from '../shared/ring-reader.ts';
import { storeKind } from '../store/index.ts';
import { alignedTicks } from '../timer/aligned-ticks.ts';
import { PruneGate } from '../timer/prune-gate.ts';
import { SealLoop } from '../timer/seal-loop.ts';
import { Sealer } from '../timer/sealer.ts';
import { hearMain, tellMain, threadData } from './link-to-main.ts';
import type { NamedRing, Renames, StoreCondition, TimerThreadData } from './messages.ts';

const data = threadData<TimerThreadData>();
const { index, store: address } = data;
const pulse = new Pulse(data.pulse);
const clock = threadClock(pulse);

function openStore() {
  try {
    return storeKind(address.kind)!.openWriter(address.location, data.retention, {
      clock,
      tell: (event) => tellMain({ kind: 'event', event }),
    });
  } catch (error) {
    tellMain({ kind: 'failed', reason: textOfThrown(error) });
    process.exit(1);
  }
}

function rename(renames: Renames): void {
  for (const [former, channel] of renames) {
    if (store.rename(former, channel)) continue;
    const detail = `was: ${former} is left out, because ${channel} has a history of its own by now; that of ${former} stays in the store`;
    tellMain({ kind: 'event', event: { at: clock.now(), channel, kind: 'reload', detail } });
  }
}

function tellStored(): void {
  const { aliveAt, positions, sealed } = store.state();
  tellMain({ kind: 'store-ready', stored: { aliveAt, positions, sealed } });
}

/** The readers of the rings there are, so that a ring that stays is not looked at anew. */
let readers: ReadonlyMap<number, RingReader> = new Map();

function toSeal(channels: readonly NamedRing[]) {
  readers = new Map(
    channels.map(({ ring: { memory } }) => [
      memory.number,
      readers.get(memory.number) ?? new RingReader(memory),
    ]),
  );
  return channels.map(({ name, ring: { memory, definition, stream, since }, waitMs }) => ({
    name,
    ring: readers.get(memory.number)!,
    definition,
    stream,
    keysSince: since,
    waitSeconds: Math.ceil(waitMs / 1_000),
  }));
}

const store = openStore();
/** When an earlier run was last known to be there. */
const aliveAt = data.again ? null : store.state().aliveAt;
rename(data.renames);
const sealer = new Sealer(toSeal(data.channels), store);
if (data.again) sealer.takeUp(store.state().sealed);
else store.begin(Math.floor(clock.now() / 1_000));

const tellEvent = (event: WeirEvent) => tellMain({ kind: 'event', event });
const gate = new PruneGate({ store, retention: data.retention, clock, tell: tellEvent }, aliveAt);
const loop = new SealLoop({
  sealer,
  store,
  gate,
  clock,
  timers: nodeTimers,
  tell: tellEvent,
});
let told: StoreCondition | null = null;
const stopBeats = alignedTicks(
  { periodMs: 1_000, afterMs: 0 },
  () => {
    pulse.beat(index, clock.elapsed());
    const trouble = loop.storeTrouble ?? store.moved;
    const condition = { trouble, waiting: gate.waiting };
    if (isDeepStrictEqual(condition, told)) return;
    told = condition;
    tellMain({ kind: 'store-condition', condition });
  },
  { clock, timers: nodeTimers },
);

hearMain((message) => {
  if (message.kind === 'gap') sealer.noteGap(message.channel, message.gap);
  if (message.kind === 'event') sealer.noteEvent(message.event);
  if (message.kind === 'seal-channels') {
    sealer.setChannels(toSeal(message.channels));
    loop.sealNow();
    rename(message.renames);
    tellStored();
    collectGarbage();
  }
  if (message.kind !== 'stop') return;
  stopBeats();
  loop.stop();
  store.close();
});
pulse.beat(index, clock.elapsed());
tellStored();
