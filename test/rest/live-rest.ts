// REST with its stream, over rings that the test fills and a clock that it moves.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { Descriptor } from '../../src/model/channel.ts';
import { emptyTally } from '../../src/model/tally.ts';
import { restService } from '../../src/rest/service.ts';
import type { RestChannel, RestSources, RunningConfiguration } from '../../src/rest/sources.ts';
import { writeLink } from '../../src/shared/link-words.ts';
import { allocateRing } from '../../src/shared/ring.ts';
import { RingReader } from '../../src/shared/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';
import { storeKind } from '../../src/store/index.ts';
import { FakeTime } from '../support/fake-time.ts';
import { TEST_GATE } from '../support/gate.ts';
import { until } from '../support/weir.ts';

export const NOW = Date.UTC(2026, 10, 21, 14, 5, 30);
const S = NOW / 1_000;
const RETENTION = { '1s': 3_600_000, '1m': 35 * 86_400_000, '15m': 3_650 * 86_400_000 };

import { COUNT } from '../support/positions.ts';
import { seal as storedSeal } from '../support/stored.ts';

/** A channel whose seconds the test counts by hand. */
export interface HandChannel extends RestChannel {
  /** Counts so many messages in the running second. */
  count(messages: number): void;
}

export function handChannel(name: string, more: Partial<Descriptor> = {}): HandChannel {
  const memory = allocateRing({ keysMax: 0, keyWords: 1, shardsMax: 1 });
  const ring = new RingReader(memory);
  ring.seal(S);
  const writer = new RingWriter(memory);
  writer.open(S);
  writer.commit();
  writeLink(writer.views, { state: 'up', since: NOW - 5_000, detail: '' });
  const descriptor: Descriptor = {
    name,
    title: `Channel ${name}`,
    description: '',
    feed: { kind: 'satori' },
    processor: { kind: 'count', measure: 'count', keyed: false, top: 0 },
    chart: { interval: '10s', range: '5m' },
    ...more,
  };
  return {
    descriptor,
    ring,
    definition: COUNT,
    waitMs: 0,
    thread: 'feed 1',
    count(messages) {
      writer.add('received', messages);
      writer.add('counted', messages);
      writer.commit();
    },
  };
}

/** Channels `a` and `b`, sealed to now, in a service whose zone is `timezone`; `store` is that of the service, to put in what was sealed. */
export async function liveRest(t: TestContext, timezone = 'UTC') {
  const kind = storeKind('sqlite')!;
  const location = kind.locate(kind.options.parse({ kind: 'sqlite', path: 'memory' }), '/');
  const store = kind.openWriter(location, RETENTION);
  const history = kind.openReader(location);
  const time = new FakeTime(NOW + 200);
  const [a, b] = [handChannel('a'), handChannel('b')];
  const state = {
    channels: [a, b] as RestChannel[],
    configuration: {
      problems: [],
      loadedAt: NOW,
      yaml: 'channels: {}\n',
    } as RunningConfiguration,
    errors: [] as unknown[],
    gate: TEST_GATE,
  };
  const sources: RestSources = {
    get channels() {
      return state.channels;
    },
    configuration: () => state.configuration,
    history,
    clock: time,
    get gate() {
      return state.gate;
    },
    health: () => ({
      store: { trouble: null, waiting: null },
      log: { droppedLines: 0 },
      threads: [],
    }),
    settings: {
      version: '0.0.0',
      timezone,
      charts: 'builtin',
      retention: RETENTION,
      pageFolder: '/nowhere',
    },
  };
  const service = restService(sources, {
    timers: time,
    random: () => 0.5,
    report: (error) => state.errors.push(error),
  });
  service.server.listen(0, '127.0.0.1');
  await once(service.server, 'listening');
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= service.close();
    return closing;
  };
  t.after(async () => {
    const closed = close();
    time.goTo(time.now() + 60_000);
    await closed;
    history.close();
    store.close();
  });
  const base = `http://127.0.0.1:${(service.server.address() as AddressInfo).port}`;
  /** Seals the channel's seconds before `second`, the last one with a tally of `counted`. */
  const seal = (channel: HandChannel, second: number, counted: number) => {
    const tally = { ...emptyTally(), received: counted, counted, coveredMs: 1_000 };
    const cells = [{ second: second - 1, tally }];
    const name = channel.descriptor.name;
    const seals = [storedSeal(name, second, cells, { definition: COUNT })];
    store.commit({ at: second * 1_000, seals, gaps: [], events: [] });
    channel.ring.seal(second);
  };
  const get = (path: string, init?: RequestInit) => fetch(base + path, init);
  return { base, get, time, a, b, state, store, hub: service.hub, close, seal, second: S };
}

export interface HeardEvent {
  readonly name: string;
  readonly id: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: events are looked at field by field in tests
  readonly data: any;
}

/** Listens to a stream; `heard` grows. */
export async function listen(t: TestContext, url: string, headers: Record<string, string> = {}) {
  const stop = new AbortController();
  t.after(() => stop.abort());
  const response = await fetch(url, { signal: stop.signal, headers });
  const heard: HeardEvent[] = [];
  const state = { text: '', ended: false };
  const read = async () => {
    let rest = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      state.text += chunk;
      rest += chunk;
      const blocks = rest.split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null;
        const name = field('event');
        if (name) heard.push({ name, id: field('id'), data: JSON.parse(field('data')!) });
      }
    }
  };
  const end = () => {
    state.ended = true;
  };
  read().then(end, end);
  const of = (name: string) => heard.filter((event) => event.name === name);
  return {
    response,
    heard,
    state,
    of,
    stop: () => stop.abort(),
    /** Waits for an event of that name that satisfies the condition. */
    hear: (name: string, condition: (data: HeardEvent['data']) => boolean = () => true) =>
      until(`${name} is heard`, () => of(name).find(({ data }) => condition(data))),
    lastId: () => heard.findLast(({ id }) => id !== null)!.id!,
  };
}
