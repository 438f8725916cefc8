/**
 * The sending side of the streams bench, a process of its own: messages of so many streams in turn, one a frame, each
 * with the sequence number of its stream. Given how many streams, how many messages in all, and how many a second
 * (0 for as many as are taken). It begins at the first message from its parent.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';

const [streamCount, messageCount, perSecond] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
];
const PARTS_MS = 10;
/** Sent before it waits until they are taken. */
const BURST = 5_000;

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
process.send!({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` });
process.on('disconnect', () => process.exit(0));
const told = once(process, 'message');

server.on('connection', async (socket) => {
  await told;
  const start = performance.now();
  for (let sent = 0; sent < messageCount && socket.readyState === socket.OPEN; ) {
    const due = perSecond === 0 ? sent + BURST : ((performance.now() - start) * perSecond) / 1_000;
    for (; sent < Math.min(due, messageCount); sent++) send(socket, sent);
    if (perSecond > 0) await sleep(PARTS_MS);
    else await taken(socket);
  }
});

function send(socket: WebSocket, index: number): void {
  const stream = `market-${index % streamCount}`;
  socket.send(JSON.stringify({ stream, id: 1 + Math.floor(index / streamCount), price: '1.25' }));
}

function taken(socket: WebSocket): Promise<void> {
  return new Promise((done) => socket.send('{}', () => done()));
}
