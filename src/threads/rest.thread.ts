/** The REST thread: serves descriptors, buckets and the page. Reads the board and the store; writes neither. */
import type { AddressInfo } from 'node:net';
import { Gate } from '../admission/gate.ts';
import { IN_THE_FILE } from '../admission/remedies.ts';
import { descriptorsAsYaml } from '../config/descriptor-yaml.ts';
import type { EntryRules } from '../model/config.ts';
import { traceOfThrown } from '../model/thrown.ts';
import { restService } from '../rest/service.ts';
import type { RestChannel } from '../rest/sources.ts';
import { nodeTimers, threadClock } from '../shared/clock.ts';
import { collectGarbage } from '../shared/collect.ts';
import { Pulse } from '../shared/pulse.ts';
import { RingReader } from '../shared/ring-reader.ts';
import { storeKind } from '../store/index.ts';
import { startBeats } from './beats.ts';
import { limitedEvents } from './limited-events.ts';
import { hearMain, tellMain, threadData } from './link-to-main.ts';
import {
  type ConfigurationState,
  CRASH_LOOP_COUNT,
  HANG_MS_MAX,
  type Health,
  type RestThreadChannel,
  type RestThreadData,
} from './messages.ts';
import { reportAllUnhandled } from './unhandled.ts';

const {
  index,
  pulse: pulseMemory,
  store,
  listen,
  settings,
  ...first
} = threadData<RestThreadData>();
const pulse = new Pulse(pulseMemory);
const clock = threadClock(pulse);
const history = storeKind(store.kind)!.openReader(store.location);
function toShow({ descriptor, ring, waitMs, thread }: RestThreadChannel): RestChannel {
  const { memory, definition } = ring;
  return { descriptor, ring: new RingReader(memory), definition, waitMs, thread };
}

function gateOf(rules: EntryRules): Gate {
  return new Gate({ ...rules, listenHost: listen.host, remedies: IN_THE_FILE });
}

const events = limitedEvents(clock, tellMain);
reportAllUnhandled(events);
let health: Health = first.health;
let configuration: ConfigurationState = first.configuration;
let gate = gateOf(first.entryRules);
let channels = first.channels.map(toShow);

const service = restService(
  {
    get channels() {
      return channels;
    },
    get gate() {
      return gate;
    },
    history,
    clock,
    settings,
    configuration: () => ({
      ...configuration,
      yaml: descriptorsAsYaml(channels.map(({ descriptor }) => descriptor)),
    }),
    health: () => ({
      store: health.store,
      log: health.log,
      threads: health.threads.map(({ name, index: thread, deathCount, lastDeath }) => {
        const silentMs = Math.max(0, clock.elapsed() - pulse.lastBeat(thread));
        const ok = silentMs < HANG_MS_MAX && deathCount < CRASH_LOOP_COUNT;
        return { name, silentMs, deathCount, lastDeath, ok };
      }),
    }),
  },
  {
    timers: nodeTimers,
    random: Math.random,
    report(error) {
      // Its trace is for the log: main leaves it out of what is stored and served.
      events.event('rest-error', traceOfThrown(error));
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
const stopBeats = startBeats(pulse, index, clock);

hearMain(async (message) => {
  if (message.kind === 'show-channels') {
    channels = message.channels.map(toShow);
    collectGarbage();
  }
  if (message.kind === 'health') health = message.health;
  if (message.kind === 'entry-rules') gate = gateOf(message.entryRules);
  if (message.kind === 'configuration') configuration = message.configuration;
  if (message.kind !== 'stop') return;
  stopBeats();
  await service.close();
  history.close();
});
