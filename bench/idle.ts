/**
 * What many channels cost a whole Weir, in a process of its own: how long 500 take to start, what 1 to 1,000 quiet ones
 * use, beside a Node-RED with as many WebSockets. Reads /proc, so it needs Linux.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { cpuSeconds, residentMegabytes } from './cpu.ts';
import { installNodeRed, startNodeRed } from './node-red.ts';

const DOOR = fileURLToPath(new URL('../bin/weir.mjs', import.meta.url));
const SETTLE_MS = 8_000;
const MEASURE_SECONDS = 30;
const CHANNEL_COUNTS = [1, 100, 1_000];

export async function idle(print: (line: string) => void): Promise<void> {
  // The first start fills the compile cache, as the first start of a user does.
  await withWeir(satoriLines(1, 1), async () => {});
  const startMs = await withWeir(satoriLines(500, 20), async (_pid, sinceMs) => sinceMs);
  print(
    `500 channels on 20 connections, from starting the process to all subscribed: ${Math.round(startMs)} ms`,
  );
  print(`\nQuiet channels over ${MEASURE_SECONDS} s, each a WebSocket of its own:\n`);
  print('| channels | Weir | Node-RED |\n|---|---|---|');
  const folder = mkdtempSync(join(tmpdir(), 'weir-node-red-'));
  try {
    const missing = installNodeRed(folder);
    for (const count of CHANNEL_COUNTS) {
      const weir = await withWeir(websocketLines(count), restOf);
      const nodeRed = missing === null ? await withNodeRed(folder, count) : 'not measured';
      print(`| ${count.toLocaleString('en')} | ${weir} | ${nodeRed} |`);
    }
    if (missing) print(`\n${missing}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a process uses that nothing happens to. */
async function restOf(pid: number): Promise<string> {
  await sleep(SETTLE_MS);
  const before = cpuSeconds(pid);
  await sleep(MEASURE_SECONDS * 1_000);
  const share = (cpuSeconds(pid) - before) / MEASURE_SECONDS;
  return `${(share * 100).toFixed(2)} % of a core, ${Math.round(residentMegabytes(pid))} MiB`;
}

/** Channels as lines of YAML, over the addresses of so many servers; and how many subscribe or connect to each. */
interface Channels {
  readonly serverCount: number;
  readonly each: number;
  line(index: number, url: string): string;
}

function satoriLines(channelCount: number, serverCount: number): Channels {
  return {
    serverCount,
    each: channelCount / serverCount,
    line: (index, url) => `  c${index}: { feed: { kind: satori, url: "${url}", appkey: k } }`,
  };
}

function websocketLines(channelCount: number): Channels {
  return {
    serverCount: 1,
    each: channelCount,
    line: (index, url) =>
      `  c${index}: { feed: { kind: websocket, url: "${url}/channel/${index}" } }`,
  };
}

async function withWeir<T>(
  { serverCount, each, line }: Channels,
  use: (pid: number, sinceMs: number) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  const servers = await Promise.all(Array.from({ length: serverCount }, serve));
  const lines = Array.from({ length: serverCount * each }, (_, index) =>
    line(index, servers[index % serverCount]!.url),
  );
  writeFileSync(join(folder, 'channels.yaml'), `channels:\n${lines.join('\n')}\n`);
  const from = performance.now();
  const args = [DOOR, 'up', join(folder, 'channels.yaml'), '--listen', '127.0.0.1:0'];
  const weir: ChildProcess = spawn(process.execPath, args, { stdio: 'ignore' });
  try {
    await Promise.all(servers.map((server) => server.taken(each)));
    return await use(weir.pid!, performance.now() - from);
  } finally {
    weir.kill('SIGTERM');
    await once(weir, 'exit');
    for (const { close } of servers) close();
    rmSync(folder, { recursive: true });
  }
}

async function withNodeRed(folder: string, channelCount: number): Promise<string> {
  const server = await serve();
  const urls = Array.from({ length: channelCount }, (_, index) => `${server.url}/channel/${index}`);
  const nodeRed = startNodeRed(folder, urls);
  try {
    const ended = once(nodeRed, 'exit').then(() => 'ended');
    const taken = server.taken(channelCount).then(() => 'taken');
    if ((await Promise.race([ended, taken])) === 'ended') return 'ended at once';
    return await restOf(nodeRed.pid!);
  } finally {
    nodeRed.kill('SIGKILL');
    server.close();
  }
}

/** A server that accepts every connection and every RTM subscription, and sends nothing of its own. */
async function serve() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  let count = 0;
  let wake = () => {};
  const take = () => {
    count += 1;
    wake();
  };
  server.on('connection', (socket, { url }) => {
    // These are channels themselves; the others subscribe.
    if (url?.startsWith('/channel/')) take();
    socket.on('message', (data) => {
      const { id, body } = JSON.parse(data.toString());
      const answer = { subscription_id: body.channel, position: '1700000000:0' };
      socket.send(JSON.stringify({ action: 'rtm/subscribe/ok', id, body: answer }));
      take();
    });
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Resolves when so many channels are connected or subscribed. */
    async taken(wanted: number) {
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
