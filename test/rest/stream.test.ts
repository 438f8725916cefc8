// The stream: absolute values, resuming, heartbeat, what a changing list and a slow viewer get, the goodbye.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { bucketView } from '../../src/rest/schemas.ts';
import { STALLED_MS_MAX } from '../../src/rest/stream/viewer.ts';
import { until } from '../support/weir.ts';
import { handChannel, listen, liveRest, NOW } from './live-rest.ts';

const iso = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z');

describe('the stream', () => {
  test('it says hello, then the value of every bucket that changes, as REST would', async (t) => {
    const { base, get, time, a } = await liveRest(t);
    const { response, hear, of } = await listen(t, `${base}/api/v1/stream?channels=a`);
    assert.match(response.headers.get('content-type')!, /^text\/event-stream/);
    assert.equal(response.headers.get('cache-control'), 'no-cache, no-transform');
    const hello = await hear('hello');
    assert.equal(hello.data.resumed, false);
    a.count(7);
    time.goTo(NOW + 900);
    const { data } = await hear('bucket', ({ count }) => count === 7);
    const { interval, tz, aligned, ...bucket } = data;
    assert.deepEqual([interval, tz, aligned], ['10s', 'UTC', 'unix']);
    assert.deepEqual([bucket.start, bucket.state], [iso(NOW), 'open']);
    const page = await get(`/api/v1/channels/a/buckets?from=${iso(NOW)}&limit=1`);
    assert.deepEqual(
      bucketView.parse(bucket),
      ((await page.json()) as { data: unknown[] }).data[0],
    );
    assert.ok(of('bucket').every(({ data }) => data.channel === 'a'));
  });

  test('a bucket that closes is told once its seconds are sealed, and so is the next one', async (t) => {
    const { base, time, a, seal, second } = await liveRest(t);
    const { hear, of } = await listen(t, `${base}/api/v1/stream?channels=a`);
    await hear('hello');
    time.goTo(NOW + 10_100);
    await hear('bucket', ({ start }) => start === iso(NOW + 10_000));
    seal(a, second + 10, 5);
    time.goTo(NOW + 10_400);
    const closed = await hear('bucket', ({ start, rev }) => start === iso(NOW) && rev === 1);
    assert.deepEqual([closed.data.count, closed.data.state], [5, 'partial']);
    time.goTo(NOW + 12_000);
    const told = of('bucket').map(({ data }) => JSON.stringify(data));
    assert.equal(new Set(told).size, told.length, 'nothing is told twice');
  });

  test('a closed bucket that is amended is told again, with a higher revision', async (t) => {
    const { base, time, a, seal, second } = await liveRest(t);
    seal(a, second, 3);
    const { hear } = await listen(t, `${base}/api/v1/stream?channels=a`);
    await hear('hello');
    time.goTo(NOW + 5_000);
    // The same second again: an amendment.
    seal(a, second, 2);
    time.goTo(NOW + 9_000);
    const healed = await hear('bucket', ({ start, rev }) => start === iso(NOW - 10_000) && rev > 1);
    assert.equal(healed.data.count, 5);
  });

  test('who comes again with its last id gets what it missed, and only that', async (t) => {
    const { base, time, a, b } = await liveRest(t);
    const first = await listen(t, `${base}/api/v1/stream`);
    a.count(1);
    b.count(1);
    time.goTo(NOW + 1_000);
    await first.hear('bucket', ({ channel, count }) => channel === 'b' && count === 1);
    const id = first.lastId();
    first.stop();
    a.count(2);
    const second = await listen(t, `${base}/api/v1/stream`, { 'last-event-id': id });
    assert.equal((await second.hear('hello')).data.resumed, true);
    time.goTo(NOW + 2_000);
    await second.hear('bucket', ({ channel, count }) => channel === 'a' && count === 3);
    assert.equal(second.of('resync').length, 0);
    assert.equal(second.of('bucket').filter(({ data }) => data.channel === 'b').length, 0);
    const third = await listen(t, `${base}/api/v1/stream?last_event_id=${id}`);
    await third.hear('bucket', ({ channel, count }) => channel === 'a' && count === 3);
  });

  test('an id of another Weir, or one of too long ago, gets resync', async (t) => {
    const { base, time, a } = await liveRest(t);
    const other = await listen(t, `${base}/api/v1/stream?last_event_id=zzz-1`);
    assert.equal((await other.hear('resync')).data.reason, 'unknown-id');
    const id = other.lastId();
    a.count(1);
    time.goTo(NOW + 1_000);
    await other.hear('bucket');
    other.stop();
    const old = await listen(t, `${base}/api/v1/stream?interval=5s&last_event_id=${id}`);
    assert.equal((await old.hear('resync')).data.reason, 'too-old');
  });

  test('the heartbeat is an event with a name, and without an id', async (t) => {
    const { base, time } = await liveRest(t);
    const { hear, of } = await listen(t, `${base}/api/v1/stream`);
    await hear('hello');
    time.goTo(NOW + 31_000);
    await until('three beats', () => of('ping').length === 3);
    assert.ok(of('ping').every(({ id }) => id === null));
  });

  test('several views come over one stream, each with its interval and zone', async (t) => {
    const { base, time, a, b } = await liveRest(t);
    const views = encodeURIComponent('5s@UTC:a;1d@Asia/Kathmandu:a,b');
    const { hear } = await listen(t, `${base}/api/v1/stream?views=${views}`);
    a.count(1);
    b.count(1);
    time.goTo(NOW + 1_000);
    await hear('bucket', ({ interval, channel }) => interval === '5s' && channel === 'a');
    const day = await hear(
      'bucket',
      ({ count, channel, tz }) => count === 1 && channel === 'b' && tz !== 'UTC',
    );
    assert.equal(day.data.tz, 'Asia/Kathmandu');
    assert.equal(day.data.start, '2026-11-20T18:15:00Z');
  });

  test('a changed list, a new configuration and new events are told', async (t) => {
    const { base, time, a, state, store } = await liveRest(t);
    const { hear } = await listen(t, `${base}/api/v1/stream`);
    await hear('hello');
    time.goTo(NOW + 1_000);
    const c = handChannel('c');
    state.channels = [a, c];
    state.configuration = { ...state.configuration, loadedAt: NOW + 900 };
    const event = { at: NOW, channel: 'a', kind: 'connect', detail: 'again' } as const;
    store.commit({ at: NOW, seals: [], gaps: [], events: [event] });
    c.count(4);
    time.goTo(NOW + 2_000);
    await hear('channels');
    await hear('configuration', ({ problemCount }) => problemCount === 0);
    await hear('event', ({ detail }) => detail === 'again');
    await hear('bucket', ({ channel, count }) => channel === 'c' && count === 4);
    assert.deepEqual(state.errors, []);
  });

  test('a channel that is reloaded under its name goes on with its new counts', async (t) => {
    const { base, time, b, state } = await liveRest(t);
    const { hear } = await listen(t, `${base}/api/v1/stream`);
    await hear('hello');
    time.goTo(NOW + 500);
    const again = handChannel('a');
    state.channels = [again, b];
    again.count(9);
    time.goTo(NOW + 1_500);
    await hear('bucket', ({ channel, count }) => channel === 'a' && count === 9);
  });

  test('without viewers nothing is looked at', async (t) => {
    const { base, time, hub } = await liveRest(t);
    assert.equal(time.waiting, 0);
    const { hear, stop } = await listen(t, `${base}/api/v1/stream`);
    await hear('hello');
    assert.equal(time.waiting, 1);
    stop();
    await until('it has left', () => hub.counters.viewers === 0);
    time.goTo(NOW + 1_000);
    assert.equal(time.waiting, 0);
  });

  test('a viewer that takes nothing is let go in time, and what it holds stays small', async (t) => {
    const { base, time, a, hub } = await liveRest(t);
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    t.after(() => socket.destroy());
    socket.on('error', () => {});
    socket.pause();
    socket.write('GET /api/v1/stream?interval=1s HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until('it is in', () => hub.counters.viewers === 1);
    // So much that no socket buffers it; the merging shows that it has stopped taking.
    await until('it is behind', () => {
      for (let turn = 0; turn < 2_000; turn++) {
        a.count(1);
        time.goTo(time.now() + 250);
      }
      return hub.counters.merged > 1_000 || hub.counters.dropped > 0;
    });
    time.goTo(time.now() + STALLED_MS_MAX + 1_000);
    await until('it is out', () => hub.counters.viewers === 0);
    assert.equal(hub.counters.dropped, 1);
  });

  test('at a stop everyone is told to come again, and the connection ends in order', async (t) => {
    const { base, close } = await liveRest(t);
    const { hear, state } = await listen(t, `${base}/api/v1/stream`);
    await hear('hello');
    const closed = close();
    await hear('bye');
    assert.match(state.text, /retry: 6000\nevent: bye/);
    await closed;
    await until('it has ended', () => state.ended);
  });

  test('wrong parameters get a problem that names them; HEAD gets the headers alone', async (t) => {
    const { get } = await liveRest(t);
    const wrong: [string, number, string][] = [
      ['channels=nope', 404, 'channel'],
      ['interval=5x', 400, 'interval'],
      ['tz=Mars', 400, 'tz'],
      ['views=abc', 400, 'views'],
      ['views=5s:a&interval=1m', 400, 'views'],
      ['view=5s:a', 400, 'view'],
    ];
    for (const [query, status, param] of wrong) {
      const response = await get(`/api/v1/stream?${query}`);
      assert.equal(response.status, status, query);
      const { errors } = (await response.json()) as { errors: { param: string }[] };
      assert.equal(errors[0]!.param, param);
    }
    assert.equal((await get('/api/v1/stream', { method: 'HEAD' })).status, 200);
  });

  test('its bounds are in the metrics', async (t) => {
    const { base, get } = await liveRest(t);
    const { hear } = await listen(t, `${base}/api/v1/stream`);
    await hear('hello');
    const text = await (await get('/metrics')).text();
    assert.match(text, /^weir_stream_viewers 1$/m);
    assert.match(text, /^weir_stream_viewers_refused_total 0$/m);
    assert.match(text, /^weir_stream_events_merged_total 0$/m);
  });
});

describe('the stream over a WebSocket', () => {
  const open = (base: string, query = '', options = {}) =>
    new WebSocket(`${base.replace('http', 'ws')}/api/v1/ws${query}`, options);

  test('it carries the same events, and a goodbye', async (t) => {
    const { base, time, a, close } = await liveRest(t);
    const socket = open(base, '?channels=a');
    t.after(() => socket.terminate());
    const heard: { event: string; id?: string; data: { count: number } }[] = [];
    socket.on('message', (data) => heard.push(JSON.parse(String(data))));
    await until('hello', () => heard.some(({ event }) => event === 'hello'));
    a.count(3);
    time.goTo(NOW + 1_000);
    const frame = await until('the bucket', () =>
      heard.find(({ event, data }) => event === 'bucket' && data.count === 3),
    );
    assert.equal(frame.event, 'bucket');
    assert.match(heard.findLast(({ id }) => id)!.id!, /^\w+-\d+$/);
    const { promise, resolve } = Promise.withResolvers<number>();
    socket.on('close', resolve);
    const closed = close();
    assert.equal(await promise, 1_001);
    await closed;
    assert.equal(heard.at(-1)!.event, 'bye');
  });

  test('pages of other sites, other addresses and wrong parameters are refused', async (t) => {
    const { base } = await liveRest(t);
    const statusOf = (url: string, options = {}) =>
      new Promise((resolve) => {
        const socket = new WebSocket(url.replace('http', 'ws'), options);
        socket.on('error', () => {});
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
        socket.on('open', () => {
          socket.terminate();
          resolve('open');
        });
      });
    const address = `${base}/api/v1/ws`;
    assert.equal(await statusOf(address, { origin: 'https://evil.example' }), 403);
    assert.equal(await statusOf(address, { origin: base }), 'open');
    assert.equal(await statusOf(`${base}/elsewhere`), 404);
    assert.equal(await statusOf(`${address}?interval=5x`), 400);
  });
});
