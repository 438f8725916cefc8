/** What many viewers of the stream cost, and how old the news is that they get; one in a hundred takes nothing. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const CHANNELS = 50;
const VIEWERS = 2_000;
const STALLED = 20;
/** Both together are long enough for the kernel's own buffers of a stalled viewer to fill, and for it to be let go. */
const SETTLE_MS = 60_000;
const MEASURE_SECONDS = 60;

interface ServerReport {
  readonly rss: number;
  readonly heapUsed: number;
  readonly cpu: number;
  readonly viewers: number;
  readonly dropped: number;
  readonly merged: number;
}

interface CrowdReport {
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  readonly bytes: number;
}

export async function viewers(print: (line: string) => void): Promise<void> {
  const epoch = Date.now() - 10_000_000;
  const server = fork(new URL('./viewers-server.ts', import.meta.url), [
    String(CHANNELS),
    String(epoch),
  ]);
  const { port } = await heard<{ port: number }>(server);
  const alone = await ask<ServerReport>(server);
  const given = [port, VIEWERS, STALLED, epoch].map(String);
  const crowd = fork(new URL('./viewers-crowd.ts', import.meta.url), given);
  try {
    await heard(crowd);
    await sleep(SETTLE_MS);
    await ask(crowd);
    const before = await ask<ServerReport>(server);
    await sleep(MEASURE_SECONDS * 1_000);
    const [after, news] = [await ask<ServerReport>(server), await ask<CrowdReport>(crowd)];
    const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
    print(
      `${VIEWERS} viewers of ${CHANNELS} channels at 1 s, ${STALLED} of them stalled, over ${MEASURE_SECONDS} s:`,
    );
    print(
      `- age of sealed seconds at healthy viewers: median ${news.p50} ms, p99 ${news.p99} ms, most ${news.most} ms (${news.samples} looked at)`,
    );
    print(
      `- sent ${(news.bytes / MEASURE_SECONDS / 2 ** 20).toFixed(1)} MiB/s; server ${(((after.cpu - before.cpu) / MEASURE_SECONDS) * 100).toFixed(0)} % of one core`,
    );
    print(
      `- resident ${mib(alone.rss)} MiB alone, ${mib(before.rss)} MiB with all, ${mib(after.rss)} MiB after; heap ${mib(after.heapUsed)} MiB`,
    );
    print(
      `- let go ${after.dropped}, still there ${after.viewers}, events merged for slow ones ${after.merged}`,
    );
  } finally {
    crowd.disconnect();
    server.disconnect();
  }
}

export async function ask<T>(child: ChildProcess): Promise<T> {
  child.send('report');
  return await heard<T>(child);
}

export async function heard<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, 'message');
  return message as T;
}
