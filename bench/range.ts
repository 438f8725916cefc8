/**
 * Reads of 100 buckets from ten million stored ones over HTTP: Weir's REST, and the same question to Prometheus and
 * InfluxDB where they are installed. One server at a time; the asking side is a process of its own.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuSeconds } from './cpu.ts';
import { influx, prometheus } from './range-peers.ts';
import { buildStore, CHANNEL_COUNT, SECOND_COUNT } from './range-store.ts';

const BUCKETS = 100;
const CONNECTIONS = 8;
const SECONDS = 10;
const WARM_UP_SECONDS = 3;
/** Different questions, in turn. */
const QUESTION_COUNT = 5_000;
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** What is asked: one channel, 100 seconds; Unix seconds. */
export interface Question {
  readonly channel: number;
  readonly from: number;
  readonly to: number;
}

/** A server that holds the ten million counts and answers questions. */
export interface Served {
  readonly name: string;
  readonly process: ChildProcess;
  readonly port: number;
  /** What all of it takes on disk. */
  readonly bytes: number;
  address(question: Question): string;
}

export async function range(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-range-'));
  const end = Math.floor(Date.now() / 3_600_000) * 3_600;
  const questions = Array.from({ length: QUESTION_COUNT }, (_, index) => {
    const from = end - SECOND_COUNT + ((index * 7_919) % (SECOND_COUNT - BUCKETS));
    return { channel: (index * 37) % CHANNEL_COUNT, from, to: from + BUCKETS };
  });
  print(
    `| ${BUCKETS} buckets of ${(CHANNEL_COUNT * SECOND_COUNT).toLocaleString('en')} | reads/s | p50 | p99 | CPU | reads per CPU-second | bytes an answer | bytes a stored bucket |`,
  );
  print('|---|---|---|---|---|---|---|---|');
  try {
    for (const serve of [weir, prometheus, influx]) {
      const served = await serve(folder, end);
      if (typeof served === 'string') print(`\n${served}\n`);
      else print(await measure(served, questions));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function weir(folder: string, end: number): Promise<Served> {
  const location = join(folder, 'weir.db');
  buildStore(location, end);
  const server = fork(path('./range-server.ts'), [location, String(end)]);
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  const time = (second: number) => new Date(second * 1_000).toISOString().replace('.000Z', 'Z');
  return {
    name: 'Weir',
    process: server,
    port,
    bytes: statSync(location).size,
    address: ({ channel, from, to }) =>
      `/api/v1/channels/c${channel}/buckets?from=${time(from)}&to=${time(to)}&interval=1s`,
  };
}

async function measure(served: Served, questions: readonly Question[]): Promise<string> {
  const { name, process: server, port, bytes } = served;
  const crowd = fork(path('./range-crowd.ts'));
  try {
    crowd.send({
      port,
      paths: questions.map(served.address),
      connections: CONNECTIONS,
      seconds: SECONDS,
      warmUpSeconds: WARM_UP_SECONDS,
    });
    await once(crowd, 'message');
    const before = [cpuSeconds(server.pid!), performance.now()] as const;
    const [answers] = (await once(crowd, 'message')) as [
      { perSecond: number; p50: number; p99: number; bytes: number },
    ];
    const seconds = (performance.now() - before[1]) / 1_000;
    const share = (cpuSeconds(server.pid!) - before[0]) / seconds;
    const { perSecond, p50, p99 } = answers;
    const counts = [perSecond, perSecond / share].map((number) =>
      Math.round(number).toLocaleString('en'),
    );
    const perBucket = bytes / CHANNEL_COUNT / SECOND_COUNT;
    return `| ${name} | ${counts[0]} | ${p50.toFixed(1)} ms | ${p99.toFixed(1)} ms | ${(share * 100).toFixed(0)} % | ${counts[1]} | ${answers.bytes.toLocaleString('en')} | ${perBucket.toFixed(1)} |`;
  } finally {
    crowd.disconnect();
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
}
