/** What a counter tells that is not a number, without a flood of it. */
import type { Gap } from '../model/bucket.ts';
import type { EventKind } from '../model/channel.ts';
import type { Clock } from '../model/clock.ts';

/** An event of a kind is told at most once in this time, in milliseconds; the time doubles while there are more. */
export const NOTE_EVERY_MS = 10_000;
const NOTE_EVERY_MS_MAX = 60_000;

/** Where a counter tells. */
export interface Notes {
  event(kind: EventKind, detail: string): void;
  /** A gap opened (`to` null) or closed. */
  gap(gap: Gap): void;
}

/** The events of a kind that were folded into one, since that kind was last told. */
interface Folded {
  readonly toldAt: number;
  readonly everyMs: number;
  count: number;
  lastDetail: string;
  lastAt: number;
}

/** Passes events on. Those of a kind that come soon after one another are folded: the last is told, and how many there were. */
export class NoteLimit {
  readonly #notes: Notes;
  readonly #clock: Clock;
  readonly #folded = new Map<EventKind, Folded>();

  constructor(notes: Notes, clock: Clock) {
    this.#notes = notes;
    this.#clock = clock;
  }

  event(kind: EventKind, detail: string): void {
    const now = this.#clock.elapsed();
    const folded = this.#folded.get(kind);
    // After a quiet time, an event is the first of its kind again.
    if (!folded || (folded.count === 0 && now - folded.toldAt >= 2 * folded.everyMs)) {
      this.#tell(kind, detail, { more: 0, everyMs: NOTE_EVERY_MS });
    } else if (now - folded.toldAt >= folded.everyMs) {
      this.#tellFolded(kind, detail, folded, folded.count);
    } else {
      folded.count += 1;
      folded.lastDetail = detail;
      folded.lastAt = now;
    }
  }

  /** Called about once a second: tells what was folded and has waited long enough, in the order in which it came. */
  tick(): void {
    const now = this.#clock.elapsed();
    const due = [...this.#folded].filter(
      ([, { count, toldAt, everyMs }]) => count > 0 && now - toldAt >= everyMs,
    );
    due.sort(([, a], [, b]) => a.lastAt - b.lastAt);
    for (const [kind, folded] of due) {
      this.#tellFolded(kind, folded.lastDetail, folded, folded.count - 1);
    }
  }

  #tellFolded(kind: EventKind, detail: string, { everyMs }: Folded, more: number): void {
    this.#tell(kind, detail, { more, everyMs: Math.min(2 * everyMs, NOTE_EVERY_MS_MAX) });
  }

  #tell(
    kind: EventKind,
    detail: string,
    { more, everyMs }: { readonly more: number; readonly everyMs: number },
  ): void {
    const toldAt = this.#clock.elapsed();
    this.#folded.set(kind, { toldAt, everyMs, count: 0, lastDetail: '', lastAt: 0 });
    const others = more > 0 ? ` (and ${more} more like it)` : '';
    // Before a stack trace, which not everyone gets to read.
    this.#notes.event(kind, detail.replace(/(?=\n)|$/, others));
  }
}
