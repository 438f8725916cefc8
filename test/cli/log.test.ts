// The log of a running Weir, when its reader goes, stops reading, or is slow.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { LineWriter } from '../../src/cli/line-writer.ts';
import { DOOR } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { until } from '../support/weir.ts';

const CHANNEL = 'channels:\n  a: { feed: { kind: websocket, url: "ws://127.0.0.1:1" } }\n';
/** 100 long lines on standard error for each time that it is refused. */
const REFUSED = `channels:\n${Array.from({ length: 100 }, (_, i) => `  c${i}: { feed: { kind: ${'x'.repeat(2_000)} } }\n`).join('')}`;

async function startUp(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder(t);
  const file = join(folder, 'channels.yaml');
  writeFileSync(file, CHANNEL);
  const child = spawn(
    process.execPath,
    [DOOR, 'up', '--listen', '127.0.0.1:0', '--store', 'memory'],
    { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  t.after(() => child.kill('SIGKILL'));
  let out = '';
  child.stdout.on('data', (data) => (out += data));
  const url = await until('the address', () => /Page {2}(http:\S+)\//.exec(out)?.[1]);
  const get = async (path: string) => {
    const response = await fetch(url + path);
    // biome-ignore lint/suspicious/noExplicitAny: looked at field by field
    return { status: response.status, body: (await response.json()) as any };
  };
  return { child, file, url, get };
}

test('a log whose reader ends does not end Weir: a refused edit is told to the page', async (t) => {
  const { child, file, get } = await startUp(t);
  child.stdout.destroy();
  child.stderr.destroy();
  writeFileSync(file, 'channels: [\n');
  await until('the refusal', async () => {
    return (await get('/api/v1/configuration')).body.data.problems.length > 0;
  });
  await until('the lost lines', async () => (await get('/health/live')).body.log.droppedLines > 0);
  writeFileSync(file, CHANNEL.replace('a:', 'b:'));
  await until('the next edit', async () => {
    const { body } = await get('/api/v1/channels');
    return JSON.stringify(body).includes('"b"');
  });
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('a log whose reader stops reading holds nothing up: edits are taken, lines are counted, SIGTERM ends', async (t) => {
  const { child, file, url, get } = await startUp(t);
  child.stdout.pause();
  child.stderr.pause();
  writeFileSync(file, REFUSED);
  await until('the refusal', async () => {
    return (await get('/api/v1/configuration')).body.data.problems.length > 0;
  });
  await until('dropped lines', async () => {
    child.kill('SIGHUP');
    return (await get('/health/ready')).body.log.droppedLines > 0;
  });
  writeFileSync(file, CHANNEL.replace('a:', 'b:'));
  await until('the next edit', async () => {
    const { body } = await get('/api/v1/channels');
    return JSON.stringify(body).includes('"b"');
  });
  assert.equal((await get('/health/ready')).status, 200);
  const metrics = await fetch(`${url}/metrics`);
  assert.match(await metrics.text(), /^weir_log_lines_dropped_total [1-9]/m);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('a slow reader gets what fits, and is told how many lines were dropped', async () => {
  const taken: (() => void)[] = [];
  const lines: string[] = [];
  const slow = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      taken.push(done);
    },
  });
  const writer = new LineWriter(slow, 20);
  for (const word of ['first', 'second', 'third', 'fourth', 'fifth']) writer.write(word);
  assert.equal(writer.droppedCount, 2);
  while (taken.length > 0) {
    taken.shift()!();
    await new Promise(setImmediate);
  }
  writer.write('sixth');
  while (taken.length > 0) {
    taken.shift()!();
    await new Promise(setImmediate);
  }
  const told = '(2 lines were dropped here: their reader was too slow)\n';
  assert.deepEqual(lines.join(''), `first\nsecond\nthird\n${told}sixth\n`);
});

test('what was asked for once is kept for its reader, whole', async () => {
  const stream = new PassThrough({ highWaterMark: 1 });
  const writer = new LineWriter(stream, Number.POSITIVE_INFINITY);
  for (let i = 0; i < 10_000; i++) writer.write(`line ${i}`);
  let seen = '';
  stream.on('data', (data) => (seen += data));
  await writer.flushed(Number.POSITIVE_INFINITY);
  assert.equal(seen.split('\n').length, 10_001);
  assert.equal(writer.droppedCount, 0);
});

test('a reader that is gone is not waited for', async () => {
  const stream = new PassThrough({ highWaterMark: 1 });
  const writer = new LineWriter(stream, Number.POSITIVE_INFINITY);
  writer.write('to nobody');
  writer.write('to nobody');
  const flushed = writer.flushed(Number.POSITIVE_INFINITY);
  stream.destroy(new Error('EPIPE'));
  await flushed;
  writer.write('still to nobody');
  assert.equal(writer.droppedCount, 1);
});

test('what nobody has handled is told as an event, and ends nothing', async (t) => {
  const fault = `if (isMainThread) { process.once('SIGUSR2', () => { Promise.reject(new Error('nobody waits for it')); setImmediate(() => { throw new Error('nobody catches it'); }); }); }`;
  const preload = `import { isMainThread } from 'node:worker_threads'; ${fault}`;
  const { child, get } = await startUp(t, {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
  });
  child.kill('SIGUSR2');
  for (const what of ['nobody waits for it', 'nobody catches it']) {
    await until(what, async () =>
      JSON.stringify((await get('/api/v1/events')).body).includes(what),
    );
  }
  assert.equal((await get('/health/ready')).status, 200);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});
