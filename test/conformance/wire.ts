// WebSocket by hand (RFC 6455): frames are written and read byte by byte, so that any mistake can be sent on purpose.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export const OP = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  readonly op: number;
  readonly payload: Buffer;
  readonly fin?: boolean;
  /** The three reserved bits: 4, 2, 1. */
  readonly rsv?: number;
}

/** A frame as bytes. Clients mask what they send. */
export function frameBytes({ op, payload, fin = true, rsv = 0 }: Frame, masked: boolean): Buffer {
  const { length } = payload;
  const size = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + size);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | op;
  head[1] = (masked ? 0x80 : 0) | (size === 0 ? length : size === 2 ? 126 : 127);
  if (size === 2) head.writeUInt16BE(length, 2);
  if (size === 8) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, payload]);
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, unmasked(payload, mask)]);
}

function unmasked(payload: Buffer, mask: Buffer): Buffer {
  const plain = Buffer.allocUnsafe(payload.length);
  for (let at = 0; at < payload.length; at++) plain[at] = payload[at]! ^ mask[at & 3]!;
  return plain;
}

/** The frame at the start of the bytes and its length there; null while it is not whole. */
function readFrame(bytes: Buffer): { readonly frame: Frame; readonly length: number } | null {
  if (bytes.length < 2) return null;
  const short = bytes[1]! & 0x7f;
  const size = short < 126 ? 0 : short === 126 ? 2 : 8;
  const masked = (bytes[1]! & 0x80) !== 0;
  const start = 2 + size + (masked ? 4 : 0);
  if (bytes.length < start) return null;
  const length =
    size === 0 ? short : size === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + length) return null;
  const payload = bytes.subarray(start, start + length);
  const plain = masked ? unmasked(payload, bytes.subarray(start - 4, start)) : payload;
  const [first] = bytes;
  const frame = {
    op: first! & 15,
    fin: first! >= 128,
    rsv: (first! >> 4) & 7,
    payload: Buffer.from(plain),
  };
  return { frame, length: start + length };
}

/** One end of a connection after its handshake. */
export class Wire {
  /** Of the peer, until the empty line. */
  readonly head: string;
  readonly #socket: Socket;
  readonly #masked: boolean;
  readonly #frames: Frame[] = [];
  #bytes: Buffer;
  #ended = false;
  #wake: () => void = () => {};

  constructor(socket: Socket, head: string, rest: Buffer, masked: boolean) {
    this.head = head;
    this.#socket = socket;
    this.#masked = masked;
    this.#bytes = rest;
    socket.on('data', (data: Buffer) => this.#read(data));
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    this.#read(Buffer.alloc(0));
  }

  /** Sends frames, in pieces of `chop` bytes if told so, and as one otherwise. */
  send(frames: readonly Frame[], chop: number | null = null): void {
    const bytes = Buffer.concat(frames.map((frame) => frameBytes(frame, this.#masked)));
    if (!this.#socket.writable) return;
    if (chop === null) this.#socket.write(bytes);
    else
      for (let at = 0; at < bytes.length; at += chop)
        this.#socket.write(bytes.subarray(at, at + chop));
  }

  /** The next frame of the peer; null when it is gone. */
  async next(): Promise<Frame | null> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame) return frame;
      if (this.#ended) return null;
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  /** Ends our half, as a server does after a closing handshake. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(data: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? data : Buffer.concat([this.#bytes, data]);
    for (let read = readFrame(this.#bytes); read; read = readFrame(this.#bytes)) {
      this.#frames.push(read.frame);
      this.#bytes = this.#bytes.subarray(read.length);
    }
    this.#wake();
  }
}

/** A server that answers each handshake, with the extensions that `extensions` picks from the request. */
export async function listenByHand(extensions: (request: string) => string | null = () => null) {
  const wires: Wire[] = [];
  let arrived: () => void = () => {};
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => {});
    readHead(socket, (head, rest) => {
      const answer = extensions(head);
      const lines = [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${acceptKey(header(head, 'sec-websocket-key')!)}`,
        ...(answer === null ? [] : [`Sec-WebSocket-Extensions: ${answer}`]),
      ];
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      wires.push(new Wire(socket, head, rest, false));
      arrived();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async accept(): Promise<Wire> {
      while (wires.length === 0) {
        await new Promise<void>((done) => {
          arrived = done;
        });
      }
      return wires.shift()!;
    },
    async close(): Promise<void> {
      server.close();
      await once(server, 'close');
    },
  };
}

/** A client that shakes hands, offering `offer` as extensions. */
export async function connectByHand(address: string, offer: string | null = null): Promise<Wire> {
  const url = new URL(address);
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  socket.on('error', () => {});
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    ...(offer === null ? [] : [`Sec-WebSocket-Extensions: ${offer}`]),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return new Promise((done) =>
    readHead(socket, (head, rest) => done(new Wire(socket, head, rest, true))),
  );
}

/** The value of a header in a request's or an answer's head; null if there is none. */
export function header(head: string, name: string): string | null {
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? null;
}

function readHead(socket: Socket, done: (head: string, rest: Buffer) => void): void {
  let bytes = Buffer.alloc(0);
  const read = (data: Buffer) => {
    bytes = Buffer.concat([bytes, data]);
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return;
    socket.off('data', read);
    done(bytes.toString('latin1', 0, end), bytes.subarray(end + 4));
  };
  socket.on('data', read);
}

function acceptKey(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}
