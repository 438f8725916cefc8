/** Pings of one connection: those that Weir answers, and those that it sends to know that all before has come. */
import { WebSocket } from 'ws';

export class Pings {
  /** Each waits for the pong to its ping. */
  readonly #barriers = new Map<string, () => void>();
  #barrierCount = 0;
  /** What the newest ping of this turn carried; null where all are answered. */
  #owedPong: Buffer | null = null;

  /**
   * Calls `passed` once what the peer was about to send has come: it answers a ping in its turn (RFC 6455 §5.5.3).
   * A socket that is lost before passes no barrier; nor does a peer that does not answer pings.
   */
  barrier(socket: WebSocket | null, passed: () => void): void {
    if (socket?.readyState !== WebSocket.OPEN) return;
    this.#barrierCount += 1;
    const name = `barrier ${this.#barrierCount}`;
    this.#barriers.set(name, passed);
    socket.ping(name);
  }

  /** A pong has come that carries this. */
  ponged(data: Buffer): void {
    const name = data.toString('utf8');
    const passed = this.#barriers.get(name);
    this.#barriers.delete(name);
    passed?.();
  }

  /** The socket is gone: its barriers are passed by nobody. */
  forget(): void {
    this.#barriers.clear();
  }

  /**
   * Answers a ping at the end of this turn: of several that have piled up, the newest (RFC 6455 §5.5.3). `ws` would answer
   * each, and give the link up where there are too many.
   */
  answer(socket: WebSocket, data: Buffer): void {
    const owed = this.#owedPong !== null;
    this.#owedPong = data;
    if (owed) return;
    queueMicrotask(() => {
      const newest = this.#owedPong;
      this.#owedPong = null;
      if (newest !== null && socket.readyState === WebSocket.OPEN) socket.pong(newest);
    });
  }
}
