// The stream's client: comes again by itself, where it left off; notices a dead line; says when there is none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  LiveClient,
  type LiveEvent,
  type LiveState,
  type Source,
} from '../../web/src/live-client.ts';
import { LiveHub, type Port, streamAddress } from '../../web/src/live-hub.ts';
import { HERE_EVERY_MS, type HubMessage } from '../../web/src/live-messages.ts';
import { FakeTime } from '../support/fake-time.ts';

type Call = (event: { data?: string; lastEventId?: string }) => void;

class FakeSource implements Source {
  readonly address: string;
  readyState = 1;
  closed = false;
  readonly #calls = new Map<string, Call>();

  constructor(address: string) {
    this.address = address;
  }

  addEventListener(name: string, call: Call): void {
    this.#calls.set(name, call);
  }

  close(): void {
    this.closed = true;
  }

  send(name: string, data: unknown = {}, lastEventId = ''): void {
    this.#calls.get(name)!({ data: JSON.stringify(data), lastEventId });
  }

  fail(readyState: 0 | 2): void {
    this.readyState = readyState;
    this.#calls.get('error')!({});
  }
}

function startClient() {
  const time = new FakeTime(0);
  const sources: FakeSource[] = [];
  const states: LiveState[] = [];
  const events: LiveEvent[] = [];
  const client = new LiveClient({
    open(address) {
      const source = new FakeSource(address);
      sources.push(source);
      return source;
    },
    after: (delayMs, call) => time.after(delayMs, call),
    random: () => 1,
    onState: (state) => states.push(state),
    onEvent: (event) => events.push(event),
  });
  const last = () => sources.at(-1)!;
  return { time, sources, states, events, client, last };
}

test('it is live once it has heard hello, and hands on what comes', () => {
  const { client, last, states, events } = startClient();
  client.want('/s?views=a');
  assert.deepEqual(states, ['connecting']);
  last().send('hello', { heartbeatMs: 1_000, resumed: false });
  last().send('bucket', { count: 3 }, 'e-1');
  last().send('ping');
  assert.deepEqual(states, ['connecting', 'live']);
  assert.deepEqual(
    events.map(({ name }) => name),
    ['hello', 'bucket'],
  );
  assert.deepEqual(events[1]!.data, { count: 3 });
});

test('another want opens another stream that goes on from the last id', () => {
  const { client, last, sources } = startClient();
  client.want('/s?views=a');
  last().send('hello', {}, 'e-1');
  last().send('bucket', {}, 'e-7');
  client.want('/s?views=b');
  assert.equal(sources[0]!.closed, true);
  assert.equal(last().address, '/s?views=b&last_event_id=e-7');
  client.want('/s?views=b');
  assert.equal(sources.length, 2, 'the same again changes nothing');
});

test('a line from which nothing comes for two and a half heartbeats is given up', () => {
  const { client, last, sources, time, states } = startClient();
  client.want('/s?');
  last().send('hello', { heartbeatMs: 1_000 });
  time.goTo(2_000);
  last().send('ping');
  time.goTo(4_400);
  assert.equal(sources.length, 1, 'a ping is a sign of life');
  time.goTo(4_600);
  assert.equal(sources.length, 2);
  assert.equal(sources[0]!.closed, true);
  assert.equal(states.at(-1), 'reconnecting');
});

test('a broken line comes again by itself; a refused one later and later, and the page is told to poll', () => {
  const { client, last, sources, time, states } = startClient();
  client.want('/s?');
  last().fail(0);
  assert.deepEqual([sources.length, states.at(-1)], [1, 'reconnecting']);
  last().fail(2);
  assert.equal(states.at(-1), 'unavailable');
  for (const waitMs of [4_000, 8_000, 16_000, 30_000, 30_000]) {
    const before = sources.length;
    time.goTo(time.now() + waitMs - 1);
    assert.equal(sources.length, before, `not before ${waitMs} ms`);
    time.goTo(time.now() + 1);
    assert.equal(sources.length, before + 1);
    last().fail(2);
  }
  client.nudge();
  last().send('hello');
  assert.equal(states.at(-1), 'live');
  const before = sources.length;
  client.nudge();
  assert.equal(sources.length, before, 'a live line needs no nudge');
});

test('wanting nothing closes the line, and nothing opens it again', () => {
  const { client, last, sources, time } = startClient();
  client.want('/s?');
  last().send('hello');
  client.want(null);
  time.goTo(600_000);
  assert.deepEqual([sources.length, sources[0]!.closed, time.waiting], [1, true, 0]);
});

function startHub() {
  const made = startClient();
  const { time, client } = made;
  let on: { state(state: LiveState): void; event(event: LiveEvent): void } | null = null;
  const hub = new LiveHub(
    (listeners) => {
      on = listeners;
      return client;
    },
    (delayMs, call) => time.after(delayMs, call),
    () => time.now(),
  );
  const tab = () => {
    const heard: HubMessage[] = [];
    const port: Port = { post: (message) => heard.push(message) };
    const want = (views: readonly string[] | null) =>
      hub.hear(port, { kind: 'want', address: '/s', views });
    return { port, heard, want };
  };
  return { ...made, hub, tab, tell: (event: LiveEvent) => on!.event(event) };
}

test('many tabs have one stream, of what all of them want', () => {
  const { tab, time, sources, last } = startHub();
  const [one, two] = [tab(), tab()];
  one.want(['5s@UTC:a', '5s@UTC:b']);
  two.want(['5s@UTC:b', '1d@UTC:a']);
  time.goTo(1_000);
  assert.equal(sources.length, 1);
  assert.equal(last().address, `/s?views=${encodeURIComponent('1d@UTC:a;5s@UTC:a,b')}`);
});

test('hidden tabs cost nothing: without one that is seen there is no stream', () => {
  const { tab, time, sources, tell } = startHub();
  const [one, two] = [tab(), tab()];
  one.want(['5s@UTC:a']);
  two.want(['5s@UTC:a']);
  time.goTo(1_000);
  two.want(null);
  time.goTo(2_000);
  const before = two.heard.length;
  tell({ name: 'bucket', data: 1 });
  tell({ name: 'bucket', data: 2 });
  time.goTo(3_000);
  const told = one.heard.filter(({ kind }) => kind === 'events');
  assert.deepEqual(told, [
    {
      kind: 'events',
      events: [
        { name: 'bucket', data: 1 },
        { name: 'bucket', data: 2 },
      ],
    },
  ]);
  assert.equal(two.heard.length, before, 'a hidden tab is not even woken');
  one.want(null);
  time.goTo(4_000);
  assert.ok(sources.every(({ closed }) => closed));
});

test('a tab that has gone without a word is forgotten', () => {
  const { tab, hub, time, last } = startHub();
  const [gone, here] = [tab(), tab()];
  gone.want(['5s@UTC:gone']);
  here.want(['5s@UTC:a']);
  for (let turn = 1; turn <= 4; turn++) {
    time.goTo(turn * HERE_EVERY_MS);
    hub.hear(here.port, { kind: 'here' });
  }
  here.want(['5s@UTC:b']);
  time.goTo(time.now() + 1_000);
  assert.match(last().address, /^\/s\?views=5s%40UTC%3Ab/);
});

test('an address names each view once', () => {
  assert.equal(
    decodeURIComponent(streamAddress('/s', ['1m@UTC:b', '1m@UTC:a', '1m@UTC:b'])),
    '/s?views=1m@UTC:a,b',
  );
});
