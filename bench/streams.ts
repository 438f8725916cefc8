/**
 * Measures the cost of numbering streams apart: a whole Weir reads messages with `sequence.by`, one a frame, of one stream
 * or of many in turn. Then it measures how long after its end a second closes in which all streams moved.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WeirProcess } from '../test/chaos/weir-process.ts';
import { closeLatencies } from './close.ts';
import { threadCpuSeconds } from './cpu.ts';
import { writeSpread } from './statistics.ts';

const SENDER = fileURLToPath(new URL('./streams-sender.ts', import.meta.url));
const STREAM_COUNTS = [1, 100, 1_000, 10_000] as const;
const TURNS = 3;
const MESSAGES = 1_000_000;
/** As slow as a feed that is live: few frames are read in one turn. */
const LIVE_MESSAGES = 100_000;
const LIVE_PER_SECOND = 10_000;
const CLOSE_SECONDS = Number(process.env['WEIR_BENCH_SECONDS'] ?? 60);
const LOOK_MS = 50;
const SETTLE_MS = 10_000;
const FEED_THREAD = 'feed 1';

interface Sending {
  readonly streams: number;
  readonly messages: number;
  /** 0 for as many as are taken. */
  readonly perSecond: number;
}

export async function streams(print: (line: string) => void): Promise<void> {
  print('| streams | µs a message, backlog | µs a message, 10,000 a second |');
  print('|---|---|---|');
  const found = STREAM_COUNTS.map((count) => ({
    count,
    backlog: [] as number[],
    live: [] as number[],
  }));
  for (let turn = 0; turn < TURNS; turn++) {
    for (const { count, backlog, live } of found) {
      const many = { streams: count, messages: MESSAGES, perSecond: 0 };
      backlog.push(await withWeir(many, cost));
      const few = { streams: count, messages: LIVE_MESSAGES, perSecond: LIVE_PER_SECOND };
      live.push(await withWeir(few, cost));
    }
  }
  for (const { count, backlog, live } of found) {
    const [many, few] = [backlog, live].map((runs) => writeSpread(runs));
    print(`| ${count.toLocaleString('en')} | ${many} | ${few} |`);
  }
  const all = { streams: 10_000, messages: 1e9, perSecond: 10_000 };
  const sorted = (await withWeir(all, latencies)).toSorted((a, b) => a - b);
  const at = (part: number) => `${sorted[Math.ceil(part * sorted.length) - 1]!.toFixed(0)} ms`;
  print(
    `\n10,000 streams that all move each second: closed after ${at(0.5)} (median), ${at(0.99)} (p99), ${at(1)} (most) of ${sorted.length} seconds.`,
  );
}

async function withWeir<T>(
  sending: Sending,
  use: (weir: WeirProcess, sending: Sending, begin: () => void) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-streams-'));
  const { streams, messages, perSecond } = sending;
  const sender = fork(SENDER, [streams, messages, perSecond].map(String));
  const [{ url }] = (await once(sender, 'message')) as [{ url: string }];
  const config = join(folder, 'channels.yaml');
  const feed = `{ kind: websocket, url: "${url}", only: { price: "1.25" }, sequence: { path: id, by: stream, kind: dense } }`;
  writeFileSync(config, `channels:\n  c0: { feed: ${feed} }\n`);
  const weir = new WeirProcess({ config, store: join(folder, 'weir.db') });
  try {
    await weir.started();
    return await use(weir, sending, () => void sender.send('begin'));
  } finally {
    await weir.kill('SIGTERM');
    sender.disconnect();
    rmSync(folder, { recursive: true });
  }
}

/** Processor time of the feed thread a message, microseconds. */
async function cost(weir: WeirProcess, { messages }: Sending, begin: () => void): Promise<number> {
  const before = threadCpuSeconds(weir.pid, FEED_THREAD);
  begin();
  let counted = 0;
  while (counted < messages) {
    await sleep(LOOK_MS);
    const { data } = await weir.get('/api/v1/ledger');
    const [{ duplicate, missed, malformed }] = data.channels;
    if (duplicate + missed + malformed > 0) throw new Error('not every message was counted once');
    counted = data.channels[0].counted;
  }
  return ((threadCpuSeconds(weir.pid, FEED_THREAD) - before) * 1e6) / messages;
}

async function latencies(weir: WeirProcess, _: Sending, begin: () => void): Promise<number[]> {
  begin();
  await sleep(SETTLE_MS);
  return await closeLatencies(weir, CLOSE_SECONDS, 1);
}
