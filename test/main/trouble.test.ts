// The store and the clock in trouble: what is said, and that nothing is lost or made up.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { ledgers } from '../chaos/conservation.ts';
import { Oracle } from '../chaos/oracle.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startTestWeir, type TestWeir, until } from '../support/weir.ts';

const HOUR_MS = 3_600_000;

async function setUp(t: TestContext, options: { store?: string; wall?: () => number } = {}) {
  const folder = temporaryFolder(t);
  const oracle = await Oracle.start();
  t.after(() => oracle.stop());
  const weir = await startTestWeir(
    t,
    `channels:\n  a: { feed: { kind: satori, url: "ws://127.0.0.1:${oracle.port}", appkey: k } }\n`,
    { folder, ...options },
  );
  await until('connected', () => oracle.readerCount('a') > 0);
  const timer = setInterval(() => oracle.publish('a', 3), 10);
  const stop = () => clearInterval(timer);
  t.after(stop);
  return { folder, oracle, weir, stop };
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field in tests
const health = async (weir: TestWeir): Promise<any> =>
  await (await fetch(`${weir.weir.url}/health/live`)).json();

/** Waits until the buckets of two days around now hold everything that was issued; returns them. */
async function everything(weir: TestWeir, oracle: Oracle) {
  const { total } = oracle.issued('a');
  await until('all counted', async () => (await ledgers(weir)).get('a')!.counted === total);
  let found = -1;
  return await until(`${total} in buckets`, async () => {
    const { data } = await weir.get(
      `/api/v1/channels/a/buckets?interval=1m&limit=5000&fill=none&from=${iso(-26)}&to=${iso(26)}`,
    );
    found = data.reduce(
      (sum: number, { count }: { count: number | null }) => sum + (count ?? 0),
      0,
    );
    return found === total ? data : null;
  }).catch((error) => assert.fail(`${error.message}: found ${found}`));
}

const iso = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString();

test('a store that is locked is said to be in trouble; counting goes on, and it catches up exactly', async (t) => {
  const { folder, oracle, weir, stop } = await setUp(t, { store: 'weir.db' });
  const lock = new DatabaseSync(join(folder, 'weir.db'), { timeout: 5_000 });
  lock.exec('BEGIN IMMEDIATE');
  await until('degraded', async () => (await health(weir)).status === 'degraded');
  const { store } = await health(weir);
  assert.match(store.detail, /lock/);
  assert.ok(weir.events.some(({ kind }) => kind === 'store-error'));
  assert.equal((await fetch(`${weir.weir.url}/health/ready`)).status, 503);
  assert.match(await weir.get('/metrics'), /weir_store_ok 0/);
  lock.close();
  await until('well again', async () => (await health(weir)).status === 'ok');
  stop();
  await everything(weir, oracle);
});

test('a store that is damaged is set aside, by name, and counting begins in a new one', async (t) => {
  const { folder, weir } = await setUp(t, { store: 'weir.db' });
  await weir.weir.stop();
  const path = join(folder, 'weir.db');
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill('garbage ', 4_096));
  const again = await startTestWeir(
    t,
    'channels:\n  a: { feed: { kind: satori, url: "ws://127.0.0.1:1", appkey: k } }\n',
    { folder, store: 'weir.db' },
  );
  const event = await until('told', () => again.events.find(({ kind }) => kind === 'store-error'));
  const aside = readdirSync(folder).find((name) => /^weir\.db\.damaged-[^.]*$/.test(name));
  assert.ok(aside && event.detail.includes(aside), event.detail);
  assert.deepEqual(readFileSync(join(folder, aside)), bytes, 'nothing of it is thrown away');
  assert.equal((await health(again)).status, 'ok');
});

for (const step of [1_000, -1_000, HOUR_MS, -HOUR_MS, 24 * HOUR_MS, -24 * HOUR_MS]) {
  test(`a clock that is set by ${step / 1_000} s is marked; no bucket is negative, double or lost`, async (t) => {
    let offset = 0;
    const { oracle, weir, stop } = await setUp(t, { wall: () => Date.now() + offset });
    await until('counting', async () => (await ledgers(weir)).get('a')!.counted > 100);
    offset = step;
    const event = await until('marked', () =>
      weir.events.find(({ kind }) => kind === 'clock-step'),
    );
    assert.match(event.detail, step > 0 ? /forward/ : /back/);
    assert.ok(Math.abs(event.at - Date.now() - offset) < 5_000, 'the event is at the new time');
    const then = (await ledgers(weir)).get('a')!.counted;
    await until('counting on', async () => (await ledgers(weir)).get('a')!.counted > then + 200);
    stop();
    const buckets = await everything(weir, oracle);
    const starts = buckets.map(({ start }: { start: string }) => start);
    assert.equal(new Set(starts).size, starts.length, 'no bucket twice');
    for (const { count, coverage, missed, state } of buckets) {
      assert.ok(
        count >= 0 && coverage >= 0 && coverage <= 1 && missed === 0,
        `${count} ${coverage} ${state}`,
      );
    }
    assert.deepEqual(
      weir.events.filter(({ kind }) => ['thread-restart', 'disconnect', 'degraded'].includes(kind)),
      [],
      'no thread and no link suffers',
    );
  });
}
