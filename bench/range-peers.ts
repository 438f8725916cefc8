/** Prometheus and InfluxDB with the same ten million counts, from the packages of the system; each in a folder of its own. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  createWriteStream,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Question, Served } from './range.ts';
import { CHANNEL_COUNT, countedAt, SECOND_COUNT } from './range-store.ts';

const START_MS_MAX = 60_000;
const LINES_A_WRITE = 20_000;

/** A sentence where it is not installed. */
export async function prometheus(folder: string, end: number): Promise<Served | string> {
  if (!installed('prometheus') || !installed('promtool')) {
    return 'Prometheus is not installed (`apt-get install prometheus`): skipped.';
  }
  const data = join(folder, 'prometheus');
  const text = join(folder, 'openmetrics.txt');
  mkdirSync(data);
  await writeOpenMetrics(text, end);
  execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', text, data], {
    stdio: 'ignore',
  });
  rmSync(text);
  const bytes = sizeOf(data);
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, '');
  const port = await freePort();
  const child = spawn('prometheus', [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ]);
  await ready(port, '/-/ready', child);
  const query = (channel: number) => encodeURIComponent(`counted{channel="c${channel}"}`);
  return {
    name: 'Prometheus',
    process: child,
    port,
    bytes,
    address: ({ channel, from, to }: Question) =>
      `/api/v1/query_range?query=${query(channel)}&start=${from}&end=${to - 1}&step=1`,
  };
}

/** A sentence where it is not installed. */
export async function influx(folder: string, end: number): Promise<Served | string> {
  if (!installed('influxd')) {
    return 'InfluxDB is not installed (`apt-get install influxdb`): skipped.';
  }
  const data = join(folder, 'influx');
  const [port, inner] = [await freePort(), await freePort()];
  const config = join(folder, 'influx.conf');
  writeFileSync(config, influxConfig(data, port, inner));
  const child = spawn('influxd', ['-config', config], { stdio: 'ignore' });
  await ready(port, '/ping', child);
  const url = `http://127.0.0.1:${port}`;
  await post(`${url}/query?q=${encodeURIComponent('CREATE DATABASE weir')}`, '');
  for (const lines of lineProtocol(end)) await post(`${url}/write?db=weir&precision=s`, lines);
  // Cold shards are compacted by now and then; what was written last may still be in its log.
  await sleep(15_000);
  const select = ({ channel, from, to }: Question) =>
    `SELECT counted FROM m WHERE channel='c${channel}' AND time>=${from}s AND time<${to}s`;
  return {
    name: 'InfluxDB',
    process: child,
    port,
    bytes: sizeOf(data),
    address: (question) => `/query?db=weir&epoch=s&q=${encodeURIComponent(select(question))}`,
  };
}

function influxConfig(data: string, port: number, inner: number): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${inner}"
[meta]
  dir = "${data}/meta"
[data]
  dir = "${data}/data"
  wal-dir = "${data}/wal"
  cache-snapshot-write-cold-duration = "5s"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
[logging]
  level = "error"
`;
}

function installed(program: string): boolean {
  return spawnSync(program, [program === 'influxd' ? 'version' : '--version']).status === 0;
}

async function writeOpenMetrics(path: string, end: number): Promise<void> {
  const file = createWriteStream(path);
  file.write('# TYPE counted gauge\n');
  for (let channel = 0; channel < CHANNEL_COUNT; channel++) {
    const lines: string[] = [];
    for (let second = end - SECOND_COUNT; second < end; second++) {
      lines.push(`counted{channel="c${channel}"} ${countedAt(channel, second)} ${second}\n`);
    }
    if (!file.write(lines.join(''))) await once(file, 'drain');
  }
  await new Promise((done) => file.end('# EOF\n', () => done(null)));
}

function* lineProtocol(end: number): Generator<string> {
  for (let channel = 0; channel < CHANNEL_COUNT; channel++) {
    for (let from = end - SECOND_COUNT; from < end; from += LINES_A_WRITE) {
      const lines = Array.from({ length: Math.min(LINES_A_WRITE, end - from) }, (_, index) => {
        const second = from + index;
        return `m,channel=c${channel} counted=${countedAt(channel, second)}i ${second}`;
      });
      yield lines.join('\n');
    }
  }
}

async function post(url: string, body: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', body });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

async function ready(port: number, path: string, child: ChildProcess): Promise<void> {
  const end = performance.now() + START_MS_MAX;
  while (performance.now() < end && child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`${child.spawnfile} has not started`);
}

/** For servers that cannot be told to take any. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(null)));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** Bytes of all files in a folder. */
function sizeOf(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
