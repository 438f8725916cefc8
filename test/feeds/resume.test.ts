// Going on after a break: cursors, numbers, what is replayed, acceptance and refusal; subscriptions that are given up.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ShardPosition } from '../../src/model/position.ts';
import { runFeed } from '../support/feed-run.ts';
import { type Peer, startFeedServer } from '../support/feed-server.ts';
import { acceptRtm } from '../support/rtm-peer.ts';

const CURSOR = { cursor: { path: 'at', param: 'cursor' } };

async function websocket(
  t: TestContext,
  options: object,
  position: string | Iterable<ShardPosition> | null = null,
) {
  const server = await startFeedServer(t);
  const feed = { kind: 'websocket', url: `${server.url}/feed?x=1`, ...options };
  const run = runFeed(t, [feed], { positions: [position] });
  const back = async (): Promise<Peer> => {
    run.time.pass(run.time.lastDelayMs);
    return await server.accept();
  };
  const again = async (peer: Peer): Promise<Peer> => {
    peer.socket.terminate();
    await run.sink.next('down');
    return await back();
  };
  return { server, ...run, again, back };
}

const cursorOf = (peer: Peer) => new URL(peer.request.url!, 'ws://x').searchParams.get('cursor');

test('a cursor is asked for after a break; what is repeated at it is a duplicate, by number of messages', async (t) => {
  const { server, sink, again } = await websocket(t, CURSOR);
  const first = await server.accept();
  assert.equal(cursorOf(first), null);
  first.send({ at: 5 }, { at: 7 }, { at: 7 });
  await first.settled();
  const second = await again(first);
  assert.equal(cursorOf(second), '7');
  second.send({ at: 7 }, { at: 7 }, { at: 7 }, { at: 8 });
  await second.settled();
  assert.equal(sink.counted, 5, 'the third message at 7 is new');
  assert.equal(sink.all('duplicate').length, 2);
  assert.deepEqual(sink.all('missed'), []);
});

test('a resume is proven by the last message, which comes again; where it does not, the loss is unknown', async (t) => {
  for (const [exclusive, asked] of [
    [false, '7'],
    [true, '5'],
  ] as const) {
    for (const [sent, losses] of [
      [[{ at: 7 }, { at: 90 }], []],
      [[{ at: 90 }, { at: 91 }], [null]],
    ] as const) {
      const options = { cursor: { ...CURSOR.cursor, exclusive } };
      const { server, sink } = await websocket(t, options, [['cursor', '["7",1,"5"]']]);
      const peer = await server.accept();
      assert.equal(cursorOf(peer), asked);
      peer.send(...sent);
      await peer.settled();
      assert.equal(sink.counted, 1 + losses.length);
      assert.deepEqual(
        sink.all('missed').map(({ count }) => count),
        losses,
      );
    }
  }
});

test('where nothing comes after a resume, the doubt is booked after a while, once', async (t) => {
  const { server, sink, time } = await websocket(t, CURSOR, [['cursor', '["7",1,"5"]']]);
  const peer = await server.accept();
  await sink.next('up');
  time.pass(29_999);
  assert.deepEqual(sink.all('missed'), []);
  time.pass(1);
  assert.equal((await sink.next('missed')).count, null);
  peer.send({ at: 7 }, { at: 8 });
  await sink.untilCounted(1);
  assert.equal(sink.all('missed').length, 1);
  assert.equal(sink.all('duplicate').length, 1);
});

test('rising numbers do not prove a resume; dense ones do', async (t) => {
  for (const [kind, last, losses] of [
    ['rising', '1', [null]],
    ['dense', '1', [2]],
  ] as const) {
    const options = { ...CURSOR, sequence: { path: 'id', kind } };
    const held = [
      ['cursor', '["7",1,"5"]'],
      ['id', last],
    ] as const;
    const { server, sink } = await websocket(t, options, held);
    const peer = await server.accept();
    peer.send({ at: 90, id: 4 });
    await peer.settled();
    assert.deepEqual(
      sink.all('missed').map(({ count }) => count),
      losses,
      kind,
    );
  }
});

test('numbers of frames that come before the feed accepts go on from where they were', async (t) => {
  const options = {
    sequence: { path: 'id', kind: 'dense' },
    only: { type: 'trade' },
    ready: { type: 'subscribed' },
  };
  const { server, sink, again } = await websocket(t, options, [['id', '7']]);
  const first = await server.accept();
  first.send({ type: 'heartbeat', id: 10 }, { type: 'subscribed', id: 11 });
  first.send({ type: 'trade', id: 13 });
  await sink.untilCounted(1);
  const losses = () => sink.all('missed').map(({ count }) => count);
  assert.deepEqual(losses(), [2, 1]);
  const second = await again(first);
  second.send({ type: 'heartbeat', id: 15 }, { type: 'subscribed', id: 16 });
  second.send({ type: 'trade', id: 17 });
  await sink.untilCounted(2);
  assert.deepEqual(losses(), [2, 1, 1]);
});

test('what was sent before the link came up is replayed, until the feed answers a ping sent then', async (t) => {
  const { server, sink, again } = await websocket(t, CURSOR);
  const first = await server.accept();
  first.send({ at: 1 });
  await first.settled();
  const second = await again(first);
  // Handed on before the feed's own ping is answered.
  second.send({ at: 1 }, { at: 2 });
  await sink.untilCounted(2);
  await second.settled();
  second.send({ at: 3 });
  await sink.untilCounted(3);
  const replayed = sink.all('messages').map(({ about }) => about?.replayed);
  assert.equal(replayed[0], false);
  assert.equal(replayed.at(-1), false);
  assert.deepEqual(
    sink.all('up').map(({ detail }) => detail),
    ['', 'resumed'],
  );
});

test('numbers outlive a restart: what was lost meanwhile is known exactly', async (t) => {
  const sequence = { path: 'id', kind: 'dense' };
  const one = await websocket(t, { sequence });
  const peer = await one.server.accept();
  peer.send({ id: 1 }, { id: 2 });
  await peer.settled();
  const two = await websocket(t, { sequence }, one.sink.held);
  const next = await two.server.accept();
  next.send({ id: 2 }, { id: 6 }, { id: 4 });
  await next.settled();
  assert.equal(two.sink.counted, 2);
  assert.equal(two.sink.all('duplicate').length, 1);
  assert.equal(two.sink.all('missed')[0]!.count, 3);
  assert.equal(two.sink.all('found').length, 1);
});

test('event times go with their messages; a position of another kind is none', async (t) => {
  const { server, sink } = await websocket(t, { time: 'at', ...CURSOR }, '1700000000:41');
  const peer = await server.accept();
  assert.equal(cursorOf(peer), null);
  peer.send({ at: 1_700_000_000 }, { no: 'time' });
  await peer.settled();
  assert.deepEqual(
    sink
      .all('messages')
      .filter(({ count }) => count! > 0)
      .map(({ about }) => about!.times),
    [[1_700_000_000_000], [null]],
  );
});

test('with ready, the link is up when the feed accepts; a refusal gives the link up, with its words', async (t) => {
  const options = { ready: { type: 'subscribed' }, refused: { type: 'error' } };
  const { server, sink, back } = await websocket(t, options);
  const first = await server.accept();
  await first.settled();
  assert.deepEqual(sink.names('up'), []);
  first.send({ type: 'error', reason: 'no such product' });
  assert.match((await sink.next('down')).detail, /refused: .*no such product/);
  const second = await back();
  second.send({ type: 'subscribed' });
  await sink.next('up');
  assert.equal(sink.counted, 0);
});

test('a goodbye proves that the link lived; anything else leaves it in doubt', async (t) => {
  const { server, sink, back } = await websocket(t, {});
  const first = await server.accept();
  await first.settled();
  first.socket.close(1000);
  assert.equal((await sink.next('down')).proven, true);
  const second = await back();
  await second.settled();
  second.socket.terminate();
  assert.equal((await sink.next('down')).proven, false);
});

test('satori: event times, and what is replayed after a resume', async (t) => {
  const server = await startFeedServer(t);
  const options = { kind: 'satori', url: server.url, appkey: 'k', time: 'at' };
  const { sink } = runFeed(t, [options], { needsBody: false, positions: ['1:5'] });
  const peer = await acceptRtm(server);
  await peer.subscribed('1:5');
  peer.data('channel', '1:7', [{ at: 1_700_000_000 }, {}]);
  await peer.peer.settled();
  assert.equal(sink.all('up')[0]!.detail, 'resumed');
  assert.deepEqual(sink.all('messages')[0]!.about!.times, [1_700_000_000_000, null]);
});

test('satori: one channel of a shared connection is given up, and the other goes on as it was', async (t) => {
  const server = await startFeedServer(t);
  const options = { kind: 'satori', url: server.url, appkey: 'k' };
  const { feed, sinks } = runFeed(t, [options, options], { names: ['a', 'b'] });
  const peer = await acceptRtm(server);
  await peer.subscribed();
  await peer.subscribed();
  await feed.remove('a');
  assert.deepEqual((await peer.request('rtm/unsubscribe')).body, { subscription_id: 'a' });
  peer.data('a', '1:1', [1]);
  peer.data('b', '1:1', [1]);
  await peer.peer.settled();
  assert.deepEqual([sinks[0]!.counted, sinks[1]!.counted], [0, 1]);
  assert.equal(sinks[1]!.malformedCount, 0, 'what still comes for the other is nobody’s');
  assert.deepEqual(sinks[1]!.names('down'), []);
  await feed.remove('b');
  await server.untilEmpty();
});

test('satori: a heartbeat by publish', async (t) => {
  const server = await startFeedServer(t);
  const options = {
    kind: 'satori',
    url: server.url,
    appkey: 'k',
    heartbeat: 'publish',
    ping: '1s',
  };
  const { time } = runFeed(t, [options]);
  const peer = await acceptRtm(server);
  await peer.subscribed();
  await peer.peer.settled();
  time.pass(1_000);
  assert.equal((await peer.request('rtm/publish')).body['channel'], '$heartbeat');
});
