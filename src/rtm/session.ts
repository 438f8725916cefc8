/** One connection: who it is, what it is subscribed to, and the way from a frame to its reply. */
import type { WebSocket } from 'ws';
import type { Channels } from './channels.ts';
import type { Counters } from './counters.ts';
import { FAULTS, type Fault } from './fault.ts';
import type { Rights } from './gate.ts';
import { OPERATIONS } from './operations.ts';
import { ANONYMOUS, RIGHT_FOR, type RoleOptions, type Verb } from './options.ts';
import { Outbox } from './outbox.ts';
import { type Answer, refuse, replyPdus, unreadablePdu } from './pdu.ts';
import { type Request, readRequest } from './request.ts';
import type { Subscription } from './subscription.ts';

/** What all connections of a server share. */
export interface World {
  readonly channels: Channels;
  readonly counters: Counters;
  readonly roles: Readonly<Record<string, RoleOptions>>;
  /** Channels that only a client with a proven role may use. */
  readonly restricted: ReadonlySet<string>;
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** A fresh nonce. */
  readonly random: () => string;
  readonly log: (line: string) => void;
}

export class Session {
  readonly world: World;
  readonly outbox: Outbox;
  readonly subscriptions = new Map<string, Subscription>();
  /** What `auth/handshake` began: the role asked for, and the nonce to be signed. */
  handshake: {
    readonly role: RoleOptions;
    readonly secret: string;
    readonly nonce: string;
  } | null = null;
  /** The proven role; null for a connection that is not authenticated. */
  role: RoleOptions | null = null;
  readonly #socket: WebSocket;
  readonly #rights: Rights;

  constructor(socket: WebSocket, rights: Rights, world: World) {
    this.#socket = socket;
    this.#rights = rights;
    this.world = world;
    this.outbox = new Outbox(socket, () => {
      world.counters.shedConnections += 1;
      world.log('RTM: a connection was terminated because it does not read its replies.');
    });
  }

  /**
   * Why this connection may not do `verb`, on `channel` where it is about one; null when it may. Without configured
   * roles, everybody may do everything that the address of the client allows.
   */
  fault(verb: Verb, channel: string | null): Fault | null {
    const foreign = this.#rights[RIGHT_FOR[verb]];
    if (foreign !== null) return { error: 'authorization_denied', reason: foreign };
    const { roles } = this.world;
    if (channel !== null && !this.mayUse(channel)) return FAULTS.unauthorized;
    if (Object.keys(roles).length === 0) return null;
    const anonymous = roles[ANONYMOUS]?.secret === undefined ? roles[ANONYMOUS] : undefined;
    const role = this.role ?? anonymous;
    const may = role !== undefined && (role.allow?.includes(verb) ?? true);
    return may ? null : FAULTS.unauthorized;
  }

  /** Whether the channel is open to this connection at all. */
  mayUse(channel: string): boolean {
    return this.role !== null || !this.world.restricted.has(channel);
  }

  /**
   * Answers one frame. Never throws: a fault of this program costs the connection, not the server.
   */
  receive(frame: Buffer): void {
    try {
      this.#receive(frame);
    } catch (error) {
      this.world.counters.internalErrors += 1;
      this.world.log(`RTM: closed a connection after an internal error: ${String(error)}.`);
      this.#socket.close(1011);
    }
  }

  /** The connection has gone. */
  end(): void {
    for (const subscription of this.subscriptions.values()) this.drop(subscription);
  }

  /** Ends a subscription; nothing of it is sent any more. */
  drop(subscription: Subscription): void {
    subscription.close();
    this.outbox.forget(subscription);
    this.subscriptions.delete(subscription.id);
  }

  #receive(frame: Buffer): void {
    const request = readRequest(frame);
    if ('fault' in request) {
      this.world.counters.malformed += 1;
      this.outbox.reply(unreadablePdu(request.id, request.fault));
      return;
    }
    this.world.counters.requests += 1;
    const answer = this.#answer(request);
    if (request.id === null) return;
    for (const pdu of replyPdus(request.action, request.id, answer)) this.outbox.reply(pdu);
  }

  #answer(request: Request): Answer {
    const service = request.action.slice(0, request.action.indexOf('/'));
    const operations = OPERATIONS.get(service);
    if (operations === undefined) {
      return refuse({ error: 'invalid_service', reason: `There is no service ${service}` });
    }
    const operation = operations.get(request.action.slice(service.length + 1));
    if (operation === undefined) {
      return refuse({ error: 'invalid_operation', reason: `There is no ${request.action}` });
    }
    const fault = operation.verb && this.fault(operation.verb, channelIn(request.body));
    if (fault) return refuse(fault);
    return operation.run(request.body, this);
  }
}

/** The channel that a body names, which may be anything; null for none. */
function channelIn(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('channel' in body)) return null;
  return typeof body.channel === 'string' ? body.channel : null;
}
