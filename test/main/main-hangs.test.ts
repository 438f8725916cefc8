// Main is minded too: a supervisor that hangs cannot take edits or restart threads, so Weir is not ready.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { startTestWeir, until } from '../support/weir.ts';

/** Asks while main is blocked: it asks again until it is told 503, and at most for the time that main is. */
const ASKER = `
const { parentPort, workerData } = require('node:worker_threads');
(async () => {
  for (let i = 0; i < 200; i++) {
    const response = await fetch(workerData + '/health/ready');
    const body = await response.json();
    if (response.status === 503) return parentPort.postMessage(body);
    await new Promise((done) => setTimeout(done, 50));
  }
  parentPort.postMessage(null);
})();`;

test('while main hangs, Weir is not ready and says who hangs; afterwards it is ready again', async (t) => {
  const yaml = 'channels:\n  a: { feed: { kind: websocket, url: "ws://127.0.0.1:1" } }\n';
  const weir = await startTestWeir(t, yaml);
  await weir.get('/health/ready');
  const asker = new Worker(ASKER, { eval: true, workerData: weir.weir.url });
  const answer = once(asker, 'message');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 11_500);
  const [body] = await answer;
  const ill = body.threads.filter((thread: { ok: boolean }) => !thread.ok);
  assert.deepEqual(
    ill.map((thread: { name: string }) => thread.name),
    ['main'],
  );
  await until('ready again', async () => {
    return (await fetch(`${weir.weir.url}/health/ready`)).status === 200;
  });
});
