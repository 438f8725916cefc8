/**
 * A WebSocket that comes back: connects, watches for life, and connects anew with backoff until it is closed.
 *
 * It owns the socket and hands frames up; what they mean is the feed's affair. Frames of a socket that was
 * given up are discarded, so nothing is counted twice.
 */
import { WebSocket } from 'ws';
import { parseDuration } from '../model/interval.ts';
import { EXCERPT_LENGTH_MAX } from '../model/redaction.ts';
import type { TapLink } from '../tap/index.ts';
import { TapSocket } from '../tap/tap-socket.ts';
import { Backoff, type BackoffBounds } from './backoff.ts';
import type { ConnectionOptions } from './connection-options.ts';
import type { FeedDeps } from './feed.ts';
import { Pings } from './pings.ts';
import { newSocket, refusal, type SocketPlan } from './socket.ts';

/** The code of a close without a closing handshake (RFC 6455 §7.4.1). */
const ABNORMAL = 1006;
/** How long a closing handshake may take before the socket is torn down. */
const CLOSE_MS_MAX = 1_000;
/** A link that the feed was content with, and that lived this long, was a good one: the next failure waits little again. */
const GOOD_MS = 5_000;
/** Proof of life is told to many channels, so not for every frame. */
const ALIVE_MS = 100;

/** What a connection tells its feed. `open` comes before the first `frame`; `down` after the last. */
export interface ConnectionEvents {
  open(): void;
  frame(data: Buffer, isBinary: boolean): void;
  /** Something arrived that proves the link alive. Told at most every `ALIVE_MS`, whatever comes. */
  alive(): void;
  /**
   * The socket is gone, or could not be had; `detail` says why. `proven`: the peer said goodbye, so the link lived
   * until now. The next try comes by itself, in `retryMs`; null when it was closed for good.
   */
  down(detail: string, proven: boolean, retryMs: number | null): void;
}

/** What a feed adds to the options of its connection. */
export interface ConnectionPlan extends SocketPlan {
  readonly ping: PingPolicy | null;
  /** Counts frames before they come here; null where none can be. It is closed with the connection. */
  readonly tap?: TapLink | null;
}

/** How to ask a quiet link whether it lives. */
export interface PingPolicy {
  readonly everyMs: number;
  /** A text to send; null for the protocol's own ping. */
  readonly text: string | null;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #plan: ConnectionPlan;
  readonly #events: ConnectionEvents;
  readonly #deps: FeedDeps;
  readonly #bounds: BackoffBounds;
  readonly #backoff: Backoff;
  #socket: WebSocket | null = null;
  /** Of the present socket. */
  #tap: TapSocket | null = null;
  #closed = false;
  #lastLifeMs = 0;
  #lastToldMs = Number.NEGATIVE_INFINITY;
  #lastPingMs = 0;
  #openedMs: number | null = null;
  /** Until when the feed must have been accepted by the peer, on the monotonic clock; null where it need not. */
  #acceptance: { readonly byMs: number; readonly reason: string } | null = null;
  /** Whether the feed is content with the present socket. */
  #proven = false;
  #cancelTimer: () => void = () => {};
  readonly #pings = new Pings();

  constructor(
    options: ConnectionOptions,
    plan: ConnectionPlan,
    events: ConnectionEvents,
    deps: FeedDeps,
  ) {
    this.#options = options;
    this.#plan = plan;
    this.#events = events;
    this.#deps = deps;
    const { first, most } = options.retry;
    this.#bounds = { firstMs: parseDuration(first)!, mostMs: parseDuration(most)! };
    this.#backoff = new Backoff(this.#bounds, deps.random);
    this.#connect();
  }

  /** Sends a text frame; false when there is no open socket. */
  send(text: string): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  /** The feed is content with this link. If it also lives a while, the next failure waits little again. */
  proven(): void {
    this.#proven = true;
  }

  /** Gives the present socket up, for that reason, unless the feed calls `accepted` within `handshakeTimeout`. */
  expectAcceptance(reason: string): void {
    const byMs = this.#deps.clock.elapsed() + parseDuration(this.#options.handshakeTimeout)!;
    this.#acceptance = { byMs, reason };
  }

  accepted(): void {
    this.#acceptance = null;
  }

  /**
   * Calls `passed` once what the peer was about to send has come: it answers a ping in its turn (RFC 6455 §5.5.3).
   * A socket that is lost before passes no barrier; nor does a peer that does not answer pings.
   */
  barrier(passed: () => void): void {
    this.#pings.barrier(this.#socket, passed);
  }

  /** Gives the present socket up, for a reason that people can read, and connects anew. */
  reconnect(reason: string): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#lose(socket, { detail: reason, proven: false, comeAgainMs: 0 });
    socket.terminate();
  }

  /** Ends for good. Resolves when the socket is gone; a peer that does not answer the close is cut off. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer();
    const socket = this.#socket;
    this.#socket = null;
    this.#tap?.stop();
    if (socket && socket.readyState !== WebSocket.CLOSED) await this.#end(socket);
    this.#plan.tap?.close();
  }

  async #end(socket: WebSocket): Promise<void> {
    const gone = new Promise<void>((done) => socket.once('close', () => done()));
    const cancel = this.#deps.timers.after(CLOSE_MS_MAX, () => socket.terminate());
    if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
    else socket.close(1000);
    await gone;
    cancel();
  }

  #connect(): void {
    let socket: WebSocket;
    const tap = this.#plan.tap ? new TapSocket(this.#plan.tap, () => this.#live()) : null;
    try {
      socket = newSocket(this.#plan, this.#options, this.#deps.folder, tap);
    } catch (error) {
      this.#events.down(messageOf(error), false, this.#retryLater());
      return;
    }
    this.#socket = socket;
    this.#tap = tap;
    // Of this socket alone: a superseded one must not lend its reason to the next.
    let reason: string | null = null;
    let comeAgainMs = 0;
    const current = () => this.#socket === socket;
    socket.on('open', () => {
      tap?.opened(socket.extensions);
      if (current()) this.#opened(socket);
    });
    const arrived = (take: () => void) => {
      if (current()) {
        this.#live();
        take();
      }
      tap?.answered();
    };
    socket.on('message', (data, isBinary) => {
      arrived(() => this.#events.frame(data as Buffer, isBinary));
    });
    socket.on('pong', (data) => arrived(() => this.#pings.ponged(data)));
    socket.on('ping', (data) => arrived(() => this.#pings.answer(socket, data)));
    socket.on('unexpected-response', (_request, response) => {
      ({ reason, comeAgainMs } = refusal(response, this.#deps.clock.now()));
      response.resume();
      socket.terminate();
    });
    socket.on('error', (error) => {
      reason ??= messageOf(error);
      // Nothing more is read from an open socket that failed; its peer may take long to say goodbye.
      if (current() && this.#openedMs !== null) this.reconnect(reason);
    });
    socket.on('close', (code, text) => {
      const goodbye = reason === null && code !== ABNORMAL;
      const detail = reason ?? closing(code, text.toString('utf8'));
      this.#lose(socket, { detail, proven: goodbye, comeAgainMs });
    });
    this.#expectOpen();
  }

  /** Bounds the whole of connecting: name, TCP, TLS and upgrade. */
  #expectOpen(): void {
    const { handshakeTimeout } = this.#options;
    this.#cancelTimer = this.#deps.timers.after(parseDuration(handshakeTimeout)!, () => {
      this.reconnect(`not connected within ${handshakeTimeout}`);
    });
  }

  #opened(socket: WebSocket): void {
    this.#cancelTimer();
    this.#openedMs = this.#deps.clock.elapsed();
    this.#lastLifeMs = this.#openedMs;
    this.#lastPingMs = this.#openedMs;
    this.#events.open();
    if (this.#socket === socket) this.#watch(socket);
  }

  #live(): void {
    this.#lastLifeMs = this.#deps.clock.elapsed();
    if (this.#lastLifeMs - this.#lastToldMs < ALIVE_MS) return;
    this.#lastToldMs = this.#lastLifeMs;
    this.#events.alive();
  }

  /** Wakes when the next ping, or the end of patience, is due. */
  #watch(socket: WebSocket): void {
    const silenceMs = parseDuration(this.#options.silence)!;
    const pingMs = this.#plan.ping?.everyMs ?? Number.POSITIVE_INFINITY;
    const acceptedByMs = this.#acceptance?.byMs ?? Number.POSITIVE_INFINITY;
    const dueMs = Math.min(this.#lastLifeMs + silenceMs, this.#lastPingMs + pingMs, acceptedByMs);
    const waitMs = Math.max(1, dueMs - this.#deps.clock.elapsed());
    this.#cancelTimer = this.#deps.timers.after(waitMs, () => {
      if (this.#socket !== socket) return;
      const now = this.#deps.clock.elapsed();
      if (this.#acceptance && now >= this.#acceptance.byMs) {
        this.reconnect(this.#acceptance.reason);
        return;
      }
      if (now - this.#lastLifeMs >= silenceMs) {
        this.reconnect(`no sign of life for ${this.#options.silence}`);
        return;
      }
      if (now - this.#lastPingMs >= pingMs) this.#sendPing(socket, now);
      this.#watch(socket);
    });
  }

  #sendPing(socket: WebSocket, now: number): void {
    this.#lastPingMs = now;
    const text = this.#plan.ping?.text ?? null;
    if (text !== null) this.send(text);
    else if (socket.readyState === WebSocket.OPEN) socket.ping();
  }

  /** `proven`: the peer said goodbye. `comeAgainMs`: the least wait that it asked for. */
  #lose(
    socket: WebSocket,
    {
      detail,
      proven,
      comeAgainMs,
    }: { readonly detail: string; readonly proven: boolean; readonly comeAgainMs: number },
  ): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#tap?.stop();
    this.#pings.forget();
    this.#cancelTimer();
    const lastedMs = this.#openedMs === null ? 0 : this.#deps.clock.elapsed() - this.#openedMs;
    // A link that outlived the longest wait was good, whatever came over it.
    const goodMs = this.#proven ? Math.min(GOOD_MS, this.#bounds.mostMs) : this.#bounds.mostMs;
    if (this.#openedMs !== null && lastedMs >= goodMs) this.#backoff.reset();
    this.#openedMs = null;
    this.#proven = false;
    this.#acceptance = null;
    this.#events.down(detail, proven, this.#closed ? null : this.#retryLater(comeAgainMs));
  }

  /** Returns in how many milliseconds; at least `leastMs`. */
  #retryLater(leastMs = 0): number {
    const waitMs = this.#backoff.next(leastMs);
    this.#cancelTimer = this.#deps.timers.after(waitMs, () => this.#connect());
    return waitMs;
  }
}

function closing(code: number, reason: string): string {
  const because = reason === '' ? '' : `: ${reason}`;
  return `closed with code ${code}${because}`;
}

/** An error's message; Node's connection errors to several addresses have none of their own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  return error.message.slice(0, EXCERPT_LENGTH_MAX);
}
