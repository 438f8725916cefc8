/** What changed in one watched thing, newest value of each slot, so that a viewer can resume where it left off. */
import type { StreamEvent } from './stream-event.ts';

/** Slots kept for resuming; over it, the oldest are forgotten and viewers older than them fetch anew. */
export const SLOTS_KEPT_MAX = 600;

export class Topic {
  /** Changes after this number are all known. */
  #completeAfter: number;
  /** In the order of their last change. */
  readonly #changes = new Map<string, { readonly seq: number; readonly event: StreamEvent }>();

  constructor(seq: number) {
    this.#completeAfter = seq;
  }

  record(event: StreamEvent, seq: number): void {
    this.#changes.delete(event.slot);
    this.#changes.set(event.slot, { seq, event });
    if (this.#changes.size <= SLOTS_KEPT_MAX) return;
    const [slot, oldest] = this.#changes.entries().next().value!;
    this.#changes.delete(slot);
    this.#completeAfter = oldest.seq;
  }

  /** What changed last; nothing before the first change. */
  latest(): StreamEvent[] {
    return [...this.#changes.values()].slice(-1).map(({ event }) => event);
  }

  /** The latest of every slot that changed after `seq`; null when that is no longer known. */
  after(seq: number): StreamEvent[] | null {
    if (seq < this.#completeAfter) return null;
    return [...this.#changes.values()]
      .filter((change) => change.seq > seq)
      .map(({ event }) => event);
  }
}
