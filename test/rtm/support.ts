/**
 * A client that collects PDUs, and servers that close themselves: for the tests of the room rtm.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import type { z } from 'zod';
import { rtmOptions } from '../../src/rtm/options.ts';
import { parsePosition } from '../../src/rtm/position.ts';
import { type RtmDeps, type RtmServer, startRtmServer } from '../../src/rtm/server.ts';
import { TEST_GATE } from '../support/gate.ts';

/** What every PDU of the server looks like; the body depends on the action. */
export interface Pdu {
  readonly action: string;
  readonly id?: string | number;
  readonly body: {
    readonly position: string;
    readonly messages: unknown[];
    readonly [field: string]: unknown;
  };
}

/**
 * A server on a free port that is closed when the test ends. Fails the test on any internal error.
 */
export async function serve(
  test: TestContext,
  options: z.input<typeof rtmOptions> = {},
  deps: Partial<RtmDeps> = {},
): Promise<RtmServer> {
  const server = await startRtmServer(rtmOptions.parse(options), {
    clock: Date.now,
    gate: () => TEST_GATE,
    ...deps,
  });
  test.after(async () => {
    await server.close();
    assert.equal(server.stats().internalErrors, 0);
  });
  return server;
}

export class Client {
  readonly socket: WebSocket;
  readonly #pdus: Pdu[] = [];
  #notify: () => void = () => {};
  #lastId = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('message', (frame: Buffer) => {
      this.#pdus.push(JSON.parse(frame.toString()));
      this.#notify();
    });
    socket.on('close', () => this.#notify());
  }

  send(pdu: unknown): void {
    this.socket.send(JSON.stringify(pdu));
  }

  /** Sends a request with a fresh id. */
  request(action: string, body: unknown): number {
    this.#lastId += 1;
    this.send({ action, id: this.#lastId, body });
    return this.#lastId;
  }

  /** The next PDU, whatever it is. */
  async next(): Promise<Pdu> {
    while (this.#pdus.length === 0) {
      assert.equal(this.socket.readyState, WebSocket.OPEN, 'the connection was closed');
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
      });
    }
    return this.#pdus.shift()!;
  }

  /** Sends a request and takes the next PDU, which must be its reply. */
  async call(action: string, body: unknown): Promise<Pdu> {
    const id = this.request(action, body);
    const reply = await this.next();
    assert.equal(reply.id, id, JSON.stringify(reply));
    return reply;
  }

  /**
   * Takes data PDUs until `count` messages have come, and checks that positions and messages agree.
   */
  async take(count: number, from: string): Promise<unknown[]> {
    const messages: unknown[] = [];
    let position = from;
    while (messages.length < count) {
      const { action, body } = await this.next();
      assert.equal(action, 'rtm/subscription/data');
      assert.equal(indexOf(body.position) - indexOf(position), body.messages.length);
      position = body.position;
      messages.push(...body.messages);
    }
    return messages;
  }

  /** Proves that nothing is on its way: the reply to a later request is the next PDU. */
  async silent(): Promise<void> {
    assert.equal((await this.call('rtm/search', { prefix: 'no-such' })).action, 'rtm/search/ok');
  }
}

/** An open connection, terminated when the test ends. */
export async function connect(
  test: TestContext,
  server: RtmServer,
  path = '/v2?appkey=demo',
): Promise<Client> {
  const socket = new WebSocket(`${server.url}${path}`, { perMessageDeflate: false });
  test.after(() => socket.terminate());
  const client = new Client(socket);
  await once(socket, 'open');
  return client;
}

/** The dense index in a position. */
export function indexOf(position: string): number {
  const parsed = parsePosition(position);
  assert(parsed, `"${position}" is a position`);
  return parsed.index;
}

/** A clock that only the test moves. */
export function fakeClock(startMs = 1_700_000_000_000): { now: number; read: () => number } {
  const clock = { now: startMs, read: () => clock.now };
  return clock;
}
