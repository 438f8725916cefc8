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
import type { ShardPosition } from '../model/position.ts';
import type { Redact } from '../model/redaction.ts';
import { keyText, type WorthOf } from '../model/worth.ts';
import type { RingWriter } from '../shared/ring-writer.ts';
import { Batch, type Changes } from './batch.ts';
import { type BlindSince, ChannelLink } from './link.ts';
import { NoteLimit, type Notes } from './notes.ts';
import { Placement, type Stamping } from './placement.ts';
import { endedText, Poison, type UserClass } from './poison.ts';
import { Timeline } from './timeline.ts';
import type { Turns } from './turns.ts';
import { Worths } from './worths.ts';

export interface CounterParts {
  readonly writer: RingWriter;
  readonly traits: ProcessorTraits;
  readonly worthOf: WorthOf;
  readonly clock: Clock;
  readonly notes: Notes;
  /** The stored positions, for a ring that has none of its own. */
  readonly positions: Iterable<ShardPosition>;
  readonly blindSince: BlindSince;
  /** Makes a detail fit to be shown to anyone; events are made so by whoever takes them. */
  readonly open: Redact;
  /** The user's class that is the processor; null for another processor. */
  readonly userClass: UserClass | null;
  /** Says when the thread read nothing for a while. */
  readonly turns: Turns;
}

export class ChannelCounter {
  readonly #writer: RingWriter;
  readonly #traits: ProcessorTraits;
  readonly #worths: Worths;
  readonly #limit: NoteLimit;
  readonly #timeline: Timeline;
  readonly #link: ChannelLink;
  readonly #placement: Placement;
  /** Messages of an earlier time than this are replayed; null where nothing is resumed. Unix milliseconds. */
  #replayBefore: number | null = null;
  readonly #batch: Batch;
  /** null: the channel's processor is none of a user's. */
  readonly #poison: Poison | null;
  readonly #stopListening: () => void;

  constructor(parts: CounterParts) {
    const { writer, clock, notes } = parts;
    this.#writer = writer;
    this.#traits = parts.traits;
    const limit = new NoteLimit(notes, clock);
    this.#limit = limit;
    this.#batch = new Batch(writer, limit, () => this.#poison?.committed());
    const { flush } = this.#batch;
    this.#poison = parts.userClass && new Poison({ views: writer.views, flush });
    this.#worths = new Worths(parts, limit);
    this.#timeline = new Timeline({
      writer,
      clock,
      flush,
      onFull: () =>
        limit.event(
          'ring-full',
          'the timer is behind; seconds are counted together until it is not',
        ),
      onStep: (step) => this.#link.stepped(step),
      turn: () => parts.turns.turn(),
    });
    const { views } = writer;
    const { blindSince, open } = parts;
    const timeline = this.#timeline;
    this.#placement = new Placement({ writer, timeline, limit, clock });
    const link = { views, timeline, notes, limit, blindSince, open };
    this.#link = new ChannelLink(link, clock.now());
    this.#stopListening = parts.turns.listen((pause) => this.#link.paused(pause));
    // A ring that a dead thread left knows better than the store, which is up to a second behind.
    if (writer.positions.shardCount === 0) writer.commit(parts.positions);
    if (parts.userClass) this.#judge(parts.userClass);
  }

  /** Whether an error has left a frame that is counted in part; only known of a user's class. */
  get isTorn(): boolean {
    return this.#poison?.isInFrame ?? false;
  }

  /** The position after a shard's last counted message. null: it could not be kept; undefined: there is none. */
  position(shard: string): string | null | undefined {
    return this.#batch.position(shard);
  }

  /** Every shard's position. */
  positions(): readonly ShardPosition[] {
    return this.#batch.positions();
  }

  /** Counts the messages of one frame. `changes` are the positions after them, of the shards that have moved. */
  messages(bodies: readonly unknown[], changes: Changes, about?: About): void {
    const times = about?.times;
    if (!this.#traits.needsBody && times === undefined) {
      this.tally(bodies.length, changes, about);
      return;
    }
    const now = this.#arrive();
    if (times !== undefined) this.#placement.reach(times, now);
    const poison = this.#poison;
    poison?.beginFrame(bodies.length);
    for (let i = 0; i < bodies.length; i++) {
      const isFit = poison === null || poison.begin(bodies[i]);
      const stamp = this.#placement.stamp(times?.[i], now, about);
      if (stamp === 'late') continue;
      if (isFit) this.#count(bodies[i], stamp, times?.[i], about);
      else this.#worths.refuse();
    }
    this.#add(changes);
    poison?.endFrame();
  }

  /** Counts messages whose bodies the processor does not need. */
  tally(count: number, changes: Changes, about?: About): void {
    this.#tally(count, about);
    this.#add(changes);
  }

  /** Counts messages that were looked into elsewhere. Slots come from `slotOf`. */
  tallySeries(batch: SeriesBatch, changes: Changes, about?: About): void {
    this.#tally(batch.count, about);
    this.#worths.addSeries(batch);
    this.#add(changes);
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

  /** Messages arrived that had been counted before. `changes` as for `messages`. */
  duplicate(count: number, changes: Changes): void {
    this.#set('duplicate', count, changes);
  }

  /**
   * The feed, or its sequence numbers, say that messages were lost: how many, or null where nobody knows. Delivery
   * continues at the positions in `changes`.
   */
  missed(count: number | null, detail: string, changes: Changes): void {
    this.#poison?.forget();
    this.#writer.aim(Math.floor(this.#timeline.advance() / 1_000));
    if (count === null) this.#writer.add('missedUnknown', 1);
    else this.#writer.add('missed', count);
    this.#add(changes);
    const size = count === null ? 'an unknown number of' : String(count);
    this.#limit.event(
      'loss',
      `${size === '1' ? '1 message was' : `${size} messages were`} lost: ${detail}`,
    );
  }

  /** Messages that were said to be missed at `bookedAt` (Unix milliseconds) came after all. */
  found(count: number, bookedAt: number): void {
    this.#timeline.advance();
    if (this.#writer.aim(Math.floor(bookedAt / 1_000))) this.#writer.add('missed', -count);
    else this.#limit.event('loss', 'lost messages came after all; too late to take the loss back');
    this.#add(null);
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

  /** What had waited while the thread read nothing has come. */
  settled(): void {
    this.#link.settled(this.#timeline.advance());
  }

  /** Something an operator should know. */
  note(kind: EventKind, detail: string): void {
    this.#limit.event(kind, detail);
  }

  /** Moves the head to the present, message or not. Called about once a second. */
  tick(): void {
    this.#timeline.tick();
    this.#link.tick(this.#timeline.advance());
    this.#limit.tick();
  }

  /** The last call: makes the running second final as well. */
  finish(): void {
    this.#stopListening();
    this.#timeline.finish();
  }

  /** The last call for a channel that is removed. `gone`: why nobody observes it any more; null where it goes on elsewhere. */
  remove(gone: string | null): void {
    this.#stopListening();
    this.#link.end(this.#timeline.finish(), gone);
  }

  /** The last call where another counter goes on with the same ring at once. */
  release(): void {
    this.#stopListening();
    this.#timeline.handOver();
  }

  #arrive(): number {
    const now = this.#timeline.advance();
    this.#link.prove(now);
    return now;
  }

  /** Adds what was counted, and the positions after it, to the batch of this turn. */
  #add(changes: Changes): void {
    this.#batch.add(changes);
    this.#poison?.added(changes);
  }

  /** Accounts for the message with which the thread before ended, and for those that are lost with it. */
  #judge({ name, uncounted }: UserClass): void {
    const positions = this.positions();
    const fate = uncounted(positions);
    const death = this.#poison!.judge(fate === 'again', positions.length > 0);
    if (death === null) return;
    this.#limit.event('processor-error', endedText(name, death, fate));
    if (fate !== 'lost') return;
    this.#placement.aim(this.#timeline.advance(), 1);
    this.#worths.refuse();
    this.#add(null);
    const lostCount = death.frame.uncommitted - 1;
    if (lostCount > 0) this.missed(lostCount, 'their thread ended before they were counted', null);
  }

  #count(
    body: unknown,
    stamp: Stamping,
    time: number | null | undefined,
    about: About | undefined,
  ): void {
    if (!this.#worths.add(body, about?.frame)) return;
    if (this.#isReplayed(time, about)) this.#writer.add('replayed', 1);
    if (stamp === 'undated') this.#writer.add('undated', 1);
  }

  #tally(count: number, about: About | undefined): void {
    const now = this.#arrive();
    if (count === 0) return;
    this.#placement.aim(now, count);
    this.#writer.add('received', count);
    this.#writer.add('counted', count);
    if (this.#isReplayed(undefined, about)) this.#writer.add('replayed', count);
  }

  /** `time`: of the message; null for one that cannot be read, undefined where the feed has none. */
  #isReplayed(time: number | null | undefined, about: About | undefined): boolean {
    if (this.#link.isPaused) return true;
    if (this.#replayBefore === null) return false;
    return typeof time === 'number' ? time < this.#replayBefore : about?.replayed === true;
  }

  #set(field: 'malformed' | 'duplicate', count: number, changes: Changes = null): void {
    this.#placement.aim(this.#arrive(), count);
    this.#writer.add('received', count);
    this.#writer.add(field, count);
    this.#add(changes);
  }
}
