/**
 * The intake of one channel: what of a frame's messages is new, what was lost before them, and the positions after.
 *
 * Joins event times, sequence numbers and cursor.
 */
import { isFramePath } from '../../model/path.ts';
import { PathWatch } from '../../model/path-watch.ts';
import { ONE_SHARD, SHARDS_MAX, type ShardPosition } from '../../model/position.ts';
import { type ReadTime, timeReader } from '../event-time.ts';
import type { FeedSink } from '../feed.ts';
import { Cursor, readPoint, writePoint } from './cursor.ts';
import { HOLES_MAX } from './dense-stream.ts';
import type { WebsocketOptions } from './options.ts';
import { CURSOR_SHARD, fromVersion01 } from './positions.ts';
import { Sequence, STREAMS_MAX, type Unnumbered } from './sequence.ts';

const UNNUMBERED: Readonly<Record<Unnumbered, string>> = {
  'no-number': 'a message has no sequence number; it is counted as it comes',
  'no-stream': 'a message names no stream (sequence.by); it is counted as it comes',
  'too-many-streams': `there are more than ${STREAMS_MAX} numbered streams; messages of further ones are counted as they come`,
};

const NOT_CONTINUED = 'the feed did not continue at the cursor';
/** Beyond them, numbers of frames that came before the feed accepted are taken for lost. */
const EARLY_FRAMES_MAX = 1_000;

export class Intake {
  readonly #options: WebsocketOptions;
  readonly #sink: FeedSink;
  readonly #now: () => number;
  readonly #times: ReadTime | null;
  readonly #sequence: Sequence | null;
  readonly #cursor: Cursor | null;
  readonly #cursorWatch: PathWatch;
  /** Whether the connection was asked to continue at a cursor. */
  #resumed = false;
  /** Whether what the feed had sent before the connection began has come. */
  #settled = false;
  #takenUp = false;
  /** Frames that came before the feed accepted; their numbers are read once the stored positions are loaded. */
  #early: unknown[] | null = null;

  /** `now` in Unix milliseconds. */
  constructor(options: WebsocketOptions, sink: FeedSink, now: () => number) {
    this.#options = options;
    this.#sink = sink;
    this.#now = now;
    this.#times = timeReader(options.time);
    this.#sequence = options.sequence ? new Sequence(options.sequence) : null;
    this.#cursor = options.cursor ? new Cursor(options.cursor) : null;
    const path = JSON.stringify(options.cursor?.path ?? '');
    this.#cursorWatch = new PathWatch(`cursor.path ${path}`, (...note) => sink.note(...note));
  }

  /** The parameter with which the next connection shall continue, if there is a cursor to ask for. */
  resumeAt(): { readonly param: string; readonly value: string } | null {
    this.#resumed = false;
    if (!this.#cursor) return null;
    const stored = this.#sink.position(CURSOR_SHARD) ?? new Map(this.#former).get(CURSOR_SHARD);
    const point = typeof stored === 'string' ? readPoint(stored) : this.#cursor.point;
    if (point === null) return null;
    this.#resumed = true;
    return { param: this.#cursor.options.param, value: this.#cursor.resume(point) };
  }

  /** A connection has opened. */
  opened(): void {
    this.#settled = false;
    this.#early = [];
  }

  /** What the feed had sent before the connection began has come. */
  settled(): void {
    this.#settled = true;
    this.#sequence?.settled();
  }

  /** The link is up: numbers continue from where the positions have them. */
  takeUp(): void {
    if (!this.#takenUp) this.#resumeAll();
    this.#takenUp = true;
    this.#sequence?.connected(this.#resumed);
    if (this.#settled) this.#sequence?.settled();
    const early = this.#early ?? [];
    this.#early = null;
    for (const frame of early) this.observe(frame);
  }

  /** The last counted message has had time enough to come again after a resume. */
  overlapIsDue(): void {
    const numbered = this.#options.sequence?.kind === 'dense';
    if (!numbered && this.#cursor?.takeDoubt()) this.#sink.missed(null, NOT_CONTINUED, null);
  }

  /** Hands the messages of one frame on. */
  take(messages: readonly unknown[], frame: unknown): void {
    const isWhole = !this.#numbersLists || this.#isNewNumber(frame, frame) !== false;
    const fresh = isWhole ? this.#freshOf(messages, frame) : [];
    const repeated = messages.length - fresh.length;
    const changes = this.#changes();
    if (repeated > 0) this.#sink.duplicate(repeated, fresh.length === 0 ? changes : null);
    if (fresh.length === 0) return;
    const replayed = this.#resumed && !this.#settled;
    this.#sink.messages(fresh, changes, { replayed, frame, ...this.#times?.(fresh, frame) });
  }

  /** A frame without messages: it has a number all the same, where the numbers are those of frames. */
  observe(frame: unknown): void {
    if (!this.#sequence || !(this.#numbersLists || this.#options.messages === undefined)) return;
    if (this.#early !== null) {
      if (this.#early.length < EARLY_FRAMES_MAX) this.#early.push(frame);
      return;
    }
    if (this.#isNewNumber(frame, frame, false) === null) return;
    this.#sink.tally(0, this.#changes());
  }

  /** Whether a number is that of a frame with many messages. */
  get #numbersLists(): boolean {
    const { messages, sequence } = this.#options;
    return messages !== undefined && sequence !== undefined && isFramePath(sequence.path);
  }

  /** Positions of version 0.1. */
  get #former(): ShardPosition[] {
    const by = this.#options.sequence?.by !== undefined;
    return fromVersion01(this.#sink.position(ONE_SHARD), by);
  }

  #resumeAll(): void {
    const former = this.#former;
    if (former.length > 0) this.#sink.tally(0, former);
    const stored = this.#sink.positions();
    this.#sequence?.resume(stored);
    const lost = stored.filter(([shard, position]) => position === null && shard !== ONE_SHARD);
    if (lost.length > 0) this.#sink.missed(null, `${lost.length} positions were not kept`, null);
    else if (this.#sequence && stored.length >= SHARDS_MAX) {
      this.#sink.missed(null, `only ${SHARDS_MAX} positions are kept`, null);
    }
  }

  #freshOf(messages: readonly unknown[], frame: unknown): readonly unknown[] {
    if (!this.#sequence && !this.#cursor) return messages;
    return messages.filter((message) => this.#isNew(message, frame));
  }

  #isNew(message: unknown, frame: unknown): boolean {
    // Both look at every message, so that both know how far the feed has come.
    const cursor = this.#cursor?.take(message, frame);
    if (cursor) this.#cursorWatch.saw(cursor.matched);
    const isNumbered = this.#sequence && !this.#numbersLists;
    const isNewNumber = isNumbered ? this.#isNewNumber(message, frame) : null;
    // Dense numbers know what was lost.
    const isProven = isNewNumber !== null && this.#options.sequence?.kind === 'dense';
    if (cursor?.doubt && !isProven) this.#sink.missed(null, NOT_CONTINUED, null);
    return isNewNumber ?? cursor?.repeated !== true;
  }

  /** What the number of a message, or of a frame, says, and books what it proves; null where there is none. */
  #isNewNumber(message: unknown, frame: unknown, isNumbered = true): boolean | null {
    const verdict = this.#sequence!.take(message, frame, this.#now());
    if (typeof verdict === 'string') {
      if (isNumbered) this.#sink.note('feed-error', UNNUMBERED[verdict]);
      return null;
    }
    if (verdict.kind === 'found') this.#sink.found(1, verdict.bookedAt);
    if (verdict.kind === 'new') this.#missed(verdict.missed);
    return verdict.kind !== 'duplicate';
  }

  #missed(count: number | null): void {
    if (count === null) this.#sink.missed(null, 'the sequence numbers begin again', null);
    else if (count > 0) this.#sink.missed(count, 'the sequence numbers jump', null);
  }

  /** The positions of the shards that have moved. */
  #changes(): readonly ShardPosition[] | null {
    if (!this.#sequence && !this.#cursor) return null;
    if (this.#sequence?.takeOverflow()) {
      const detail = `a stream has more than ${HOLES_MAX} runs of missing numbers; the oldest are forgotten`;
      this.#sink.note('positions-full', detail);
    }
    const point = this.#cursor?.point;
    const ids = this.#sequence?.takeChanges() ?? [];
    return point ? [...ids, [CURSOR_SHARD, writePoint(point)]] : ids;
  }
}
