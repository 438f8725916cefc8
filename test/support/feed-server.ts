// A WebSocket server that does only what the test says: accepts, refuses, sends and reads frame by frame.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

export const TLS_FOLDER = join(import.meta.dirname, 'tls');

/** The answer to a handshake that is not wanted. */
export interface Refusal {
  readonly status: string;
  readonly headers?: string;
}

export interface FeedServer {
  readonly url: string;
  /** When set, each handshake is refused like this; `silent` leaves it unanswered. */
  refusal: Refusal | 'silent' | null;
  /** Handshakes that arrived, accepted or not. */
  readonly handshakeCount: number;
  /** Sockets that are open. */
  readonly openCount: number;
  /** The next connection that the test has not seen yet. */
  accept(): Promise<Peer>;
  /** Resolves when no socket is open. */
  untilEmpty(): Promise<void>;
}

export async function startFeedServer(
  context: TestContext,
  options: ServerOptions & { readonly tls?: boolean } = {},
): Promise<FeedServer> {
  const { tls = false, ...socketOptions } = options;
  const http = tls ? createTlsServer(tlsFiles()) : createServer();
  const sockets = new WebSocketServer({ noServer: true, ...socketOptions });
  const peers = new Waiting<Peer>();
  const connections = new Set<Socket>();
  const state = { refusal: null as FeedServer['refusal'], handshakeCount: 0 };
  http.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => connections.delete(socket));
  });
  http.on('tlsClientError', () => {});
  http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    state.handshakeCount += 1;
    if (state.refusal === 'silent') return;
    if (state.refusal) {
      const { status, headers = '' } = state.refusal;
      socket.end(`HTTP/1.1 ${status}\r\n${headers}connection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) =>
      peers.put(new Peer(accepted, request)),
    );
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  context.after(async () => {
    for (const connection of connections) connection.destroy();
    sockets.close();
    http.close();
    await once(http, 'close');
  });
  const { port } = http.address() as AddressInfo;
  return Object.defineProperties(state, {
    url: { value: `${tls ? 'wss' : 'ws'}://127.0.0.1:${port}` },
    openCount: { get: () => connections.size },
    accept: { value: () => peers.take() },
    untilEmpty: {
      value: async () => {
        for (const connection of connections) await once(connection, 'close');
      },
    },
  }) as unknown as FeedServer;
}

/** The server's end of one connection. */
export class Peer {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly #frames = new Waiting<string>();

  constructor(socket: WebSocket, request: IncomingMessage) {
    this.socket = socket;
    this.request = request;
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => this.#frames.put(data.toString('utf8')));
  }

  /** The next text that the feed sent. */
  next(): Promise<string> {
    return this.#frames.take();
  }

  /** Texts that have arrived and were not looked at. */
  get unread(): readonly string[] {
    return this.#frames.items;
  }

  send(...frames: (string | Buffer | object)[]): void {
    for (const frame of frames) {
      const raw = typeof frame === 'string' || Buffer.isBuffer(frame);
      this.socket.send(raw ? frame : JSON.stringify(frame));
    }
  }

  /** Resolves when the feed has read everything sent so far, and answered; what it sent before has arrived. */
  async settled(): Promise<void> {
    const pong = once(this.socket, 'pong');
    this.socket.ping();
    await pong;
  }
}

/** A queue whose reader waits. */
class Waiting<T> {
  readonly items: T[] = [];
  readonly #readers: ((item: T) => void)[] = [];

  put(item: T): void {
    const reader = this.#readers.shift();
    if (reader) reader(item);
    else this.items.push(item);
  }

  take(): Promise<T> {
    if (this.items.length > 0) return Promise.resolve(this.items.shift()!);
    return new Promise((resolve) => this.#readers.push(resolve));
  }
}

function tlsFiles() {
  return {
    key: readFileSync(join(TLS_FOLDER, 'server-key.pem')),
    cert: readFileSync(join(TLS_FOLDER, 'server.pem')),
  };
}
