// A class that harms itself costs its own message, or a restart of its own thread: never Weir, another channel or a count.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ledgers } from '../chaos/conservation.ts';
import { Oracle } from '../chaos/oracle.ts';
import { startTestWeir, until } from '../support/weir.ts';

const folder = fileURLToPath(new URL('./fixtures', import.meta.url));
const HANG_MS = 2_000;
const HEAP_MB = 64;

/** A Weir that counts `ill` with a class of `fixtures/poison.ts`, and `well` without; both from one resuming server. */
async function setUp(t: TestContext, processor: string) {
  const oracle = await Oracle.start();
  t.after(() => oracle.stop());
  const feed = (key: string) =>
    `{ kind: satori, url: "ws://127.0.0.1:${oracle.port}", appkey: ${key}, retry: { first: 5ms, most: 50ms } }`;
  const weir = await startTestWeir(
    t,
    `channels:
  ill: { feed: ${feed('key-of-ill')}, processor: { kind: ./poison.ts, ${processor} } }
  well: { feed: ${feed('key-of-well')} }\n`,
    { folder, hangMs: HANG_MS, heapMb: HEAP_MB },
  );
  await until(
    'both connected',
    () => oracle.readerCount('ill') > 0 && oracle.readerCount('well') > 0,
  );
  return { oracle, weir };
}

const ofKind = (weir: { events: readonly { kind: string; detail: string }[] }, kind: string) =>
  weir.events.filter((event) => event.kind === kind).map(({ detail }) => detail);

test('what a class posts to its parent is dropped, and reported once', async (t) => {
  const { oracle, weir } = await setUp(t, 'class: Posts, on: [5, 6]');
  oracle.publish('ill', 20);
  await until('all counted', async () => (await ledgers(weir)).get('ill')!.counted === 20);
  assert.equal((await ledgers(weir)).get('ill')!.malformed, 0);
  const reports = await until('reported', () => {
    const all = ofKind(weir, 'processor-error');
    return all.length > 0 ? all : null;
  });
  assert.deepEqual(reports, [
    'the class posted a message to the main thread; such messages are dropped',
  ]);
  assert.deepEqual(ofKind(weir, 'thread-restart'), []);
  assert.deepEqual(ofKind(weir, 'degraded'), []);
});
