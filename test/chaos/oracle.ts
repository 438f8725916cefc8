// An RTM server that knows what it issued: numbered messages, kept for resuming, counted by the second of their time.
// It shares no code with Weir.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** Messages of one PDU at most. */
const PDU_MESSAGES_MAX = 500;
/** A socket with so many bytes waiting gets no more until they are gone. */
const BUFFERED_BYTES_MAX = 1 << 20;

interface Reader {
  readonly socket: WebSocket;
  /** Index of the next message to send. */
  next: number;
}

/** One channel: its last messages, and how many were issued in each second. */
class Topic {
  readonly readers = new Set<Reader>();
  readonly bySecond = new Map<number, number>();
  issued = 0;
  /** The messages from `first` on, as JSON. */
  kept: string[] = [];
  first = 0;

  append(count: number, at: number, keep: number): void {
    const second = Math.floor(at / 1_000);
    this.bySecond.set(second, (this.bySecond.get(second) ?? 0) + count);
    for (let i = 0; i < count; i++) this.kept.push(`{"n":${this.issued++},"at":${at}}`);
    // Trimmed in large steps, since each moves what stays.
    if (this.kept.length < 2 * keep) return;
    this.first += this.kept.length - keep;
    this.kept = this.kept.slice(-keep);
  }
}

export class Oracle {
  readonly #server: WebSocketServer;
  readonly #topics = new Map<string, Topic>();
  readonly #keep: number;
  /** Connections accepted so far. */
  accepted = 0;
  /** Messages that were told to be lost: a reader came back too late. */
  skipped = 0;

  static async start(options: { readonly keep?: number } = {}): Promise<Oracle> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
    await once(server, 'listening');
    return new Oracle(server, options.keep ?? 1_000_000);
  }

  private constructor(server: WebSocketServer, keep: number) {
    this.#server = server;
    this.#keep = keep;
    server.on('connection', (socket) => {
      this.accepted += 1;
      const readers = new Map<Topic, Reader>();
      socket.on('error', () => {});
      socket.on('message', (data) => this.#request(socket, readers, JSON.parse(data.toString())));
      socket.on('close', () => {
        for (const [topic, reader] of readers) topic.readers.delete(reader);
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Issues messages that happened `at` (Unix milliseconds). */
  publish(channel: string, count: number, at = Date.now()): void {
    const topic = this.#topic(channel);
    topic.append(count, at, this.#keep);
    for (const reader of topic.readers) this.#pump(channel, topic, reader);
  }

  /** How many messages were issued: in all, and in each second of their time. */
  issued(channel: string): {
    readonly total: number;
    readonly bySecond: ReadonlyMap<number, number>;
  } {
    const { issued, bySecond } = this.#topic(channel);
    return { total: issued, bySecond };
  }

  readerCount(channel: string): number {
    return this.#topic(channel).readers.size;
  }

  /** Whether every reader was sent everything. */
  get drained(): boolean {
    return [...this.#topics.values()].every((topic) =>
      [...topic.readers].every(
        ({ next, socket }) => next === topic.issued && socket.bufferedAmount === 0,
      ),
    );
  }

  /** Cuts every connection. */
  cutAll(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  async stop(): Promise<void> {
    this.cutAll();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  #topic(channel: string): Topic {
    let topic = this.#topics.get(channel);
    if (!topic) {
      topic = new Topic();
      this.#topics.set(channel, topic);
    }
    return topic;
  }

  #request(
    socket: WebSocket,
    readers: Map<Topic, Reader>,
    { action, id, body }: { action: string; id: number; body: Record<string, string> },
  ): void {
    if (action === 'auth/handshake') return reply(socket, action, id, { data: { nonce: 'once' } });
    if (action === 'auth/authenticate') return reply(socket, action, id, {});
    const channel = body['channel'] ?? body['subscription_id'] ?? '';
    const topic = this.#topic(channel);
    if (action === 'rtm/unsubscribe') {
      const reader = readers.get(topic);
      if (reader) topic.readers.delete(reader);
      readers.delete(topic);
      return;
    }
    if (action !== 'rtm/subscribe') return;
    const wanted =
      body['position'] === undefined ? topic.issued : Number(body['position'].split(':')[1]);
    const next = Math.max(wanted, topic.first);
    const answer = { subscription_id: channel, position: `1700000000:${next}` };
    reply(socket, action, id, answer);
    if (next > wanted) {
      this.skipped += next - wanted;
      const info = {
        info: 'fast_forward',
        reason: 'expired',
        missed_message_count: next - wanted,
        ...answer,
      };
      socket.send(JSON.stringify({ action: 'rtm/subscription/info', body: info }));
    }
    const reader = { socket, next };
    readers.set(topic, reader);
    topic.readers.add(reader);
    this.#pump(channel, topic, reader);
  }

  /** Sends what the reader has not been sent, as far as its socket takes it. */
  #pump(channel: string, topic: Topic, reader: Reader): void {
    const { socket } = reader;
    while (topic.readers.has(reader) && reader.next < topic.issued) {
      if (socket.readyState !== 1) return;
      if (socket.bufferedAmount > BUFFERED_BYTES_MAX) {
        setTimeout(() => this.#pump(channel, topic, reader), 20).unref();
        return;
      }
      if (reader.next < topic.first) return socket.terminate();
      const from = reader.next - topic.first;
      const messages = topic.kept.slice(from, from + PDU_MESSAGES_MAX);
      reader.next += messages.length;
      const name = JSON.stringify(channel);
      socket.send(
        `{"action":"rtm/subscription/data","body":{"position":"1700000000:${reader.next}","messages":[${messages.join(',')}],"subscription_id":${name}}}`,
      );
    }
  }
}

function reply(socket: WebSocket, action: string, id: number, body: object): void {
  socket.send(JSON.stringify({ action: `${action}/ok`, id, body }));
}
