// A class that ends its thread on a message of a feed that cannot continue, that numbers its messages, or that can rewind:
// what was in the frame is counted, malformed or missed, and never lost without a word.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ledgers } from '../chaos/conservation.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { startTestWeir, type TestWeir, until } from '../support/weir.ts';

const folder = fileURLToPath(new URL('./fixtures', import.meta.url));

async function setUp(t: TestContext, feed: string) {
  const server = await startFeedServer(t);
  const weir = await startTestWeir(
    t,
    `channels:\n  ill:\n    feed: { kind: websocket, url: "${server.url}", messages: list, retry: { first: 5ms, most: 50ms }${feed} }\n    processor: { kind: ./poison.ts, class: Exits, on: [3] }\n`,
    { folder },
  );
  return { server, weir };
}

/** A frame with the messages from `from` to before `to`. */
const frame = (from: number, to: number) => ({
  list: Array.from({ length: to - from }, (_, index) => ({ n: from + index })),
});

async function outcome(weir: TestWeir) {
  const { received, counted, malformed, missed, duplicate, difference } = (await ledgers(weir)).get(
    'ill',
  )!;
  return { received, counted, malformed, missed, duplicate, difference };
}

const counted = (weir: TestWeir, count: number) =>
  until(`${count} counted`, async () => (await outcome(weir)).counted === count);

test('a feed that cannot continue: the message is malformed, and the rest of its frame is missed', async (t) => {
  const { server, weir } = await setUp(t, '');
  const first = await server.accept();
  first.send(frame(10, 15));
  await counted(weir, 5);
  first.send(frame(0, 10));
  const second = await server.accept();
  second.send(frame(20, 25));
  await counted(weir, 10);
  assert.deepEqual(await outcome(weir), {
    received: 11,
    counted: 10,
    malformed: 1,
    missed: 9,
    duplicate: 0,
    difference: 0,
  });
  const [report] = weir.events.filter(({ kind }) => kind === 'processor-error');
  assert.equal(report!.channel, 'ill');
  assert.match(
    report!.detail,
    /^class Exits in \.\/poison\.ts ended its thread on message 4 of 10/,
  );
});

test('a feed of dense numbers: these say how many are missed', async (t) => {
  const { server, weir } = await setUp(t, ', sequence: { path: n, kind: dense }');
  const first = await server.accept();
  first.send(frame(0, 2));
  await counted(weir, 2);
  first.send(frame(2, 8));
  const second = await server.accept();
  second.send(frame(8, 10));
  await counted(weir, 4);
  assert.deepEqual(await outcome(weir), {
    received: 4,
    counted: 4,
    malformed: 0,
    missed: 6,
    duplicate: 0,
    difference: 0,
  });
});

test('a feed that can rewind: only the message is malformed', async (t) => {
  const { server, weir } = await setUp(t, ', cursor: { path: n, param: from }');
  const first = await server.accept();
  first.send(frame(0, 2));
  await counted(weir, 2);
  first.send(frame(2, 8));
  for (let again = 0; again < 2; again++) {
    const next = await server.accept();
    assert.match(next.request.url!, /from=1$/);
    next.send(frame(1, 8));
  }
  await counted(weir, 7);
  const { duplicate, ...others } = await outcome(weir);
  assert.deepEqual(others, {
    received: 8 + duplicate,
    counted: 7,
    malformed: 1,
    missed: 0,
    difference: 0,
  });
});
