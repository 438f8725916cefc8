/**
 * A subscription holds no messages: only the index of the next one it wants from the channel's
 * shared log. A slow reader therefore costs nothing; it only falls behind, and is told exactly what
 * it missed.
 */
import { BATCH_BYTES_MAX, BATCH_MESSAGES_MAX, type Channel, type Reader } from './channel.ts';
import type { Counters } from './counters.ts';
import { FAULTS } from './fault.ts';
import { dataPdu, endedPdu, fastForwardPdu } from './pdu.ts';

export interface SubscriptionOptions {
  readonly id: string;
  readonly channel: Channel;
  /** The first message to deliver; null when the position asked for is not of this log. */
  readonly from: number | null;
  /** Whether to skip what is no longer kept, instead of ending. */
  readonly fastForward: boolean;
  /** Whether a message equal to the one before it is passed over. */
  readonly valueChanges: boolean;
}

export interface SubscriptionDeps {
  readonly counters: Counters;
  /** Called when there may be something to take. */
  readonly wake: (subscription: Subscription) => void;
  /** Called once, when the subscription ended by itself. */
  readonly ended: (subscription: Subscription) => void;
}

export class Subscription implements Reader {
  readonly id: string;
  readonly #options: SubscriptionOptions;
  readonly #deps: SubscriptionDeps;
  #next: number | null;
  /** The last delivered message, for `value_changes`. */
  #lastText: string | null = null;

  constructor(options: SubscriptionOptions, deps: SubscriptionDeps) {
    this.id = options.id;
    this.#options = options;
    this.#deps = deps;
    this.#next = options.from;
    options.channel.readers.add(this);
  }

  /** The position of the next message, as text. */
  get position(): string {
    const { channel } = this.#options;
    return channel.position(this.#next ?? channel.log.firstIndex);
  }

  wake(): void {
    this.#deps.wake(this);
  }

  /** The reader has gone. */
  close(): void {
    this.#options.channel.readers.delete(this);
  }

  /**
   * The next PDU to send, or null when the reader has everything. Called while the socket has room.
   */
  take(): string | null {
    const { log, readers } = this.#options.channel;
    if (!readers.has(this)) return null;
    if (this.#next === null || this.#next < log.firstIndex) return this.#catchUp(this.#next);
    while (this.#next < log.nextIndex) {
      const texts = this.#collect(this.#next);
      // With `value_changes` a whole batch may be passed over.
      if (texts.length === 0) continue;
      this.#deps.counters.delivered += texts.length;
      return dataPdu(this.id, this.position, texts);
    }
    return null;
  }

  /** Takes one batch of messages from `from` on, and moves on. */
  #collect(from: number): string[] {
    const { channel, valueChanges } = this.#options;
    const end = Math.min(from + BATCH_MESSAGES_MAX, channel.log.nextIndex);
    const texts: string[] = [];
    let index = from;
    for (let bytes = 0; index < end && bytes < BATCH_BYTES_MAX; index += 1) {
      const { text, bytes: size } = channel.log.entry(index);
      if (texts.length > 0 && bytes + size > BATCH_BYTES_MAX) break;
      if (valueChanges && text === this.#lastText) continue;
      if (valueChanges) this.#lastText = text;
      bytes += size;
      texts.push(text);
    }
    this.#next = index;
    return texts;
  }

  /** What the reader wants next is no longer kept. */
  #catchUp(wanted: number | null): string {
    const { channel, fastForward } = this.#options;
    const missed = wanted === null ? null : channel.log.firstIndex - wanted;
    this.#deps.counters.missed += missed ?? 0;
    if (fastForward) {
      this.#next = channel.log.firstIndex;
      return fastForwardPdu(this.id, { position: this.position, missed });
    }
    this.#deps.counters.outOfSync += 1;
    this.close();
    this.#deps.ended(this);
    return endedPdu(this.id, FAULTS.tooSlow, { position: this.position, missed });
  }
}
