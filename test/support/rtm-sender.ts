// An RTM server that shares no code with Weir: accepts every subscription and sends what it is told to.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';

export interface RtmSender {
  readonly url: string;
  /** Connections accepted so far, and those that are open. */
  readonly accepted: number;
  /** Subscribed RTM channels, by name, to the socket that asked. */
  readonly subscribers: ReadonlyMap<string, WebSocket>;
  /** Sends one data PDU whose messages are already JSON. */
  send(channel: string, messages: readonly string[]): void;
  /** Resolves when the reader has handled everything that was sent on this channel's connection. */
  handled(channel: string): Promise<void>;
}

export async function startRtmSender(context: TestContext): Promise<RtmSender> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  context.after(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const subscribers = new Map<string, WebSocket>();
  const nextIndex = new Map<string, number>();
  let accepted = 0;
  server.on('connection', (socket) => {
    accepted += 1;
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const { id, body } = JSON.parse(data.toString());
      subscribers.set(body.channel, socket);
      const position = `1700000000:${nextIndex.get(body.channel) ?? 0}`;
      const answer = { subscription_id: body.channel, position };
      socket.send(JSON.stringify({ action: 'rtm/subscribe/ok', id, body: answer }));
    });
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get accepted() {
      return accepted;
    },
    subscribers,
    send(channel, messages) {
      const index = (nextIndex.get(channel) ?? 0) + messages.length;
      nextIndex.set(channel, index);
      subscribers
        .get(channel)!
        .send(
          `{"action":"rtm/subscription/data","body":{"position":"1700000000:${index}","messages":[${messages.join(',')}],"subscription_id":${JSON.stringify(channel)}}}`,
        );
    },
    async handled(channel) {
      const socket = subscribers.get(channel)!;
      const pong = once(socket, 'pong');
      socket.ping();
      await pong;
    },
  };
}
