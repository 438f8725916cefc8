/** The measured process of `idle.ts`: a whole Weir, and beside it the stand-in servers that it connects to. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { kinds } from '../src/cli/configuration.ts';
import { loadConfig } from '../src/config/load.ts';
import { startWeir } from '../src/main.ts';

const SETTLE_MS = 5_000;
const MEASURE_SECONDS = 30;

const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
const startMs = await start500();
const quiet = await run(100, 5);
await quiet.ready;
await sleep(SETTLE_MS);
const before = process.cpuUsage();
await sleep(MEASURE_SECONDS * 1_000);
const { user, system } = process.cpuUsage(before);
const { rss } = process.memoryUsage();
await quiet.stop();
rmSync(folder, { recursive: true, force: true });
process.send!(
  {
    startMs,
    cpuShare: (user + system) / 1e6 / MEASURE_SECONDS,
    rssMegabytes: rss / 1e6,
    seconds: MEASURE_SECONDS,
  },
  () => process.exit(0),
);

async function start500(): Promise<number> {
  const from = performance.now();
  const weir = await run(500, 20);
  await weir.ready;
  const tookMs = performance.now() - from;
  await weir.stop();
  return tookMs;
}

async function run(channelCount: number, connectionCount: number) {
  const servers = await Promise.all(Array.from({ length: connectionCount }, serve));
  const lines = Array.from({ length: channelCount }, (_, index) => {
    const { url } = servers[index % connectionCount]!;
    return `  c${index}: { feed: { kind: satori, url: "${url}", appkey: k } }`;
  });
  const text = `listen: 127.0.0.1:0\nstore: { kind: sqlite, path: ${channelCount}.db }\nchannels:\n${lines.join('\n')}\n`;
  const { config } = loadConfig(text, { file: 'bench.yaml', environment: {}, kinds });
  const weir = await startWeir({ config: config!, folder, onEvent: () => {} });
  const each = channelCount / connectionCount;
  return {
    ready: Promise.all(servers.map((server) => server.subscribed(each))),
    async stop() {
      await weir.stop();
      for (const { close } of servers) close();
    },
  };
}

async function serve() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  let count = 0;
  let wake = () => {};
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { id, body } = JSON.parse(data.toString());
      const answer = { subscription_id: body.channel, position: '1700000000:0' };
      socket.send(JSON.stringify({ action: 'rtm/subscribe/ok', id, body: answer }));
      count += 1;
      wake();
    });
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async subscribed(wanted: number) {
      while (count < wanted) {
        await new Promise<void>((turn) => {
          wake = turn;
        });
      }
    },
    close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}
