/** The sending side of the close bench, a process of its own: every key of every channel gets a message each second. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

const keyCount = Number(process.argv[2]);
/** Each channel's keys take turns, a tenth of them at a time. */
const TURNS = 10;
/** So do the channels within a turn: a hundredth of a second's messages every 10 ms, as different sources send them. */
const PARTS = 10;

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
process.send!({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` });
process.on('disconnect', () => process.exit(0));

const subscribed: { readonly socket: WebSocket; readonly channel: string }[] = [];
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { id, body } = JSON.parse(data.toString());
    const answer = { subscription_id: body.channel, position: '1700000000:0' };
    socket.send(JSON.stringify({ action: 'rtm/subscribe/ok', id, body: answer }));
    subscribed.push({ socket, channel: body.channel });
  });
});

const turns = Array.from({ length: TURNS }, (_, turn) => {
  const keys = Array.from({ length: keyCount }, (_, key) => key).filter(
    (key) => key % TURNS === turn,
  );
  return JSON.stringify(keys.map((key) => ({ route: `route-${key}`, delay: 12 })));
});

let count = 0;
setInterval(
  () => {
    const messages = turns[Math.floor(count / PARTS) % TURNS]!;
    const part = count++ % PARTS;
    if (messages === '[]') return;
    for (const { socket, channel } of subscribed.filter((_, index) => index % PARTS === part)) {
      socket.send(
        `{"action":"rtm/subscription/data","body":{"position":"1700000000:${count}","messages":${messages},"subscription_id":"${channel}"}}`,
      );
    }
  },
  1_000 / TURNS / PARTS,
);
