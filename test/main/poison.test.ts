// A class that harms itself costs its own message, or a restart of its own thread: never Weir, another channel or a count.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Ledger, ledgers } from '../chaos/conservation.ts';
import { Oracle } from '../chaos/oracle.ts';
import { startTestWeir, type TestWeir, until } from '../support/weir.ts';

const folder = fileURLToPath(new URL('./fixtures', import.meta.url));
const HANG_MS = 2_000;
const HEAP_MB = 64;
const OUTSIDE_MB = 256;

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
    { folder, hangMs: HANG_MS, heapMb: HEAP_MB, outsideMb: OUTSIDE_MB },
  );
  await until(
    'both connected',
    () => oracle.readerCount('ill') > 0 && oracle.readerCount('well') > 0,
  );
  return { oracle, weir };
}

const ofKind = (weir: { events: readonly { kind: string; detail: string }[] }, kind: string) =>
  weir.events.filter((event) => event.kind === kind).map(({ detail }) => detail);

/** Waits until each of the messages is accounted for; returns the ledger of `ill`. */
async function accounted(weir: TestWeir, total: number): Promise<Ledger> {
  return await until(`${total} are accounted for`, async () => {
    const ledger = (await ledgers(weir)).get('ill')!;
    return ledger.received + ledger.missed >= total ? ledger : null;
  });
}

/** The numbers that say what became of messages; all others of these tests are 0. */
const outcome = ({
  received,
  counted,
  malformed,
  missed,
  lossesOfUnknownSize,
  difference,
}: Ledger) => ({
  received,
  counted,
  malformed,
  missed,
  unknown: lossesOfUnknownSize,
  difference,
});

for (const [way, on, deaths] of [
  ['Exits', [7], 2],
  ['Exits', [3, 11], 3],
  ['Loops', [7], 2],
  ['Fills', [7], 2],
  ['FillsAtOnce', [7], 2],
] as const) {
  test(`class ${way}, on ${on.length} of 20 messages: only these are malformed`, async (t) => {
    const { oracle, weir } = await setUp(t, `class: ${way}, on: [${on}]`);
    oracle.publish('ill', 20);
    oracle.publish('well', 20);
    await accounted(weir, 20);
    oracle.publish('ill', 10);
    const ledger = await accounted(weir, 30);
    const malformed = on.length;
    const expected = { received: 30, counted: 30 - malformed, malformed, missed: 0, unknown: 0 };
    assert.deepEqual(outcome(ledger), { ...expected, difference: 0 });
    assert.equal((await ledgers(weir)).get('well')!.counted, 20);
    assert.equal(ofKind(weir, 'thread-restart').length, deaths);
    const condemned = ofKind(weir, 'processor-error').filter((text) => /malformed/.test(text));
    assert.equal(condemned.length, malformed);
    for (const [index, n] of on.entries()) {
      const where = `class ${way} in ./poison.ts ended its thread on message ${n + 1} of 20`;
      assert.ok(condemned[index]!.startsWith(where), condemned[index]);
    }
  });
}

const tooMuch = (held: string) =>
  new RegExp(`it held ${held} MiB outside its heap, and a thread may hold ${OUTSIDE_MB} MiB there`);

test('a class that fills memory outside its heap is ended and named, and costs only its message', async (t) => {
  const { oracle, weir } = await setUp(t, 'class: Hoards, on: [7]');
  oracle.publish('ill', 20);
  const expected = { received: 20, counted: 19, malformed: 1, missed: 0, unknown: 0 };
  assert.deepEqual(outcome(await accounted(weir, 20)), { ...expected, difference: 0 });
  const ends = ofKind(weir, 'thread-restart');
  assert.equal(ends.length, 2);
  for (const end of ends) {
    assert.match(end, /^thread feed \d+, which runs the class of ill, ended: /);
    assert.match(end, tooMuch('\\d+'));
    // Far less than the 3,000 MiB that the class would take.
    assert.ok(Number(/held (\d+)/.exec(end)![1]) < 1_500, end);
  }
  const { threads } = await weir.get('/health/ready');
  const ended = threads.filter(({ lastDeath }: { lastDeath: string | null }) => lastDeath !== null);
  assert.equal(ended.length, 1);
  assert.match(ended[0].lastDeath, tooMuch('\\d+'));
  assert.equal(ended[0].deathCount, 2);
});

test('a class that keeps ever more outside its heap loses no message', async (t) => {
  const { oracle, weir } = await setUp(t, 'class: Keeps');
  for (let count = 1; count <= 24; count++) {
    oracle.publish('ill', 1);
    await accounted(weir, count);
  }
  const expected = { received: 24, counted: 24, malformed: 0, missed: 0, unknown: 0 };
  assert.deepEqual(outcome(await accounted(weir, 24)), { ...expected, difference: 0 });
  const end = await until('it has ended', () => ofKind(weir, 'thread-restart')[0]);
  assert.match(end, tooMuch('\\d+'));
});

test('a class that loops after it has returned costs restarts, and no message', async (t) => {
  const { oracle, weir } = await setUp(t, 'class: LoopsAfter, on: [7]');
  oracle.publish('ill', 20);
  await accounted(weir, 20);
  await until('its second thread has ended', () => ofKind(weir, 'thread-restart').length === 2);
  oracle.publish('ill', 10);
  const expected = { received: 30, counted: 30, malformed: 0, missed: 0, unknown: 0 };
  assert.deepEqual(outcome(await accounted(weir, 30)), { ...expected, difference: 0 });
});

test('what a class throws in timers and promises is reported, and ends nothing', async (t) => {
  const { oracle, weir } = await setUp(t, 'class: ThrowsLater, on: [3, 4, 5]');
  oracle.publish('ill', 20);
  await accounted(weir, 20);
  await until('reported', () => ofKind(weir, 'processor-error').length > 0);
  // A second frame, handled by the same thread.
  oracle.publish('ill', 10);
  const expected = { received: 30, counted: 30, malformed: 0, missed: 0, unknown: 0 };
  assert.deepEqual(outcome(await accounted(weir, 30)), { ...expected, difference: 0 });
  assert.match(ofKind(weir, 'processor-error')[0]!, /the class threw: (late|rejected) on 3$/);
  assert.deepEqual(ofKind(weir, 'thread-restart'), []);
  assert.deepEqual(ofKind(weir, 'degraded'), []);
});

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
