// Numbers beyond 2^53 as cursors: asked for digit by digit, so that nothing is skipped over a break.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { runFeed } from '../support/feed-run.ts';
import { type Peer, startFeedServer } from '../support/feed-server.ts';

const COUNT = 40;
/** Nanoseconds, 100 apart: closer than a double can tell. */
const STAMPS = Array.from(
  { length: COUNT },
  (_, i) => 1_764_112_345_123_456_789n + 100n * BigInt(i),
);
const BROKEN_AFTER = 20;

const askedOf = (peer: Peer) => new URL(peer.request.url!, 'ws://x').searchParams.get('since');
const sendAll = (peer: Peer, stamps: readonly bigint[]) =>
  peer.send(...stamps.map((stamp) => `{"ts":${stamp}}`));

async function setUp(t: TestContext, options: object, positions?: Map<string, string | null>) {
  const server = await startFeedServer(t);
  const feed = { kind: 'websocket', url: `${server.url}/feed`, ...options };
  const run = runFeed(t, [feed], { positions: [positions ?? null] });
  return { server, ...run };
}

for (const exclusive of [false, true]) {
  const cursor = { path: 'ts', param: 'since', exclusive };
  const from = exclusive ? BROKEN_AFTER - 2 : BROKEN_AFTER - 1;
  /** The messages that the feed still has, from the requested cursor on, or after it. */
  const rest = (asked: string) =>
    STAMPS.filter((stamp) => (exclusive ? stamp > BigInt(asked) : stamp >= BigInt(asked)));
  const how = exclusive ? 'after' : 'at';

  test(`a feed goes on ${how} the very digits of a long number after a break`, async (t) => {
    const { server, sink, time } = await setUp(t, { cursor });
    const first = await server.accept();
    assert.equal(askedOf(first), null);
    sendAll(first, STAMPS.slice(0, BROKEN_AFTER));
    await first.settled();
    first.socket.close();
    await sink.next('down');
    time.pass(time.lastDelayMs);
    const second = await server.accept();
    assert.equal(askedOf(second), String(STAMPS[from]));
    sendAll(second, rest(askedOf(second)!));
    await second.settled();
    assert.equal(sink.counted, COUNT);
    assert.deepEqual(sink.all('missed'), []);
    assert.equal(sink.all('duplicate').length, 1, 'the message at which it was left');
  });

  test(`a feed goes on ${how} the very digits of a long number after a restart`, async (t) => {
    const one = await setUp(t, { cursor });
    const first = await one.server.accept();
    sendAll(first, STAMPS.slice(0, BROKEN_AFTER));
    await first.settled();
    const two = await setUp(t, { cursor }, one.sink.held);
    const second = await two.server.accept();
    assert.equal(askedOf(second), String(STAMPS[from]));
    sendAll(second, rest(askedOf(second)!));
    await second.settled();
    assert.equal(one.sink.counted + two.sink.counted, COUNT);
    assert.deepEqual(two.sink.all('missed'), []);
  });
}

test('a message one beside the last is not taken for it, though a double has them alike', async (t) => {
  const cursor = { path: 'ts', param: 'since' };
  const { server, sink, time } = await setUp(t, { cursor });
  const first = await server.accept();
  const last = STAMPS[0]!;
  sendAll(first, [last]);
  await first.settled();
  first.socket.terminate();
  await sink.next('down');
  time.pass(time.lastDelayMs);
  const second = await server.accept();
  assert.equal(Number(last), Number(last + 1n));
  sendAll(second, [last - 1n, last, last + 1n, last + 2n]);
  await second.settled();
  assert.equal(sink.counted, 3);
  assert.deepEqual(sink.all('missed'), []);
});

test('entries of one frame, and members beside the number, change nothing of its digits', async (t) => {
  const { server, sink, time } = await setUp(t, {
    messages: 'rows',
    cursor: { path: 'id[0].n', param: 'since' },
  });
  const first = await server.accept();
  const row = (stamp: bigint) => `{"price":1.10,"id":[{"n":${stamp}}],"text":"${stamp}"}`;
  first.send(`{"rows":[${STAMPS.map(row).join()}]}`);
  await first.settled();
  first.socket.terminate();
  await sink.next('down');
  time.pass(time.lastDelayMs);
  const second = await server.accept();
  assert.equal(askedOf(second), String(STAMPS.at(-1)));
  assert.equal(sink.counted, COUNT);
});
