// What the contract suite must know of each kind of feed: its wire format, spoken from the server's side.
import type { Peer } from './feed-server.ts';

export interface Garbage {
  readonly title: string;
  readonly frame: string | Buffer;
  /** What one such frame comes to. */
  readonly malformed: number;
  readonly counted: number;
  /** Whether the feed gives the link up over it. */
  readonly reconnects: boolean;
}

export interface FeedDriver {
  readonly kind: string;
  /** Options in channels.yaml, for a server at that address. */
  options(url: string): Record<string, unknown>;
  /** Answers as a server does until the feed is subscribed. */
  welcome(peer: Peer): Promise<void>;
  /** One frame of so many messages. */
  frame(count: number): string;
  readonly garbage: readonly Garbage[];
}

const DEPTH = 100_000;
const deep = '['.repeat(DEPTH) + ']'.repeat(DEPTH);
const bytes = Buffer.from([0, 255, 254, 193, 128, 34, 123, 91, 44]);
const malformed = { malformed: 1, counted: 0, reconnects: false };
const message = { malformed: 0, counted: 1, reconnects: false };

const satori: FeedDriver = {
  kind: 'satori',
  options: (url) => ({ kind: 'satori', url, appkey: 'key', channel: 'trades' }),
  async welcome(peer) {
    const { id, body } = JSON.parse(await peer.next());
    const reply = { position: '1:0', subscription_id: body.channel };
    peer.send({ action: 'rtm/subscribe/ok', id, body: reply });
  },
  frame: (count) => dataPdu(JSON.stringify(Array.from({ length: count }, (_, n) => ({ n })))),
  garbage: [
    { title: 'bytes', frame: bytes, ...malformed },
    { title: 'a lone bracket', frame: '{', ...malformed },
    { title: 'deep nesting without end', frame: '['.repeat(DEPTH), ...malformed },
    { title: 'deep nesting that is no PDU', frame: deep, ...malformed },
    { title: 'a deep message', frame: dataPdu(`[${deep}]`), ...message },
    { title: 'a message with __proto__', frame: dataPdu('[{"__proto__":{"a":1}}]'), ...message },
    { title: 'data that is no array', frame: dataPdu('{"length":9}'), ...malformed },
    {
      title: 'data of no subscription',
      frame: '{"action":"rtm/subscription/data","body":{"subscription_id":"__proto__"}}',
      ...malformed,
    },
    { title: 'a foreign action', frame: '{"action":"a/b/c","id":{},"body":7}', ...none() },
    {
      title: 'no action, but __proto__',
      frame: '{"__proto__":{"action":"rtm/subscription/data"}}',
      ...none(),
      reconnects: true,
    },
  ],
};

const websocket: FeedDriver = {
  kind: 'websocket',
  options: (url) => ({ kind: 'websocket', url, messages: 'data' }),
  async welcome() {},
  frame: (count) => `{"data":${JSON.stringify(Array.from({ length: count }, (_, n) => ({ n })))}}`,
  garbage: [
    { title: 'bytes', frame: bytes, ...malformed },
    { title: 'a lone bracket', frame: '{', ...malformed },
    { title: 'deep nesting without end', frame: '['.repeat(DEPTH), ...malformed },
    { title: 'deep nesting without the array', frame: deep, ...malformed },
    { title: 'a deep message', frame: `{"data":[${deep}]}`, ...message },
    { title: 'a message with __proto__', frame: '{"data":[{"__proto__":1}]}', ...message },
    { title: 'an array only in __proto__', frame: '{"__proto__":{"data":[1]}}', ...malformed },
    { title: 'data that is no array', frame: '{"data":{"length":9}}', ...malformed },
  ],
};

export const feedDrivers: readonly FeedDriver[] = [satori, websocket];

function dataPdu(messages: string): string {
  return `{"action":"rtm/subscription/data","body":{"subscription_id":"trades","position":"1:9","messages":${messages}}}`;
}

function none() {
  return { malformed: 0, counted: 0, reconnects: false };
}
