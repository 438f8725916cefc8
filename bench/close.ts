/**
 * How long after its end a bucket can be read as closed over REST, and what sealing costs: a whole Weir, its senders
 * and this reader in three processes.
 *
 * From the end of each second on, the reader asks for the newest closed bucket of one channel, one request after the
 * other on a connection that stays, until it is that second's. The latency is the wall clock at that answer, less the
 * second's end; the way there and back is in it.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WeirProcess } from '../test/chaos/weir-process.ts';
import { threadCpuSeconds } from './cpu.ts';

const SENDER = fileURLToPath(new URL('./close-sender.ts', import.meta.url));
const SHAPES = [
  { channels: 1, keys: 1 },
  { channels: 1, keys: 100 },
  { channels: 10, keys: 100 },
  { channels: 100, keys: 100 },
] as const;
/** Two ends of a minute are among them. */
const SECONDS = Number(process.env['WEIR_BENCH_SECONDS'] ?? 120);
const SETTLE_MS = 10_000;

export async function close(print: (line: string) => void): Promise<void> {
  print(`| series | as | closed after, median | p99 | most | timer and store |`);
  print(`|---|---|---|---|---|---|`);
  for (const shape of SHAPES) {
    const { latencies, share } = await withWeir(shape, measure);
    const sorted = latencies.toSorted((a, b) => a - b);
    const at = (part: number) => `${sorted[Math.ceil(part * sorted.length) - 1]!.toFixed(0)} ms`;
    const { channels, keys } = shape;
    print(
      `| ${(channels * keys).toLocaleString('en')} | ${channels} × ${keys} keys | ${at(0.5)} | ${at(0.99)} | ${at(1)} | ${(share * 100).toFixed(1)} % of a core |`,
    );
  }
}

type Shape = (typeof SHAPES)[number];

async function withWeir<T>(shape: Shape, use: (weir: WeirProcess, shape: Shape) => Promise<T>) {
  const folder = mkdtempSync(join(tmpdir(), 'weir-close-'));
  const sender = fork(SENDER, [String(shape.keys)]);
  const [{ url }] = (await once(sender, 'message')) as [{ url: string }];
  const channels = Array.from(
    { length: shape.channels },
    (_, index) =>
      `  c${index}: { feed: { kind: satori, url: "${url}", appkey: k }, processor: { kind: count-by, key: route } }`,
  );
  const config = join(folder, 'channels.yaml');
  writeFileSync(config, `channels:\n${channels.join('\n')}\n`);
  const weir = new WeirProcess({ config, store: join(folder, 'weir.db') });
  try {
    await weir.started();
    await sleep(SETTLE_MS);
    return await use(weir, shape);
  } finally {
    await weir.kill('SIGTERM');
    sender.disconnect();
    rmSync(folder, { recursive: true });
  }
}

async function measure(weir: WeirProcess, { channels }: Shape) {
  const before = threadCpuSeconds(weir.pid, 'timer');
  const from = performance.now();
  const latencies = await closeLatencies(weir, SECONDS, channels);
  const seconds = (performance.now() - from) / 1_000;
  return { latencies, share: (threadCpuSeconds(weir.pid, 'timer') - before) / seconds };
}

/** How long after its end each of so many seconds was closed, in milliseconds, of the channels `c0`, `c1` … in turn. */
export async function closeLatencies(
  weir: WeirProcess,
  seconds: number,
  channels: number,
): Promise<number[]> {
  // The reader's own first request loads its HTTP client; that is not Weir's latency.
  await weir.get(newest('c0'));
  const latencies: number[] = [];
  for (let index = 0; index < seconds; index++) {
    const end = Math.ceil(wall() / 1_000) * 1_000;
    await sleep(end - wall());
    latencies.push((await closedAt(weir, `c${index % channels}`, end)) - end);
  }
  return latencies;
}

/** When the bucket that ends at `end` was read as closed, Unix milliseconds. */
async function closedAt(weir: WeirProcess, channel: string, end: number): Promise<number> {
  const ends = new Date(end).toISOString().replace('.000Z', 'Z');
  while (true) {
    const { data } = await weir.get(newest(channel));
    if (data.some((bucket: { end: string }) => bucket.end === ends)) return wall();
  }
}

function newest(channel: string): string {
  return `/api/v1/channels/${channel}/buckets?interval=1s&from=now-3s&open=exclude`;
}

/** With fractions, Unix milliseconds. */
function wall(): number {
  return performance.timeOrigin + performance.now();
}
