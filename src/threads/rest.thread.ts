/** The REST thread: serves descriptors, buckets and the page. Reads the board and the store; writes neither. */
import type { AddressInfo } from 'node:net';
import { workerData } from 'node:worker_threads';
import { descriptorsAsYaml } from '../config/descriptor-yaml.ts';
import { restService } from '../rest/service.ts';
import { nodeTimers, threadClock } from '../shared/clock.ts';
import { Pulse } from '../shared/pulse.ts';
import { RingReader } from '../shared/ring-reader.ts';
import { storeKind } from '../store/index.ts';
import { alignedTicks } from '../timer/aligned-ticks.ts';
import { hearMain, tellMain } from './link-to-main.ts';
import { HANG_MS_MAX, type RestThreadData } from './messages.ts';

const {
  index,
  pulse: pulseMemory,
  store,
  channels,
  listen,
  settings,
  threads,
} = workerData as RestThreadData;
const pulse = new Pulse(pulseMemory);
const clock = threadClock(pulse);
const history = storeKind(store.kind)!.openReader(store.location);
const configuration = {
  problems: [],
  loadedAt: clock.now(),
  yaml: descriptorsAsYaml(channels.map(({ descriptor }) => descriptor)),
};

const service = restService(
  {
    configuration: () => configuration,
    channels: channels.map(({ descriptor, ring }) => ({ descriptor, ring: new RingReader(ring) })),
    history,
    clock,
    settings,
    threads: () =>
      threads.map(({ name, index: thread }) => {
        const silentMs = Math.max(0, clock.now() - pulse.lastBeat(thread));
        return { name, silentMs, ok: silentMs < HANG_MS_MAX };
      }),
  },
  {
    timers: nodeTimers,
    random: Math.random,
    report(error) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const event = { at: clock.now(), channel: null, kind: 'rest-error', detail } as const;
      tellMain({ kind: 'event', event });
    },
  },
);

const { server } = service;
server.on('error', (error) => tellMain({ kind: 'failed', reason: error.message }));
server.listen(listen.port, listen.host, () => {
  const { port, address, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  tellMain({ kind: 'listening', url: `http://${host}:${port}` });
});
const stopBeats = alignedTicks({ periodMs: 1_000, afterMs: 0 }, (now) => pulse.beat(index, now), {
  clock,
  timers: nodeTimers,
});
pulse.beat(index, clock.now());

hearMain(async (message) => {
  if (message.kind !== 'stop') return;
  stopBeats();
  await service.close();
  history.close();
});
