// A frame's number, time and cursor count for its entries, where they have none of their own.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ShardPosition } from '../../src/model/position.ts';
import type { FakeSink } from '../support/fake-sink.ts';
import { runFeed } from '../support/feed-run.ts';
import { startFeedServer } from '../support/feed-server.ts';

const AT = 1_700_000_000_000;
const UPDATES = { only: { type: 'update' } };

async function setUp(t: TestContext, options: object, positions: Iterable<ShardPosition> = []) {
  const server = await startFeedServer(t);
  const feed = { kind: 'websocket', url: `${server.url}/feed`, ...options };
  const run = runFeed(t, [feed], { positions: [positions] });
  return { ...run, peer: await server.accept() };
}

const losses = (sink: FakeSink) => sink.all('missed').map(({ count }) => count);
const timesOf = (sink: FakeSink) => sink.all('messages').flatMap(({ about }) => about?.times ?? []);
const update = (number: number, ...entries: object[]) => ({
  type: 'update',
  number,
  at: AT + number,
  entries,
});
const heartbeat = (number: number) => ({ type: 'heartbeat', number });

/** Numbers 0 to 6; 5 is lost. Two of them are heartbeats. */
const ROW = [
  heartbeat(0),
  update(1, { kind: 'change' }, { kind: 'change' }),
  update(2, { kind: 'trade' }, { kind: 'change' }),
  heartbeat(3),
  update(4, { kind: 'trade' }, { kind: 'trade' }, { kind: 'change' }),
  update(6, { kind: 'trade' }),
];

for (const [title, options, counted] of [
  ['frames', { sequence: { path: 'number', kind: 'dense' } }, 4],
  [
    'entries of frames',
    { messages: 'entries', sequence: { path: '$frame.number', kind: 'dense' } },
    8,
  ],
] as const) {
  test(`${title}: a frame that only leaves out has its number in the row`, async (t) => {
    const { sink, peer } = await setUp(t, { ...UPDATES, ...options });
    peer.send(...ROW);
    await peer.settled();
    assert.equal(sink.counted, counted);
    assert.deepEqual(losses(sink), [1]);
    assert.deepEqual(sink.all('note'), []);
    peer.send(heartbeat(5), heartbeat(7), update(8, {}));
    await peer.settled();
    assert.equal(sink.all('found').length, 1, 'the one that came late was no message');
    assert.deepEqual(losses(sink), [1]);
    peer.send(heartbeat(10), update(11, {}));
    await peer.settled();
    assert.deepEqual(losses(sink), [1, 1], 'a heartbeat shows the loss, too');
  });
}

test('a row that goes on over a restart with frames left out misses what was lost between them', async (t) => {
  const options = { ...UPDATES, sequence: { path: 'number', kind: 'dense' } };
  const one = await setUp(t, options);
  one.peer.send(update(1), heartbeat(2), heartbeat(3));
  await one.peer.settled();
  const two = await setUp(t, options, one.sink.held);
  two.peer.send(heartbeat(6), update(7));
  await two.peer.settled();
  assert.equal(two.sink.counted, 1);
  assert.deepEqual(losses(two.sink), [2]);
});

test('a frame that comes again is repeated whole, with all its entries', async (t) => {
  const { sink, peer } = await setUp(t, {
    messages: 'entries',
    sequence: { path: '$frame.number', kind: 'dense' },
  });
  peer.send(update(1, {}, {}, {}), update(1, {}, {}, {}), update(2), update(3, {}));
  await peer.settled();
  assert.equal(sink.counted, 4);
  assert.deepEqual(
    sink.all('duplicate').map(({ count }) => count),
    [3],
  );
  assert.deepEqual(losses(sink), [], 'a frame without entries has a number all the same');
});

test('the name of a stream may be the frame’s as well', async (t) => {
  const { sink, peer } = await setUp(t, {
    messages: 'entries',
    sequence: { path: '$frame.number', by: '$frame.market', kind: 'dense' },
  });
  const frame = (market: string, number: number) => ({ ...update(number, {}, {}), market });
  peer.send(frame('a', 1), frame('b', 50), frame('a', 2), frame('b', 53));
  await peer.settled();
  assert.equal(sink.counted, 8);
  assert.deepEqual(losses(sink), [2]);
});

test('entries take the time of their frame', async (t) => {
  const { sink, peer } = await setUp(t, { messages: 'entries', time: '$frame.at' });
  // The entry's own field of that name is not the frame's.
  peer.send(update(1, {}, { at: 5 }), update(2, {}));
  await peer.settled();
  assert.deepEqual(timesOf(sink), [AT + 1, AT + 1, AT + 2]);
});

test('the cursor of a frame is that of all its entries, and what is repeated at it counts once', async (t) => {
  const server = await startFeedServer(t);
  const { sink, time } = runFeed(t, [
    {
      kind: 'websocket',
      url: `${server.url}/feed`,
      messages: 'entries',
      cursor: { path: '$frame.at', param: 'since' },
    },
  ]);
  const first = await server.accept();
  first.send(update(1, {}, {}), update(2, {}, {}, {}));
  await first.settled();
  first.socket.terminate();
  await sink.next('down');
  time.pass(time.lastDelayMs);
  const second = await server.accept();
  assert.equal(second.request.url, `/feed?since=${AT + 2}`);
  second.send(update(2, {}, {}, {}), update(3, {}));
  await second.settled();
  assert.equal(sink.counted, 6);
  assert.deepEqual(losses(sink), []);
});

test('a plain path that an entry lacks is never read from its frame', async (t) => {
  const { sink, peer } = await setUp(t, {
    messages: 'entries',
    time: 'at',
    sequence: { path: 'number', kind: 'dense' },
    cursor: { path: 'at', param: 'since' },
  });
  peer.send(update(1, {}, {}), update(5, {}), update(5, {}));
  await peer.settled();
  assert.equal(sink.counted, 4, 'none is a repetition');
  assert.deepEqual(losses(sink), []);
  assert.deepEqual(timesOf(sink), [null, null, null, null]);
  assert.deepEqual([...sink.held], [], 'there is no position');
  const notes = sink.all('note').map(({ detail }) => detail);
  assert.ok(
    notes.some((detail) => /a message has no sequence number/.test(detail)),
    `${notes}`,
  );
});

test('a frame without its number is counted as it comes, and said', async (t) => {
  const { sink, peer } = await setUp(t, {
    messages: 'entries',
    sequence: { path: '$frame.number', kind: 'dense' },
  });
  peer.send({ entries: [{ number: 1 }, { number: 9 }] });
  await peer.settled();
  assert.equal(sink.counted, 2);
  assert.deepEqual(losses(sink), []);
  assert.match(sink.all('note')[0]!.detail, /no sequence number/);
});
