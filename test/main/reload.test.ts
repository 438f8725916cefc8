// Editing channels.yaml while Weir runs: what is untouched does not notice, what is changed goes on without a loss.
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { type TestContext, test } from 'node:test';
import { startWeir } from '../../src/main.ts';
import { Oracle } from '../chaos/oracle.ts';
import { configOf, startTestWeir, type TestWeir, until } from '../support/weir.ts';

/** A channel as a line of YAML. */
const channel = (oracle: Oracle, name: string, more = '', feed = '') =>
  `  ${name}: { feed: { kind: satori, url: "ws://127.0.0.1:${oracle.port}", appkey: k${feed} }${more} }\n`;

async function setUp(t: TestContext, lines: (oracle: Oracle) => string[]) {
  const oracle = await Oracle.start();
  t.after(() => oracle.stop());
  const weir = await startTestWeir(t, `channels:\n${lines(oracle).join('')}`);
  return { oracle, weir };
}

async function totals(weir: TestWeir, name: string) {
  const { data } = await weir.get('/api/v1/ledger');
  return data.channels.find((one: { channel: string }) => one.channel === name);
}

async function counted(weir: TestWeir, oracle: Oracle, name: string) {
  const { total } = oracle.issued(name);
  await until(
    `${name} counted ${total}`,
    async () => (await totals(weir, name))?.counted === total,
  );
}

const receipts = (weir: TestWeir) =>
  weir.events.filter(({ kind, channel: name }) => kind === 'reload' && name === null);

test('an edit tells what it did, leaves the untouched alone, and loses nothing of the changed', async (t) => {
  const { oracle, weir } = await setUp(t, (o) => [
    channel(o, 'kept'),
    channel(o, 'changed'),
    channel(o, 'gone'),
  ]);
  await until('all connected', () =>
    ['kept', 'changed', 'gone'].every((name) => oracle.readerCount(name) === 1),
  );
  const stop = publishing(t, oracle, ['kept', 'changed', 'gone', 'new']);
  await until('counting', async () => (await totals(weir, 'kept')).counted > 50);
  const before = oracle.accepted;
  await weir.reload(
    `channels:\n${channel(oracle, 'kept', ', title: shown anew')}${channel(oracle, 'changed', ', processor: { kind: count-by, key: n, keys: 5 }')}${channel(oracle, 'new')}`,
  );
  assert.equal(
    receipts(weir)[0]!.detail,
    '1 kept, 1 changed, 1 added, 1 removed; 1 of the kept shown differently',
  );
  const link = async (name: string) => (await weir.get(`/api/v1/channels/${name}`)).data;
  await until('the new one is up', async () => (await link('new')).link.state === 'up');
  const anew = await until('the changed one took over', () =>
    weir.events.find(({ kind, channel: name }) => kind === 'reload' && name === 'changed'),
  );
  assert.match(anew.detail, /^reconnected after \d+(\.\d)? m?s$/);
  await weir.get('/api/v1/channels/gone', 404);
  stop();
  await counted(weir, oracle, 'kept');
  assert.equal(
    oracle.accepted,
    before + 2,
    'one connection for the changed, one for the new; none for the kept',
  );
  assert.equal((await link('kept')).title, 'shown anew');
  assert.equal(
    weir.events.filter(({ kind, channel: name }) => name === 'kept' && kind !== 'connect').length,
    0,
    'the kept one noticed nothing',
  );
  const sum = await bucketSum(weir, 'changed', oracle.issued('changed').total);
  assert.equal(
    sum,
    oracle.issued('changed').total,
    'over both rings, nothing lost, nothing doubled',
  );
  assert.equal((await link('changed')).processor.keyed, true);
});

test('a changed channel that cannot connect goes on as it was, and says so', async (t) => {
  const { oracle, weir } = await setUp(t, (o) => [channel(o, 'a')]);
  await until('connected', () => oracle.readerCount('a') === 1);
  await weir.reload(
    `channels:\n  a: { feed: { kind: satori, url: "ws://127.0.0.1:1", appkey: k, retry: { first: 50ms, most: 100ms } } }\n`,
  );
  await until('told', () => weir.events.find(({ detail }) => detail.includes('not connected yet')));
  oracle.publish('a', 7);
  await counted(weir, oracle, 'a');
});

test('user code moves to a thread of its own, and back, with every count', async (t) => {
  const { oracle, weir } = await setUp(t, (o) => [channel(o, 'a'), channel(o, 'b')]);
  await until('connected', () => oracle.readerCount('a') === 1);
  const stop = publishing(t, oracle, ['a', 'b']);
  const own = `, processor: { kind: "${new URL('./fixtures/trouble.ts', import.meta.url).pathname}", class: Trouble }`;
  await until('counting', async () => (await totals(weir, 'a')).counted > 20);
  await weir.reload(`channels:\n${channel(oracle, 'a', own)}${channel(oracle, 'b')}`);
  assert.equal((await totals(weir, 'a')).thread, 'feed 2');
  await until('counting there', async () => (await totals(weir, 'a')).counted > 40);
  await weir.reload(`channels:\n${channel(oracle, 'a')}${channel(oracle, 'b')}`);
  assert.equal((await totals(weir, 'a')).thread, 'feed 1');
  await until('counting again', async () => (await totals(weir, 'a')).counted > 60);
  stop();
  await counted(weir, oracle, 'a');
  assert.equal(await bucketSum(weir, 'a', oracle.issued('a').total), oracle.issued('a').total);
});

test('a renamed channel keeps its history, and goes on from its position', async (t) => {
  const { oracle, weir } = await setUp(t, (o) => [channel(o, 'old', '', ', channel: stream')]);
  await until('connected', () => oracle.readerCount('stream') === 1);
  oracle.publish('stream', 5);
  await until('counted', async () => (await totals(weir, 'old')).counted === 5);
  await weir.reload(`channels:\n${channel(oracle, 'new', ', was: old', ', channel: stream')}`);
  oracle.publish('stream', 4);
  await until('counted', async () => (await totals(weir, 'new')).counted === 4);
  assert.equal(await bucketSum(weir, 'new', 9), 9);
});

test('a channel whose feed is another stream does not take up the position of the old one', async (t) => {
  const { oracle, weir } = await setUp(t, (o) => [channel(o, 'a', '', ', channel: one')]);
  await until('connected', () => oracle.readerCount('one') === 1);
  oracle.publish('one', 50);
  oracle.publish('two', 100);
  await counted_(weir, 'a', 50);
  await weir.reload(`channels:\n${channel(oracle, 'a', '', ', channel: two')}`);
  await until(
    'connected',
    () => oracle.readerCount('two') === 1 && oracle.readerCount('one') === 0,
  );
  oracle.publish('two', 3);
  await counted_(weir, 'a', 53);
});

test('a refused edit is told with its place, by REST as well, until a good one comes', async (t) => {
  const { oracle, weir } = await setUp(t, (o) => [channel(o, 'a')]);
  weir.weir.refuse([
    {
      code: 'x',
      message: 'is not a kind',
      place: { file: 'channels.yaml', line: 3, column: 9 },
    } as never,
  ]);
  const state = async () => (await weir.get('/api/v1/configuration')).data;
  await until('shown', async () => (await state()).problems.length === 1);
  assert.ok(weir.events.some(({ kind }) => kind === 'config-refused'));
  await weir.reload(`channels:\n${channel(oracle, 'a')}`);
  await until('gone', async () => (await state()).problems.length === 0);
  assert.equal(receipts(weir)[0]!.detail, '1 kept, 0 changed, 0 added, 0 removed');
});

test('a channel that an edit takes out and the next one brings back was never gone', async (t) => {
  const { oracle, weir } = await setUp(t, (o) => [channel(o, 'a'), channel(o, 'b')]);
  await until('connected', () => oracle.readerCount('a') === 1 && oracle.readerCount('b') === 1);
  const stop = publishing(t, oracle, ['a', 'b']);
  await until('counting', async () => (await totals(weir, 'a')).counted > 50);
  await weir.reload(`channels:\n${channel(oracle, 'b')}`);
  await weir.get('/api/v1/channels/a', 404);
  const during = oracle.issued('a').total;
  await until('more came', () => oracle.issued('a').total > during + 50);
  await weir.reload(`channels:\n${channel(oracle, 'a')}${channel(oracle, 'b')}`);
  assert.deepEqual(
    receipts(weir).map(({ detail }) => detail),
    ['1 kept, 0 changed, 0 added, 1 removed', '2 kept, 0 changed, 0 added, 0 removed'],
  );
  stop();
  await counted(weir, oracle, 'a');
  assert.equal(oracle.accepted, 1, 'both share the connection that they had');
  const { total } = oracle.issued('a');
  assert.equal(await bucketSum(weir, 'a', total), total);
  assert.equal(
    weir.events.filter(({ channel: name }) => name === 'a').length,
    1,
    'it connected once',
  );
});

test('a channel that is out for good is counted a moment longer; then each second that it misses has its cause', async (t) => {
  const { oracle, weir } = await setUp(t, (o) => [channel(o, 'a'), channel(o, 'b')]);
  await until('connected', () => oracle.readerCount('a') === 1);
  const stop = publishing(t, oracle, ['a']);
  await until('counting', async () => (await totals(weir, 'a')).counted > 50);
  await weir.reload(`channels:\n${channel(oracle, 'b')}`);
  await until('it is out', () => oracle.readerCount('a') === 0);
  await weir.reload(`channels:\n${channel(oracle, 'a')}${channel(oracle, 'b')}`);
  await until('connected again', () => oracle.readerCount('a') === 1);
  const path = '/api/v1/channels/a/buckets?interval=1s&from=now-30s&order=asc';
  const isIn = (detail: string, gap: { detail: string }) => gap.detail.includes(detail);
  const rows = await until('the gap is told to its end', async () => {
    const { data } = await weir.get(path);
    const gaps = data.flatMap((row: { gaps: object[] }) => row.gaps);
    const closed = gaps.some(
      (gap: { detail: string; to: unknown }) => isIn('was not in', gap) && gap.to,
    );
    return closed ? data : null;
  });
  stop();
  const seen = rows.slice(rows.findIndex(({ state }: { state: string }) => state === 'complete'));
  const doubtful = seen.filter(
    ({ state }: { state: string }) => state === 'partial' || state === 'missing',
  );
  assert.ok(doubtful.length > 0);
  for (const row of doubtful) assert.ok(row.gaps.length > 0, JSON.stringify(row));
  const [first] = doubtful;
  assert.equal(first.state, 'partial');
  const [gap] = first.gaps;
  assert.deepEqual(
    [gap.cause, gap.detail],
    ['reload', 'the channel was taken out of channels.yaml'],
  );
  assert.equal(new Date(gap.to).getTime(), new Date(first.end).getTime());
});

test('a channel that comes back changed goes on from what was counted meanwhile', async (t) => {
  const { oracle, weir } = await setUp(t, (o) => [channel(o, 'a'), channel(o, 'b')]);
  await until('connected', () => oracle.readerCount('a') === 1);
  const stop = publishing(t, oracle, ['a']);
  await until('counting', async () => (await totals(weir, 'a')).counted > 20);
  await weir.reload(`channels:\n${channel(oracle, 'b')}`);
  await weir.reload(`channels:\n${channel(oracle, 'a', '', ', ping: 9s')}${channel(oracle, 'b')}`);
  assert.match(receipts(weir)[1]!.detail, /^1 kept, 1 changed, 0 added, 0 removed/);
  await until('taken over', () =>
    weir.events.some(({ detail }) => detail.startsWith('reconnected after')),
  );
  stop();
  await counted(weir, oracle, 'a');
  const { total } = oracle.issued('a');
  assert.equal(await bucketSum(weir, 'a', total), total);
});

test('a channel that comes back under another name, a moment later, keeps its history', async (t) => {
  const { oracle, weir } = await setUp(t, (o) => [
    channel(o, 'old', '', ', channel: stream'),
    channel(o, 'b'),
  ]);
  await until('connected', () => oracle.readerCount('stream') === 1);
  oracle.publish('stream', 5);
  await until('counted', async () => (await totals(weir, 'old')).counted === 5);
  await weir.reload(`channels:\n${channel(oracle, 'b')}`);
  oracle.publish('stream', 3);
  await weir.reload(
    `channels:\n${channel(oracle, 'b')}${channel(oracle, 'new', ', was: old', ', channel: stream')}`,
  );
  oracle.publish('stream', 4);
  assert.equal(await bucketSum(weir, 'new', 12), 12);
});

test('Weir stops at once while a channel is leaving', async (t) => {
  const { oracle, weir } = await setUp(t, (o) => [channel(o, 'a'), channel(o, 'b')]);
  await until('connected', () => oracle.readerCount('a') === 1);
  oracle.publish('a', 7);
  await counted(weir, oracle, 'a');
  await weir.reload(`channels:\n${channel(oracle, 'b')}`);
  const started = performance.now();
  await weir.weir.stop();
  assert.ok(performance.now() - started < 4_000);
});

async function counted_(weir: TestWeir, name: string, count: number) {
  await until(`${name} counted ${count}`, async () => (await totals(weir, name)).counted === count);
}

/** Publishes a few messages on each channel, again and again, until the returned function is called. */
function publishing(t: TestContext, oracle: Oracle, names: readonly string[]): () => void {
  const timer = setInterval(() => {
    for (const name of names) oracle.publish(name, 3);
  }, 5);
  const stop = () => clearInterval(timer);
  t.after(stop);
  return stop;
}

/** The sum of the channel's buckets, once it is `wanted` or has settled. */
async function bucketSum(weir: TestWeir, name: string, wanted: number): Promise<number> {
  let sum = 0;
  await until(`${name} sealed ${wanted}`, async () => {
    const { data } = await weir.get(`/api/v1/channels/${name}/buckets?interval=1m&from=now-1h`);
    sum = data.reduce(
      (total: number, { count }: { count: number | null }) => total + (count ?? 0),
      0,
    );
    return sum === wanted;
  }).catch(() => {});
  return sum;
}

test('an edit that fails is told to who made it; the next one is applied, and Weir stops in order', async (t) => {
  const oracle = await Oracle.start();
  t.after(() => oracle.stop());
  const config = (name: string) => configOf(`channels:\n${channel(oracle, name)}`);
  const kinds: string[] = [];
  let failing = true;
  const weir = await startWeir({
    config: config('a'),
    folder: tmpdir(),
    onEvent({ kind }) {
      if (kind === 'reload' && failing) throw new Error('no place to write it');
      kinds.push(kind);
    },
  });
  await assert.rejects(weir.reload(config('b')), /no place to write it/);
  failing = false;
  await weir.reload(config('c'));
  assert.ok(kinds.includes('reload'));
  await weir.stop();
  assert.equal(kinds.at(-1), 'stop');
});
