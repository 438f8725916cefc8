/**
 * The intake of one channel: what of a frame's messages is new, what was lost before them, and the position after.
 *
 * Joins event times, sequence numbers and cursor. The position is a small JSON text of what both of the latter need
 * to go on after a restart.
 */

import { compileEventTime } from '../event-time.ts';
import type { FeedSink } from '../feed.ts';
import { Cursor, type CursorPoint } from './cursor.ts';
import type { WebsocketOptions } from './options.ts';
import { Sequence } from './sequence.ts';

/** Longest position with the ids of all streams in it; beyond it they are left out. */
const POSITION_LENGTH_MAX = 500;

interface Position {
  readonly cursor?: CursorPoint;
  readonly ids?: Readonly<Record<string, number>>;
}

export class Intake {
  readonly #sink: FeedSink;
  readonly #now: () => number;
  readonly #timeOf: ((message: unknown) => number | null) | null;
  readonly #sequence: Sequence | null;
  readonly #cursor: Cursor | null;
  /** What comes was sent before the link came up. */
  replaying = false;

  /** `now` in Unix milliseconds. */
  constructor(options: WebsocketOptions, sink: FeedSink, now: () => number) {
    this.#sink = sink;
    this.#now = now;
    this.#timeOf = compileEventTime(options.time);
    this.#sequence = options.sequence ? new Sequence(options.sequence) : null;
    this.#cursor = options.cursor ? new Cursor(options.cursor) : null;
  }

  /** Where the next connection shall go on: the parameter to ask with, if there is a cursor to ask for. */
  resumeAt(): { readonly param: string; readonly value: string } | null {
    if (!this.#cursor) return null;
    const { cursor: point } = parsePosition(this.#sink.position);
    if (!point) return null;
    this.#cursor.resume(point);
    return { param: this.#cursor.options.param, value: point.at };
  }

  /** The link is up: numbers go on from where the position has them. */
  takeUp(): void {
    if (!this.#sequence) return;
    const { ids } = parsePosition(this.#sink.position);
    if (ids) this.#sequence.resume(ids);
  }

  /** Hands the messages of one frame on. */
  take(messages: readonly unknown[]): void {
    const fresh =
      this.#sequence || this.#cursor ? messages.filter((one) => this.#isNew(one)) : messages;
    const repeated = messages.length - fresh.length;
    if (repeated > 0) this.#sink.duplicate(repeated, null);
    if (fresh.length === 0) return;
    const about = {
      replayed: this.replaying,
      ...(this.#timeOf ? { times: fresh.map(this.#timeOf) } : {}),
    };
    this.#sink.messages(fresh, this.#position(), about);
  }

  #isNew(message: unknown): boolean {
    // Both look at every message, so that both know how far the feed has come.
    const cursor = this.#cursor?.take(message);
    if (!this.#sequence) {
      if (cursor?.doubt)
        this.#missed(null, 'the feed did not go on at the cursor it was asked for');
      return cursor?.repeated !== true;
    }
    const verdict = this.#sequence.take(message, this.#now());
    if (verdict === null) {
      this.#sink.note('feed-error', 'a message has no sequence number; it is counted as it comes');
      return cursor?.repeated !== true;
    }
    if (verdict.kind === 'found') this.#sink.found(1, verdict.bookedAt);
    if (verdict.kind === 'new' && verdict.missed === null) {
      this.#missed(null, 'the sequence numbers start anew');
    } else if (verdict.kind === 'new' && verdict.missed! > 0) {
      this.#missed(verdict.missed, 'the sequence numbers jump');
    }
    return verdict.kind !== 'duplicate';
  }

  #missed(count: number | null, detail: string): void {
    this.#sink.missed(count, detail, null);
  }

  #position(): string | null {
    const cursor = this.#cursor?.point;
    const ids = this.#sequence?.lastIds;
    if (!cursor && !ids) return null;
    const text = JSON.stringify({ ...(cursor ? { cursor } : {}), ...(ids ? { ids } : {}) });
    if (text.length <= POSITION_LENGTH_MAX) return text;
    return cursor ? JSON.stringify({ cursor }) : null;
  }
}

/** A position of this feed; one of another kind of feed, after channels.yaml was changed, is none. */
function parsePosition(text: string | null): Position {
  try {
    const value: unknown = text === null ? null : JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // What follows: the feed starts at its present end, as for the first time.
    return {};
  }
}
