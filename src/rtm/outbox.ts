/**
 * The sending half of a connection. Nothing queues up here: replies stop further reading when they
 * are not taken, and subscriptions are asked for their next PDU only while the socket has room.
 */
import { WebSocket } from 'ws';
import type { Subscription } from './subscription.ts';

/** Above this many unsent bytes no further data is taken, and no further request is read. */
export const UNSENT_BYTES_MAX = 262_144;

/**
 * Above this many unsent bytes the connection is given up: requests already received may ask for
 * large replies.
 */
export const UNSENT_BYTES_SHED = 16_777_216;

/** How many data PDUs one connection may send before others get their turn. */
const PDUS_PER_TURN_MAX = 16;

/** Pings that wait for an answer; the oldest go first. */
const PINGS_MAX = 100;

/** What the outbox needs of a WebSocket. */
export type Socket = Pick<
  WebSocket,
  'readyState' | 'bufferedAmount' | 'isPaused' | 'send' | 'pong' | 'pause' | 'resume' | 'terminate'
>;

export class Outbox {
  readonly #socket: Socket;
  readonly #shed: () => void;
  /** Who may have something to send, in the order of their turns. */
  readonly #ready = new Set<Subscription>();
  #pumpAhead = false;
  /** Pings that are answered once what is ready now has been sent. */
  #pings: Buffer[] = [];
  /** The socket is full; the next completed send goes on. */
  #full = false;

  /** `shed` is called before the connection is terminated for not reading its replies. */
  constructor(socket: Socket, shed: () => void) {
    this.#socket = socket;
    this.#shed = shed;
  }

  /** Sends a reply at once. */
  reply(pdu: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > UNSENT_BYTES_SHED) {
      this.#shed();
      this.#socket.terminate();
      return;
    }
    this.#send(pdu);
    if (this.#socket.bufferedAmount > UNSENT_BYTES_MAX) this.#socket.pause();
  }

  /**
   * Answers a ping in its turn: after what subscriptions have to send, so that a client that asks after subscribing
   * knows when it has caught up. One that sends pings without reading is answered as often as fits.
   */
  pong(data: Buffer): void {
    this.#pings.push(data);
    if (this.#pings.length > PINGS_MAX) this.#pings.shift();
    if (this.#ready.size > 0) this.#pumpSoon();
    else this.#answerPings();
  }

  /** `subscription` may have something to send: sends it, as far as there is room. */
  wake(subscription: Subscription): void {
    this.#ready.add(subscription);
    if (!this.#full && !this.#pumpAhead) this.#pump();
  }

  /**
   * As `wake`, but in the next turn of the event loop: the reply to the present request goes first.
   */
  wakeSoon(subscription: Subscription): void {
    this.#ready.add(subscription);
    this.#pumpSoon();
  }

  /** `subscription` has ended. */
  forget(subscription: Subscription): void {
    this.#ready.delete(subscription);
  }

  /**
   * Sends in turns: each subscription one PDU, until none has more, or the socket is full, or
   * others must go first.
   */
  #pump(): void {
    let pduCount = 0;
    for (const subscription of this.#ready) {
      if (this.#socket.readyState !== WebSocket.OPEN) return;
      this.#full = this.#socket.bufferedAmount > UNSENT_BYTES_MAX;
      if (this.#full) return;
      if (pduCount === PDUS_PER_TURN_MAX) {
        this.#pumpSoon();
        return;
      }
      this.#ready.delete(subscription);
      const pdu = subscription.take();
      if (pdu === null) continue;
      this.#ready.add(subscription);
      this.#send(pdu);
      pduCount += 1;
    }
    this.#answerPings();
  }

  #answerPings(): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    for (const data of this.#pings.splice(0)) this.#socket.pong(data);
  }

  #pumpSoon(): void {
    if (this.#pumpAhead) return;
    this.#pumpAhead = true;
    setImmediate(() => {
      this.#pumpAhead = false;
      this.#pump();
    });
  }

  #send(pdu: string): void {
    this.#socket.send(pdu, () => this.#sent());
  }

  /** Called when a PDU has left, or cannot leave any more. */
  #sent(): void {
    if (this.#socket.bufferedAmount > UNSENT_BYTES_MAX) return;
    if (this.#socket.isPaused) this.#socket.resume();
    if (!this.#full) return;
    this.#full = false;
    this.#pump();
  }
}
