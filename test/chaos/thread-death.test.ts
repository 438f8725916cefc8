// A thread dies in each state, in each way: it is started again, its counts survive, its channels show the gap, and
// the others never notice.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/folder.ts';
import { until } from '../support/weir.ts';
import { checkSeconds, ledgers } from './conservation.ts';
import { STATES, WAYS } from './die-at.ts';
import { Oracle } from './oracle.ts';
import { WeirProcess } from './weir-process.ts';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

async function setUp(t: TestContext) {
  let stop = async () => {};
  // Before the folder is removed.
  t.after(() => stop());
  const folder = temporaryFolder(t);
  const [ill, well] = [await Oracle.start(), await Oracle.start()];
  const config = join(folder, 'channels.yaml');
  const line = (name: string, { port }: Oracle, more = '') =>
    `  ${name}: { feed: { kind: satori, url: "ws://127.0.0.1:${port}", appkey: k, role: r, secret: s, time: { path: at, wait: 1s }, retry: { first: 5ms, most: 50ms } }${more} }\n`;
  const write = (more = '') =>
    writeFileSync(config, `threads: 2\nchannels:\n${line('ill', ill, more)}${line('well', well)}`);
  write();
  const armed = join(folder, 'armed');
  const weir = new WeirProcess({
    config,
    store: join(folder, 'weir.db'),
    door: path('./impatient-weir.ts'),
    preload: path('./die-at.ts'),
    env: { WEIR_ARMED: armed },
  });
  let timer: NodeJS.Timeout | undefined;
  stop = async () => {
    clearInterval(timer);
    await weir.kill();
    await Promise.all([ill.stop(), well.stop()]);
  };
  await weir.started();
  await until('both connected', () => ill.readerCount('ill') > 0 && well.readerCount('well') > 0);
  timer = setInterval(() => {
    ill.publish('ill', 3);
    well.publish('well', 3);
  }, 10);
  return { weir, ill, well, armed, write, quiet: () => clearInterval(timer) };
}

const deaths = ({ lines }: WeirProcess) =>
  lines.filter((line) => line.includes('"thread-restart"'));

for (const state of STATES) {
  test(`a thread that ${WAYS.join(', ')}, in the state: ${state}`, async (t) => {
    const { weir, ill, well, armed, write, quiet } = await setUp(t);
    let count = 0;
    for (const way of WAYS) {
      writeFileSync(armed, `${state} ${way}`);
      if (['connect', 'authenticate', 'subscribe'].includes(state)) ill.cutAll();
      if (state === 'reload') {
        write(`, processor: { kind: count-by, key: n, keys: ${WAYS.indexOf(way) + 1} }`);
        weir.signalOnly('SIGHUP');
      }
      await until(`${way}: it died`, () => deaths(weir).length > count && !existsSync(armed)).catch(
        (error) => assert.fail(`${error.message}; ${weir.lines.slice(-5).join('\n')}`),
      );
      count = deaths(weir).length;
      await until(`${way}: connected again`, () => ill.readerCount('ill') > 0);
    }
    quiet();
    for (const [name, oracle] of [
      ['ill', ill],
      ['well', well],
    ] as const) {
      const { total, bySecond } = oracle.issued(name);
      await until(
        `${name} has all ${total}`,
        async () => (await ledgers(weir)).get(name)!.counted === total,
      );
      await checkSeconds(weir, name, bySecond);
      assert.equal((await ledgers(weir)).get(name)!.difference, 0);
    }
    const [, ...others] = await until('the other channel has some seconds', async () => {
      const { data } = await weir.get(
        '/api/v1/channels/well/buckets?interval=1s&from=now-5m&fill=none&order=asc&open=exclude',
      );
      return data.length > 3 ? data : null;
    });
    for (const bucket of others)
      assert.equal(bucket.state, 'complete', `${bucket.start} of the other channel`);
    const { data } = await weir.get('/api/v1/channels/ill/buckets?interval=1m&from=now-5m');
    const gaps = data.flatMap(({ gaps: all }: { gaps: { detail: string }[] }) => all);
    const booked = gaps.some(({ detail }: { detail: string }) => detail.includes('thread ended'));
    assert.equal(booked, state === 'steady' || state === 'reload', JSON.stringify(gaps));
  });
}
