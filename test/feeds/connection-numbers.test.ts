// Numbers that begin again with each connection: each row is whole by itself, and says nothing of the others.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { runFeed } from '../support/feed-run.ts';
import { type Peer, startFeedServer } from '../support/feed-server.ts';

const LAST = 50;
const row = Array.from({ length: LAST }, (_, i) => ({ id: i + 1 }));

async function setUp(t: TestContext, sequence: object = {}) {
  const server = await startFeedServer(t);
  const options = { path: 'id', kind: 'dense', scope: 'connection', ...sequence };
  const feed = { kind: 'websocket', url: `${server.url}/feed`, sequence: options };
  const { sink, time } = runFeed(t, [feed]);
  /** Ends the connection, and gives the next one. */
  const next = async (peer: Peer) => {
    peer.socket.close(1000);
    await sink.next('down');
    time.pass(time.lastDelayMs);
    return await server.accept();
  };
  return { sink, next, first: await server.accept() };
}

test('three connections that each number 1 to 50: all are counted, none is missed or repeated', async (t) => {
  const { sink, next, first } = await setUp(t);
  let peer = first;
  for (let connection = 1; connection <= 3; connection++) {
    peer.send(...row);
    await peer.settled();
    assert.equal(sink.counted, LAST * connection);
    if (connection < 3) peer = await next(peer);
  }
  assert.deepEqual(sink.all('missed'), []);
  assert.deepEqual(sink.all('duplicate'), []);
  assert.deepEqual([...sink.held], [], 'there is nothing to go on from');
});

test('each connection tells the losses and repetitions in its own row', async (t) => {
  const { sink, next, first } = await setUp(t);
  first.send(...row, { id: LAST + 3 });
  await first.settled();
  const second = await next(first);
  second.send(...row.slice(0, 10), ...row.slice(8, 10), { id: 12 }, { id: 11 });
  await second.settled();
  const third = await next(second);
  third.send(...row);
  await third.settled();
  assert.equal(sink.counted, 51 + 12 + LAST);
  assert.deepEqual(
    sink.all('missed').map(({ count }) => count),
    [2, 1],
  );
  assert.equal(sink.all('found').length, 1);
  assert.equal(
    sink.all('duplicate').reduce((sum, { count }) => sum + count!, 0),
    2,
  );
});

test('with streams as well, each begins again with the connection', async (t) => {
  const { sink, next, first } = await setUp(t, { by: 'market' });
  let peer = first;
  for (let connection = 1; connection <= 3; connection++) {
    for (const market of ['a', 'b']) peer.send(...row.map((message) => ({ ...message, market })));
    await peer.settled();
    if (connection < 3) peer = await next(peer);
  }
  assert.equal(sink.counted, 2 * 3 * LAST);
  assert.deepEqual(sink.all('missed'), []);
  assert.deepEqual(sink.all('duplicate'), []);
});
