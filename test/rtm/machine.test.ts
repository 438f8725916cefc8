/** This machine's load as a channel. */
import assert from 'node:assert/strict';
import type { CpuInfo } from 'node:os';
import test from 'node:test';
import { type CoreLoad, publishMachineLoad } from '../../src/rtm/machine.ts';
import { sleep } from '../../src/rtm/sleep.ts';
import { sleepingClock } from './support-recording.ts';

function core(user: number, idle: number): CpuInfo {
  return { model: '', speed: 0, times: { user, nice: 1, sys: user / 2, idle, irq: 0 } };
}

test('each full second gives one message per core with what it did since the last', async () => {
  const abort = new AbortController();
  const readings = [[core(0, 0)], [core(200, 700), core(9, 9)], [core(200, 1_700), core(19, 9)]];
  const published: CoreLoad[] = [];
  await publishMachineLoad('machine', {
    publish: (channel, message) => {
      assert.equal(channel, 'machine');
      published.push(message);
    },
    signal: abort.signal,
    ...sleepingClock(1_700_000_000_400),
    cpus: () => {
      const reading = readings.shift()!;
      if (readings.length === 0) queueMicrotask(() => abort.abort());
      return reading;
    },
  });
  assert.deepEqual(published, [
    {
      core: 'cpu0',
      time: '2023-11-14T22:13:21.000Z',
      busy_ms: 300,
      idle_ms: 700,
      user_ms: 200,
      system_ms: 100,
    },
    {
      core: 'cpu0',
      time: '2023-11-14T22:13:22.000Z',
      busy_ms: 0,
      idle_ms: 1_000,
      user_ms: 0,
      system_ms: 0,
    },
    {
      core: 'cpu1',
      time: '2023-11-14T22:13:22.000Z',
      busy_ms: 15,
      idle_ms: 0,
      user_ms: 10,
      system_ms: 5,
    },
  ]);
});

test('this machine has cores that can be read', async () => {
  const abort = new AbortController();
  const published: CoreLoad[] = [];
  const publish = (_: string, message: CoreLoad) => {
    published.push(message);
    abort.abort();
  };
  const quickly = () => sleep(5, abort.signal);
  await publishMachineLoad('machine', {
    publish,
    signal: abort.signal,
    clock: Date.now,
    sleep: quickly,
  });
  assert.equal(published[0]?.core, 'cpu0');
});
