// A TCP proxy that does what networks do: delays, slices, narrows, stalls, cuts in the middle, resets, refuses.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export const FAULTS = [
  'latency',
  'slices',
  'bandwidth',
  'stall',
  'cut',
  'reset',
  'refuse',
] as const;
export type Fault = (typeof FAULTS)[number];

/** A pair of sockets, and what waits on its way in each direction. */
interface Pipe {
  readonly client: Socket;
  readonly upstream: Socket;
}

export class FaultProxy {
  readonly #server: Server;
  readonly #pipes = new Set<Pipe>();
  readonly #upstreamPort: number;
  /** Numbers in [0, 1). */
  readonly #random: () => number;
  readonly #active = new Set<Fault>();
  /** How often each fault really hit something. */
  readonly fired: Record<Fault, number> = Object.fromEntries(
    FAULTS.map((fault) => [fault, 0]),
  ) as Record<Fault, number>;

  static async start(upstreamPort: number, random: () => number): Promise<FaultProxy> {
    const server = createServer({ pauseOnConnect: true });
    const proxy = new FaultProxy(server, upstreamPort, random);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  private constructor(server: Server, upstreamPort: number, random: () => number) {
    this.#server = server;
    this.#upstreamPort = upstreamPort;
    this.#random = random;
    server.on('connection', (client) => this.#accept(client));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /**
   * A reset hits every connection at once. All others last until `calm`: a cut hits each connection in the middle of
   * what it carries next, and a server that refuses is gone, so its connections end too.
   */
  begin(fault: Fault): void {
    if (fault === 'reset') this.fired.reset += this.#pipes.size;
    else this.#active.add(fault);
    if (fault === 'reset' || fault === 'refuse') for (const pipe of this.#pipes) end(pipe);
  }

  /** No faults any more. What was stalled is gone: its connections are cut, as a router forgets them. */
  calm(): void {
    const stalled = this.#active.has('stall');
    this.#active.clear();
    if (stalled) for (const pipe of this.#pipes) end(pipe);
  }

  async stop(): Promise<void> {
    for (const pipe of this.#pipes) end(pipe);
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  #accept(client: Socket): void {
    client.on('error', () => {});
    if (this.#active.has('refuse')) {
      this.fired.refuse += 1;
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(this.#upstreamPort, '127.0.0.1');
    upstream.on('error', () => {});
    const pipe = { client, upstream };
    this.#pipes.add(pipe);
    const gone = () => {
      this.#pipes.delete(pipe);
      end(pipe);
    };
    client.on('close', gone);
    upstream.on('close', gone);
    void this.#carry(pipe, client, upstream);
    void this.#carry(pipe, upstream, client);
    client.resume();
  }

  /** Carries one direction, chunk after chunk, until an end. */
  async #carry(pipe: Pipe, from: Socket, to: Socket): Promise<void> {
    try {
      for await (const chunk of from) await this.#pass(pipe, chunk as Buffer, to);
    } catch {
      // What follows: a socket that failed closes, and so does its other half.
    }
    to.end();
  }

  async #pass(pipe: Pipe, chunk: Buffer, to: Socket): Promise<void> {
    if (this.#active.has('stall')) {
      this.fired.stall += 1;
      while (this.#active.has('stall') && !to.destroyed) await pause(10);
    }
    if (this.#active.has('latency')) {
      this.fired.latency += 1;
      await pause(1 + this.#random() * 30);
    }
    if (this.#active.has('cut')) {
      this.fired.cut += 1;
      to.write(chunk.subarray(0, Math.floor(this.#random() * chunk.length)));
      await pause(1);
      end(pipe);
      return;
    }
    if (this.#active.has('bandwidth')) return await this.#narrow(chunk, to);
    if (this.#active.has('slices')) return await this.#slice(chunk, to);
    await write(to, chunk);
  }

  /** About 2 MB a second. */
  async #narrow(chunk: Buffer, to: Socket): Promise<void> {
    this.fired.bandwidth += 1;
    for (let at = 0; at < chunk.length; at += 20_000) {
      await write(to, chunk.subarray(at, at + 20_000));
      if (this.#active.has('bandwidth')) await pause(10);
    }
  }

  /** Pieces of a few bytes at first, then of whatever is left. */
  async #slice(chunk: Buffer, to: Socket): Promise<void> {
    this.fired.slices += 1;
    let at = 0;
    for (let piece = 0; piece < 20 && at < chunk.length; piece++) {
      const end = at + 1 + Math.floor(this.#random() * 40);
      await write(to, chunk.subarray(at, end));
      at = end;
      await new Promise((turn) => setImmediate(turn));
    }
    if (at < chunk.length) await write(to, chunk.subarray(at));
  }
}

function end({ client, upstream }: Pipe): void {
  for (const socket of [client, upstream]) if (!socket.destroyed) socket.resetAndDestroy();
}

async function write(to: Socket, chunk: Buffer): Promise<void> {
  if (to.destroyed || to.write(chunk)) return;
  await Promise.race([once(to, 'drain'), once(to, 'close')]);
}

async function pause(ms: number): Promise<void> {
  await new Promise<void>((done) => setTimeout(done, ms));
}
