/**
 * The messages a channel keeps: JSON text, in order, under dense indexes, bounded by count and age.
 */
import assert from 'node:assert/strict';

/**
 * What one kept message costs beside its text, in bytes. An estimate, so that empty messages are
 * bounded too.
 */
export const ENTRY_BYTES = 100;

/** How many slots of forgotten messages are let stand before the array is cut. */
const SLACK_MIN = 1_024;

/** What every log keeps, and the sum over all logs that share it. */
export interface Retention {
  readonly messageCountMax: number;
  readonly ageMsMax: number;
  /** Bytes kept by all logs together. Each log adds and takes away its own. */
  keptBytes: number;
}

/** One kept message. */
export interface Entry {
  /** The message as JSON text: serialised once, for all readers. */
  readonly text: string;
  /** When it was published, Unix milliseconds. Never before the message ahead of it. */
  readonly at: number;
  /** The length of `text` in UTF-8. */
  readonly bytes: number;
}

export class MessageLog {
  readonly #retention: Retention;
  /** Slots before `#start` are forgotten messages, already released. */
  #slots: (Entry | undefined)[] = [];
  #start = 0;
  #firstIndex = 0;
  #bytes = 0;

  constructor(retention: Retention) {
    this.#retention = retention;
  }

  /** The index of the oldest kept message; equal to `nextIndex` when none is kept. */
  get firstIndex(): number {
    return this.#firstIndex;
  }

  /** The index that the next message will get. */
  get nextIndex(): number {
    return this.#firstIndex + this.count;
  }

  /** How many messages are kept. */
  get count(): number {
    return this.#slots.length - this.#start;
  }

  /** What the kept messages cost. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The youngest message, or null when none is kept. */
  get last(): Entry | null {
    return this.#slots.at(-1) ?? null;
  }

  /** The message at `index`. The caller has checked that it is kept. */
  entry(index: number): Entry {
    const entry = this.#slots[this.#start + index - this.#firstIndex];
    assert(entry, `message ${index} is not kept`);
    return entry;
  }

  /**
   * Keeps a message that was published at `at` (Unix ms), and forgets what is over the bounds. Its
   * index.
   */
  append(text: string, at: number): number {
    const bytes = Buffer.byteLength(text);
    const index = this.nextIndex;
    // A wall clock that steps back must not break the order that `indexSince` searches.
    this.#slots.push({ text, at: Math.max(at, this.last?.at ?? at), bytes });
    this.#count(bytes + ENTRY_BYTES);
    this.trimTo(this.nextIndex - this.#retention.messageCountMax);
    this.expire(at);
    return index;
  }

  /** Forgets what is older than the retention at `now` (Unix ms), except the last message. */
  expire(now: number): void {
    const oldest = now - this.#retention.ageMsMax;
    while (this.count > 1 && this.entry(this.#firstIndex).at < oldest) this.#forget();
    this.#cut();
  }

  /** Forgets every message before `index`. */
  trimTo(index: number): void {
    while (this.#firstIndex < index && this.count > 0) this.#forget();
    this.#cut();
  }

  /** The index of the first kept message that was published at or after `at` (Unix ms). */
  indexSince(at: number): number {
    let low = this.#firstIndex;
    let high = this.nextIndex;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.entry(middle).at < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #forget(): void {
    this.#count(-this.entry(this.#firstIndex).bytes - ENTRY_BYTES);
    this.#slots[this.#start] = undefined;
    this.#start += 1;
    this.#firstIndex += 1;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#retention.keptBytes += bytes;
  }

  /** Cutting only when half the array is forgotten keeps the cost of a message constant. */
  #cut(): void {
    if (this.#start < SLACK_MIN || this.#start * 2 < this.#slots.length) return;
    this.#slots = this.#slots.slice(this.#start);
    this.#start = 0;
  }
}
