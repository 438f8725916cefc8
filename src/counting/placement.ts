/** Directs what is added to the ring to the second it belongs to: that of its event time, or of its arrival. */
import type { Clock } from '../model/clock.ts';
import type { About } from '../model/delivery.ts';
import type { RingWriter } from '../shared/ring-writer.ts';
import type { NoteLimit } from './notes.ts';
import { latestOf, stampOf } from './stamp.ts';
import type { Timeline } from './timeline.ts';
import { Undated } from './undated.ts';

export interface PlacementParts {
  readonly writer: RingWriter;
  readonly timeline: Timeline;
  readonly limit: NoteLimit;
  readonly clock: Clock;
}

/** `late`: accounted for already, and in no bucket. */
export type Stamping = 'dated' | 'undated' | 'late';

export class Placement {
  readonly #writer: RingWriter;
  readonly #timeline: Timeline;
  readonly #undated: Undated;

  constructor({ writer, timeline, limit, clock }: PlacementParts) {
    this.#writer = writer;
    this.#timeline = timeline;
    this.#undated = new Undated(limit, clock);
  }

  /**
   * Opens the seconds that a frame's messages are in, before the first of them is added: a second that turns amid a frame
   * would commit a part of it, without its position.
   */
  reach(times: readonly (number | null)[], now: number): void {
    const latest = latestOf(times, now);
    if (latest > now) this.#timeline.reach(latest);
  }

  /**
   * Aims at the second that a message belongs to, `now` being its arrival; a late one is accounted for here. `time`: null for
   * one that cannot be read, undefined where the feed has none.
   */
  stamp(time: number | null | undefined, now: number, about: About | undefined): Stamping {
    if (time === undefined) {
      this.aim(now, 1);
      return 'dated';
    }
    if (time === null) {
      this.#undated.unread(about?.unreadTime);
      this.aim(now, 1);
      return 'undated';
    }
    const { at, late, aheadMs } = stampOf(time, now);
    const placed = this.aim(late ? now : at, 1);
    if (aheadMs > 0) {
      this.#undated.ahead(aheadMs);
      return 'undated';
    }
    if (!late && !placed) {
      this.#undated.crowded();
      return 'undated';
    }
    this.#undated.dated();
    if (!late) return 'dated';
    this.#writer.add('received', 1);
    this.#writer.add('late', 1);
    return 'late';
  }

  /**
   * Directs what is added next to the second of `at`. Returns whether it goes there; where there is no room for it, it goes to
   * the newest second, and that is accounted for.
   */
  aim(at: number, count: number): boolean {
    const inTime = this.#writer.aim(Math.floor(at / 1_000));
    if (!inTime || this.#timeline.full) this.#writer.add('coarse', count);
    return inTime;
  }
}
