/**
 * The counter of one channel: what stands behind a feed's sink.
 *
 * It stamps each batch with the second in which it arrived, asks the processor what each message is worth,
 * and writes counts and position to the ring as one step. It runs in the feed thread and is the only
 * writer of its ring. `tick` moves the head when nothing arrives.
 */
import type { Gap, GapCause } from '../model/bucket.ts';
import type { EventKind, ProcessorTraits } from '../model/channel.ts';
import type { Clock } from '../model/clock.ts';
import type { Worth, WorthOf } from '../model/worth.ts';
import { OTHER_SLOT } from '../shared/key-table.ts';
import { writeLink, writeProof } from '../shared/link-words.ts';
import { POSITION_UNITS_MAX } from '../shared/ring.ts';
import type { RingWriter } from '../shared/ring-writer.ts';
import { Coverage } from './coverage.ts';

/** An event of a kind is told at most once in this time; what was left out is counted in the next one. */
export const NOTE_EVERY_MS = 10_000;

/** Where a counter tells what is not a number. */
export interface Notes {
  event(kind: EventKind, detail: string): void;
  /** A gap opened (`to` null) or closed. */
  gap(gap: Gap): void;
}

export interface CounterParts {
  readonly writer: RingWriter;
  readonly traits: ProcessorTraits;
  readonly worthOf: WorthOf;
  readonly clock: Clock;
  readonly notes: Notes;
  /** The stored resume position, for a ring that has none of its own. */
  readonly position: string | null;
  /** Since when nobody has observed this channel, and why; Unix milliseconds. */
  readonly blindSince: { readonly from: number; readonly cause: GapCause; readonly detail: string };
}

export class ChannelCounter {
  readonly #writer: RingWriter;
  readonly #traits: ProcessorTraits;
  readonly #worthOf: WorthOf;
  readonly #clock: Clock;
  readonly #notes: Notes;
  readonly #coverage = new Coverage();
  readonly #noted = new Map<EventKind, { at: number; omitted: number }>();
  #gap: Gap | null;
  #ringFull = false;
  /** What was added but not committed yet: the frames of one turn of the event loop are one batch. */
  #pending: { scheduled: boolean; position: string | null } = { scheduled: false, position: null };

  constructor(parts: CounterParts) {
    this.#writer = parts.writer;
    this.#traits = parts.traits;
    this.#worthOf = parts.worthOf;
    this.#clock = parts.clock;
    this.#notes = parts.notes;
    this.#gap = { ...parts.blindSince, to: null };
    writeLink(this.#writer.views, {
      state: 'connecting',
      since: parts.blindSince.from,
      detail: '',
    });
    this.tick();
    // A ring that a dead thread left knows better than the store, which is up to a second behind.
    if (parts.position !== null && this.position === null) this.#writer.commit(parts.position);
    this.#notes.gap(this.#gap);
  }

  /** The resume position after the last counted message; null for none. */
  get position(): string | null {
    return this.#pending.position ?? this.#writer.position;
  }

  /** Counts the messages of one frame. `position` is the feed's position after the last of them, if it has one. */
  messages(bodies: readonly unknown[], position: string | null): void {
    if (!this.#traits.needsBody) {
      this.tally(bodies.length, position);
      return;
    }
    this.#arrive();
    this.#writer.add('received', bodies.length);
    for (let i = 0; i < bodies.length; i++) this.#count(bodies[i]);
    this.#commit(position);
  }

  /** Counts messages whose bodies the processor does not need. */
  tally(count: number, position: string | null): void {
    this.#arrive();
    if (count > 0) {
      this.#writer.add('received', count);
      this.#writer.add('counted', count);
    }
    this.#commit(position);
  }

  /** Messages arrived that could not be read. */
  malformed(count: number, detail: string): void {
    this.#arrive();
    this.#writer.add('received', count);
    this.#writer.add('malformed', count);
    this.#commit(null);
    this.#note('feed-error', detail);
  }

  /** The feed says that messages were lost: how many, or null where nobody knows. Delivery goes on at `position`. */
  missed(count: number | null, detail: string, position: string | null): void {
    this.#advance();
    if (count === null) this.#writer.add('missedUnknown', 1);
    else this.#writer.add('missed', count);
    this.#commit(position);
    const size = count === null ? 'an unknown number of' : String(count);
    this.#note('loss', `${size} messages were lost: ${detail}`);
  }

  /** The link is up: connected, and subscribed where the feed needs that. */
  up(): void {
    if (this.#coverage.up) return;
    const now = this.#advance();
    this.#coverage.start(now);
    writeLink(this.#writer.views, { state: 'up', since: now, detail: '' });
    writeProof(this.#writer.views, now);
    if (this.#gap) this.#notes.gap({ ...this.#gap, to: now });
    this.#notes.event(
      'connect',
      this.#gap ? `blind for ${Math.round(now - this.#gap.from)} ms` : '',
    );
    this.#gap = null;
  }

  /** The link is down, and `detail` says why. */
  down(detail: string): void {
    const now = this.#advance();
    writeLink(this.#writer.views, {
      state: 'down',
      since: this.#gap ? this.#gap.from : now,
      detail,
    });
    if (!this.#coverage.up) {
      this.#note('disconnect', detail);
      return;
    }
    this.#credit(now);
    this.#coverage.stop();
    this.#gap = { from: now, to: null, cause: 'feed', detail };
    this.#notes.gap(this.#gap);
    this.#notes.event('disconnect', detail);
  }

  /** Proof of life without a message: a pong, a heartbeat. */
  alive(): void {
    writeProof(this.#writer.views, this.#clock.now());
  }

  /** Something an operator should know, at most once in `NOTE_EVERY_MS` for each kind. */
  note(kind: EventKind, detail: string): void {
    this.#note(kind, detail);
  }

  /** Moves the head to the present, message or not. Called about once a second. */
  tick(): void {
    this.#advance();
  }

  /** Makes the running second final as well: the last call, after which nothing is counted. */
  finish(): void {
    const now = this.#advance();
    this.#credit(now);
    this.#flush();
    this.#coverage.stop();
    this.#writer.open(Math.floor(now / 1_000) + 1);
  }

  #arrive(): void {
    writeProof(this.#writer.views, this.#advance());
  }

  /** Takes what was added, and the position after it, into the batch of this turn. */
  #commit(position: string | null): void {
    if (this.#ringFull) this.#writer.add('coarse', 1);
    if (position !== null) this.#takePosition(position);
    if (this.#pending.scheduled) return;
    this.#pending.scheduled = true;
    queueMicrotask(this.#flush);
  }

  #takePosition(position: string): void {
    if (position.length <= POSITION_UNITS_MAX) {
      this.#pending.position = position;
      return;
    }
    // Without a position the counts still stand; a resume may then repeat this batch.
    const detail = `a position of ${position.length} units is too long; the bound is ${POSITION_UNITS_MAX}`;
    this.#note('feed-error', detail);
  }

  /** Writes the batch to the ring: counts and position as one step. */
  readonly #flush = (): void => {
    const { position } = this.#pending;
    this.#pending.scheduled = false;
    this.#pending.position = null;
    this.#writer.commit(position);
  };

  #count(body: unknown): void {
    let worth: Worth;
    try {
      worth = this.#worthOf(body);
    } catch (error) {
      this.#writer.add('malformed', 1);
      this.#note('processor-error', error instanceof Error ? error.message : String(error));
      return;
    }
    if (worth === null) this.#writer.add('filtered', 1);
    else if (typeof worth === 'number') this.#addWorth(null, worth);
    else if (typeof worth === 'string') this.#addWorth(worth, 1);
    else if (typeof worth === 'object') this.#addWorth(worth.key, worth.value);
    else this.#unusable();
  }

  #addWorth(key: string | null, value: number): void {
    const keyed = this.#traits.keysMax > 0;
    const usable = Number.isFinite(value) && (!keyed || typeof key === 'string');
    if (!usable) {
      this.#unusable();
      return;
    }
    this.#writer.add('counted', 1);
    if (this.#traits.measure === 'sum') this.#writer.add('sum', value);
    if (!keyed) return;
    const slot = this.#writer.keys.slotOf(key!);
    this.#writer.addKey(slot, value);
    if (slot === OTHER_SLOT) {
      this.#note('keys-full', `key ${JSON.stringify(key!.slice(0, 80))} is counted under (other)`);
    }
  }

  /** User code may return anything, whatever its types say. */
  #unusable(): void {
    this.#writer.add('malformed', 1);
    this.#note('processor-error', 'the processor returned neither a finite number nor a key');
  }

  /** Opens the seconds up to now, crediting each that passed; returns the time in Unix milliseconds. */
  #advance(): number {
    const now = this.#clock.now();
    const second = Math.floor(now / 1_000);
    const writer = this.#writer;
    if (writer.newest === 0) writer.open(second);
    // What arrived before the turn of the second belongs before it.
    if (writer.newest < second && this.#pending.scheduled) this.#flush();
    while (writer.newest < second) {
      if (!this.#ringFull) this.#credit((writer.newest + 1) * 1_000);
      // An idle, blind channel has nothing to say of the seconds in between.
      const next = this.#coverage.up && !this.#ringFull ? writer.newest + 1 : second;
      const opened = writer.open(next);
      if (!opened) this.#credit(now);
      this.#setRingFull(!opened);
      if (!opened) break;
    }
    return now;
  }

  #credit(at: number): void {
    const coveredMs = this.#coverage.creditTo(at);
    if (coveredMs === 0) return;
    this.#writer.add('coveredMs', coveredMs);
    this.#flush();
  }

  #setRingFull(full: boolean): void {
    if (full && !this.#ringFull) {
      this.#note(
        'ring-full',
        'the timer is behind; seconds are counted together until it catches up',
      );
    }
    this.#ringFull = full;
  }

  #note(kind: EventKind, detail: string): void {
    const now = this.#clock.now();
    const noted = this.#noted.get(kind);
    if (noted && now - noted.at < NOTE_EVERY_MS) {
      noted.omitted += 1;
      return;
    }
    const more = noted && noted.omitted > 0 ? ` (and ${noted.omitted} more like it)` : '';
    this.#noted.set(kind, { at: now, omitted: 0 });
    this.#notes.event(kind, detail + more);
  }
}
