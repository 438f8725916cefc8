/** What a counter tells that is not a number, without a flood of it. */
import type { Gap } from '../model/bucket.ts';
import type { EventKind } from '../model/channel.ts';
import type { Clock } from '../model/clock.ts';

/** An event of a kind is told at most once in this time; what was left out is counted in the next one. */
export const NOTE_EVERY_MS = 10_000;

/** Where a counter tells. */
export interface Notes {
  event(kind: EventKind, detail: string): void;
  /** A gap opened (`to` null) or closed. */
  gap(gap: Gap): void;
}

/** Passes events on, each kind at most once in `NOTE_EVERY_MS`. */
export class NoteLimit {
  readonly #notes: Notes;
  readonly #clock: Clock;
  readonly #told = new Map<EventKind, { readonly at: number; omitted: number }>();

  constructor(notes: Notes, clock: Clock) {
    this.#notes = notes;
    this.#clock = clock;
  }

  event(kind: EventKind, detail: string): void {
    const now = this.#clock.elapsed();
    const told = this.#told.get(kind);
    if (told && now - told.at < NOTE_EVERY_MS) {
      told.omitted += 1;
      return;
    }
    const more = told && told.omitted > 0 ? ` (and ${told.omitted} more like it)` : '';
    this.#told.set(kind, { at: now, omitted: 0 });
    // Before a stack trace, which not everyone gets to read.
    this.#notes.event(kind, detail.replace(/(?=\n)|$/, more));
  }
}
