// An error in a thread that nothing has caught: it is reported, Weir goes on, and no message is lost.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ledgers } from '../chaos/conservation.ts';
import { Oracle } from '../chaos/oracle.ts';
import { WeirProcess } from '../chaos/weir-process.ts';
import { temporaryFolder } from '../support/folder.ts';
import { until } from '../support/weir.ts';

const preload = fileURLToPath(new URL('./fixtures/throws-in-threads.ts', import.meta.url));

/** Thread, what it does, and whether it is started again: only a thread that may be left half-done is. */
const CASES = [
  ['rest', 'rejects', false],
  ['rest', 'throws', false],
  ['feed 1', 'rejects', false],
  ['feed 1', 'throws', true],
  ['timer', 'rejects', true],
  ['timer', 'throws', true],
] as const;

for (const [thread, way, isRestarted] of CASES) {
  test(`thread ${thread} ${way}: reported, ${isRestarted ? 'started again' : 'it goes on'}`, async (t) => {
    let stop = async () => {};
    // Before the folder is removed.
    t.after(() => stop());
    const folder = temporaryFolder(t);
    const oracle = await Oracle.start();
    const config = join(folder, 'channels.yaml');
    const feed = `{ kind: satori, url: "ws://127.0.0.1:${oracle.port}", appkey: some-key, retry: { first: 5ms, most: 50ms } }`;
    writeFileSync(config, `threads: 1\nchannels:\n  a: { feed: ${feed} }\n`);
    const armed = join(folder, 'armed');
    const store = join(folder, 'weir.db');
    const weir = new WeirProcess({ config, store, preload, env: { WEIR_ARMED: armed } });
    stop = async () => {
      await weir.kill();
      await oracle.stop();
    };
    await weir.started();
    await until('connected', () => oracle.readerCount('a') > 0);
    oracle.publish('a', 10);
    await until('counted', async () => (await ledgers(weir)).get('a')!.counted === 10);
    writeFileSync(armed, `${thread} ${way}`);
    await until('done', () => !existsSync(armed));
    const kind = isRestarted ? '"thread-restart"' : '"degraded"';
    const report = await until('reported', () => weir.lines.find((line) => line.includes(kind)));
    assert.ok(report.includes(`${thread} ${way} on purpose`), report);
    oracle.publish('a', 10);
    await until('all counted', async () => (await ledgers(weir)).get('a')!.counted === 20);
    assert.equal((await ledgers(weir)).get('a')!.difference, 0);
    const { threads } = await weir.get('/health/live');
    const died = threads.filter(({ deathCount }: { deathCount: number }) => deathCount > 0);
    assert.deepEqual(
      died.map(({ name }: { name: string }) => name),
      isRestarted ? [thread] : [],
    );
  });
}
