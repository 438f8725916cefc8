/** The sending side of the bench, a process of its own: an RTM server that sends as fast as the reader takes. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

const [perFrame, messageCount] = process.argv.slice(2).map(Number) as [number, number];
/** About 200 bytes, as a trade or a vehicle position has. */
const MESSAGE = JSON.stringify({
  id: 123_456_789,
  symbol: 'BTC-USD',
  side: 'buy',
  price: '67123.45',
  size: '0.01234567',
  time: '2026-11-21T14:05:00.123456Z',
  note: 'a "quoted" text, with [brackets] and {braces}, to be like real ones',
});
/** Unsent bytes above which the sender waits for the reader. */
const BUFFER_BYTES_MAX = 4 * 1_048_576;

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
process.send!({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` });

server.on('connection', async (socket) => {
  const [data] = await once(socket, 'message');
  const { id, body } = JSON.parse(data.toString());
  const answer = { subscription_id: body.channel, position: '1700000000:0' };
  socket.send(JSON.stringify({ action: 'rtm/subscribe/ok', id, body: answer }));
  await sendAll(socket, body.channel);
});

async function sendAll(socket: WebSocket, channel: string): Promise<void> {
  const messages = `[${Array(perFrame).fill(MESSAGE).join(',')}]`;
  for (let index = perFrame; index <= messageCount; index += perFrame) {
    socket.send(
      `{"action":"rtm/subscription/data","body":{"position":"1700000000:${index}","messages":${messages},"subscription_id":"${channel}"}}`,
    );
    if (socket.bufferedAmount < BUFFER_BYTES_MAX) continue;
    while (socket.bufferedAmount > BUFFER_BYTES_MAX / 4)
      await new Promise((turn) => setImmediate(turn));
  }
}
