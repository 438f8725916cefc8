/**
 * A channel: its log, its readers, and the waking of the readers. Publishing costs the same for any
 * number of them.
 */
import { MessageLog, type Retention } from './message-log.ts';
import { formatPosition, type Position } from './position.ts';

/** The most messages in one data PDU, and the most that wait to be offered to the readers. */
export const BATCH_MESSAGES_MAX = 256;

/**
 * The size at which a data PDU is full, in bytes of message text. A single larger message travels
 * alone.
 */
export const BATCH_BYTES_MAX = 65_536;

/** Somebody who wants to know that a channel has new messages. */
export interface Reader {
  /** Called after messages were published. Must not publish. */
  wake(): void;
}

export class Channel {
  readonly name: string;
  readonly generation: number;
  readonly log: MessageLog;
  readonly readers = new Set<Reader>();
  readonly #batchMessagesMax: number;
  #waitingMessages = 0;
  #waitingBytes = 0;
  #wakeAhead = false;

  constructor(name: string, generation: number, retention: Retention) {
    this.name = name;
    this.generation = generation;
    this.log = new MessageLog(retention);
    // Readers must be offered messages before the log, if it is short, forgets them.
    this.#batchMessagesMax = Math.min(BATCH_MESSAGES_MAX, Math.ceil(retention.messageCountMax / 2));
  }

  /** The text of the position of the message at `index`. */
  position(index: number): string {
    return formatPosition({ generation: this.generation, index });
  }

  /**
   * Appends a message (JSON text) published at `at` (Unix ms), and returns its own index. Readers
   * are woken in the next turn of the event loop, so that messages which arrive together leave
   * together; at once when a batch is full.
   */
  append(text: string, at: number): number {
    const index = this.log.append(text, at);
    if (this.readers.size === 0) return index;
    this.#waitingMessages += 1;
    this.#waitingBytes += this.log.entry(index).bytes;
    if (this.#waitingMessages >= this.#batchMessagesMax || this.#waitingBytes >= BATCH_BYTES_MAX) {
      this.#wakeReaders();
    } else if (!this.#wakeAhead) {
      this.#wakeAhead = true;
      setImmediate(() => {
        this.#wakeAhead = false;
        this.#wakeReaders();
      });
    }
    return index;
  }

  /**
   * Where a reader stands who asks for `position`: the index, or null when this log cannot have
   * issued it or no longer knows it - another generation, or an index that is still to come.
   */
  indexOf(position: Position): number | null {
    if (position.generation === 0 && position.index === 0 && this.log.firstIndex === 0) return 0;
    if (position.generation !== this.generation) return null;
    return position.index <= this.log.nextIndex ? position.index : null;
  }

  #wakeReaders(): void {
    if (this.#waitingMessages === 0) return;
    this.#waitingMessages = 0;
    this.#waitingBytes = 0;
    for (const reader of this.readers) reader.wake();
  }
}
