/**
 * What many channels cost a whole Weir, in a process of its own: how long 500 take to start, what 100 quiet ones
 * use. Reads /proc, so it needs Linux.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';

const DOOR = fileURLToPath(new URL('../bin/weir.mjs', import.meta.url));
const SETTLE_MS = 8_000;
const MEASURE_SECONDS = 30;
/** Clock ticks a second in /proc/PID/stat; the same on every Linux that Node runs on. */
const TICKS = 100;

export async function idle(print: (line: string) => void): Promise<void> {
  // The first start fills the compile cache, as the first start of a user does.
  await withWeir(1, 1, async () => {});
  const startMs = await withWeir(500, 20, async (_pid, sinceMs) => sinceMs);
  print(
    `500 channels on 20 connections, from starting the process to all subscribed: ${Math.round(startMs)} ms`,
  );
  await withWeir(100, 5, async (pid) => {
    await sleep(SETTLE_MS);
    const before = cpuSeconds(pid);
    await sleep(MEASURE_SECONDS * 1_000);
    const share = (cpuSeconds(pid) - before) / MEASURE_SECONDS;
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const megabytes = Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1_024;
    print(
      `100 quiet channels over ${MEASURE_SECONDS} s: ${(share * 100).toFixed(2)} % of one core, ${Math.round(megabytes)} MiB resident`,
    );
  });
}

async function withWeir<T>(
  channelCount: number,
  connectionCount: number,
  use: (pid: number, sinceMs: number) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  const servers = await Promise.all(Array.from({ length: connectionCount }, serve));
  const lines = Array.from({ length: channelCount }, (_, index) => {
    const { url } = servers[index % connectionCount]!;
    return `  c${index}: { feed: { kind: satori, url: "${url}", appkey: k } }`;
  });
  writeFileSync(join(folder, 'channels.yaml'), `channels:\n${lines.join('\n')}\n`);
  const from = performance.now();
  const args = [DOOR, 'up', join(folder, 'channels.yaml'), '--listen', '127.0.0.1:0'];
  const weir: ChildProcess = spawn(process.execPath, args, { stdio: 'ignore' });
  try {
    await Promise.all(servers.map((server) => server.subscribed(channelCount / connectionCount)));
    return await use(weir.pid!, performance.now() - from);
  } finally {
    weir.kill('SIGTERM');
    await once(weir, 'exit');
    for (const { close } of servers) close();
    rmSync(folder, { recursive: true });
  }
}

/** User and system time of all threads. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** An RTM server that accepts every subscription and sends nothing. */
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
