/**
 * The counter of one channel: what stands behind a feed's sink.
 *
 * It stamps each message with its second, asks the processor what it is worth, and writes counts and position to
 * the ring as one step. It runs in the feed thread and is the only writer of its ring. `tick` moves the head
 * when nothing arrives.
 */
import type { EventKind, ProcessorTraits } from '../model/channel.ts';
import type { Clock } from '../model/clock.ts';
import type { About, SeriesBatch } from '../model/delivery.ts';
import type { Redact } from '../model/redaction.ts';
import { keyText, type WorthOf } from '../model/worth.ts';
import { POSITION_UNITS_MAX } from '../shared/ring.ts';
import type { RingWriter } from '../shared/ring-writer.ts';
import { type BlindSince, ChannelLink } from './link.ts';
import { NoteLimit, type Notes } from './notes.ts';
import { stampOf } from './stamp.ts';
import { Timeline } from './timeline.ts';
import { Worths } from './worths.ts';

/** How a stream's name starts a position; one without was written before streams had names. */
const STREAM = /^[0-9a-f]{8} /;
export interface CounterParts {
  readonly writer: RingWriter;
  readonly traits: ProcessorTraits;
  readonly worthOf: WorthOf;
  readonly clock: Clock;
  readonly notes: Notes;
  /** The stored resume position, for a ring that has none of its own. */
  readonly position: string | null;
  /** Names the stream, in 8 hexadecimal digits: a position of another stream is not taken up. */
  readonly stream: string;
  readonly blindSince: BlindSince;
  /** Makes a detail fit to be shown to anyone; events are made so by whoever takes them. */
  readonly open: Redact;
}

export class ChannelCounter {
  readonly #writer: RingWriter;
  readonly #traits: ProcessorTraits;
  readonly #worths: Worths;
  readonly #limit: NoteLimit;
  readonly #timeline: Timeline;
  readonly #link: ChannelLink;
  readonly #stream: string;
  /** Messages of an earlier time than this are replayed; null where nothing is resumed. Unix milliseconds. */
  #replayBefore: number | null = null;
  /** What was added but not committed yet: the frames of one turn of the event loop are one batch. */
  #pending: { scheduled: boolean; position: string | null } = { scheduled: false, position: null };

  constructor(parts: CounterParts) {
    const { writer, clock, notes } = parts;
    this.#writer = writer;
    this.#traits = parts.traits;
    this.#stream = `${parts.stream} `;
    const limit = new NoteLimit(notes, clock);
    this.#limit = limit;
    this.#worths = new Worths(parts, limit);
    this.#timeline = new Timeline({
      writer,
      clock,
      flush: () => this.#flush(),
      onFull: () =>
        limit.event(
          'ring-full',
          'the timer is behind; seconds are counted together until it is not',
        ),
      onStep: (step) => this.#link.stepped(step),
    });
    const { views } = writer;
    const { blindSince, open } = parts;
    const timeline = this.#timeline;
    this.#link = new ChannelLink({ views, timeline, notes, limit, blindSince, open });
    // A ring that a dead thread left knows better than the store, which is up to a second behind.
    if (parts.position !== null && writer.position === null) writer.commit(parts.position);
  }

  /** The resume position after the last counted message of this stream; null for none. */
  get position(): string | null {
    const position = this.#pending.position ?? this.#writer.position;
    if (position?.startsWith(this.#stream)) return position.slice(this.#stream.length);
    return position !== null && STREAM.test(position) ? null : position;
  }

  /** The position with the name of its stream; null for none. */
  get positionAsStored(): string | null {
    return this.#writer.position;
  }

  /** Counts the messages of one frame. `position` is the feed's position after the last of them, if it has one. */
  messages(bodies: readonly unknown[], position: string | null, about?: About): void {
    const times = about?.times ?? null;
    if (!this.#traits.needsBody && times === null) {
      this.tally(bodies.length, position, about);
      return;
    }
    const now = this.#arrive();
    for (let i = 0; i < bodies.length; i++) {
      const time = times?.[i] ?? null;
      if (this.#stamp(time, now)) this.#worths.add(bodies[i], this.#isReplayed(time, about));
    }
    this.#commit(position);
  }

  /** Counts messages whose bodies the processor does not need. */
  tally(count: number, position: string | null, about?: About): void {
    this.#tally(count, about);
    this.#commit(position);
  }

  /** Counts messages that were looked into elsewhere. Slots come from `slotOf`. */
  tallySeries(batch: SeriesBatch, position: string | null, about?: About): void {
    this.#tally(batch.count, about);
    if (this.#traits.measure === 'sum') this.#writer.add('sum', batch.sum);
    for (const slot of batch.slots) {
      this.#writer.addKey(slot, batch.sums[slot]!, batch.counts[slot]!);
    }
    this.#commit(position);
  }

  /** The slot of the series that a message with such a key belongs to. */
  slotOf(key: unknown): number {
    return this.#worths.slotOf(keyText(key));
  }

  /** Messages arrived that could not be read. */
  malformed(count: number, detail: string): void {
    this.#set('malformed', count);
    this.#limit.event('feed-error', detail);
  }

  /** Messages arrived that had been counted before. `position` as for `messages`. */
  duplicate(count: number, position: string | null): void {
    this.#set('duplicate', count, position);
  }

  /**
   * The feed, or its sequence numbers, say that messages were lost: how many, or null where nobody knows. Delivery
   * goes on at `position`.
   */
  missed(count: number | null, detail: string, position: string | null): void {
    this.#writer.aim(Math.floor(this.#timeline.advance() / 1_000));
    if (count === null) this.#writer.add('missedUnknown', 1);
    else this.#writer.add('missed', count);
    this.#commit(position);
    const size = count === null ? 'an unknown number of' : String(count);
    this.#limit.event('loss', `${size} messages were lost: ${detail}`);
  }

  /** Messages that were said to be missed at `bookedAt` (Unix milliseconds) came after all. */
  found(count: number, bookedAt: number): void {
    this.#timeline.advance();
    if (!this.#writer.aim(Math.floor(bookedAt / 1_000))) this.#writer.add('coarse', count);
    this.#writer.add('missed', -count);
    this.#commit(null);
  }

  /** The link is up; `resumed` when delivery goes on from a position, so that what was sent meanwhile comes first. */
  up(resumed = false): void {
    const now = this.#timeline.advance();
    this.#replayBefore = resumed ? now : null;
    this.#link.up(now);
  }

  /**
   * The link is down, and `detail` says why; `proven` when it is known to have lived until now. It is tried again in
   * `retryMs`, where that is known.
   */
  down(detail: string, proven = false, retryMs: number | null = null): void {
    const now = this.#timeline.advance();
    this.#link.down(now, { detail, proven, nextTry: retryMs === null ? 0 : now + retryMs });
  }

  /** Proof of life without a message: a pong, a heartbeat. */
  alive(): void {
    this.#link.prove(this.#timeline.advance());
  }

  /** Something an operator should know. */
  note(kind: EventKind, detail: string): void {
    this.#limit.event(kind, detail);
  }

  /** Moves the head to the present, message or not. Called about once a second. */
  tick(): void {
    this.#timeline.tick();
  }

  /** The last call: makes the running second final as well. */
  finish(): void {
    this.#timeline.finish();
  }

  /** The last call where another counter goes on with the same ring at once. */
  release(): void {
    this.#timeline.release();
  }

  #arrive(): number {
    const now = this.#timeline.advance();
    this.#link.prove(now);
    return now;
  }

  /** Aims at the second that messages belong to; false for one that is too late, which is then accounted for. */
  #stamp(time: number | null, now: number): boolean {
    if (time === null) {
      this.#aim(now, 1);
      return true;
    }
    const { at, late, oddity } = stampOf(time, now);
    if (oddity !== null) this.#limit.event('feed-error', oddity);
    if (at > now) this.#timeline.reach(at);
    this.#aim(late ? now : at, 1);
    if (!late) return true;
    this.#writer.add('received', 1);
    this.#writer.add('late', 1);
    return false;
  }

  /** Directs what is added next to the second of `at`; where there was no room for it, that is accounted for. */
  #aim(at: number, count: number): void {
    const inTime = this.#writer.aim(Math.floor(at / 1_000));
    if (!inTime || this.#timeline.full) this.#writer.add('coarse', count);
  }

  #tally(count: number, about: About | undefined): void {
    const now = this.#arrive();
    if (count === 0) return;
    this.#aim(now, count);
    this.#writer.add('received', count);
    this.#writer.add('counted', count);
    if (this.#isReplayed(null, about)) this.#writer.add('replayed', count);
  }

  #isReplayed(time: number | null, about: About | undefined): boolean {
    if (this.#replayBefore === null) return false;
    return time === null ? about?.replayed === true : time < this.#replayBefore;
  }

  #set(field: 'malformed' | 'duplicate', count: number, position: string | null = null): void {
    this.#aim(this.#arrive(), count);
    this.#writer.add('received', count);
    this.#writer.add(field, count);
    this.#commit(position);
  }

  /** Takes what was added, and the position after it, into the batch of this turn. */
  #commit(position: string | null): void {
    if (position !== null) this.#takePosition(position);
    if (this.#pending.scheduled) return;
    this.#pending.scheduled = true;
    queueMicrotask(this.#flush);
  }

  #takePosition(position: string): void {
    const named = this.#stream + position;
    if (named.length <= POSITION_UNITS_MAX) {
      this.#pending.position = named;
      return;
    }
    // Without a position the counts still stand; a resume may then repeat this batch.
    const detail = `a position of ${position.length} units is too long; the bound is ${POSITION_UNITS_MAX}`;
    this.#limit.event('feed-error', detail);
  }

  /** Writes the batch to the ring: counts and position as one step. */
  readonly #flush = (): void => {
    const { position } = this.#pending;
    this.#pending.scheduled = false;
    this.#pending.position = null;
    this.#writer.commit(position);
  };
}
