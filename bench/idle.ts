/** What many channels cost: how long 500 take to start, and what 100 quiet ones use. Whole process, all threads. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

export async function idle(print: (line: string) => void): Promise<void> {
  const child = fork(new URL('idle-weir.ts', import.meta.url));
  const [{ startMs, cpuShare, rssMegabytes, seconds }] = (await once(child, 'message')) as [
    { startMs: number; cpuShare: number; rssMegabytes: number; seconds: number },
  ];
  await once(child, 'exit');
  print(`500 channels on 20 connections, from start to all subscribed: ${Math.round(startMs)} ms`);
  print(
    `100 quiet channels over ${seconds} s: ${(cpuShare * 100).toFixed(2)} % of one core, ${Math.round(rssMegabytes)} MB resident`,
  );
}
