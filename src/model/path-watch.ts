/** Paths that never lead anywhere: most likely a typo in channels.yaml, so it is reported once. */
import type { EventKind } from './channel.ts';

/** Messages after which a path should have led somewhere. */
export const PATIENCE = 25;

export class PathWatch {
  readonly #what: string;
  readonly #note: (kind: EventKind, detail: string) => void;
  #left = PATIENCE;

  /** `what`: the option and its path, such as `sequence.by "market"`. */
  constructor(what: string, note: (kind: EventKind, detail: string) => void) {
    this.#what = what;
    this.#note = note;
  }

  /** `count` more messages; `matched` says whether the path led to something in one of them. */
  saw(matched: boolean, count = 1): void {
    if (this.#left === 0) return;
    this.#left = matched ? 0 : Math.max(0, this.#left - count);
    if (!matched && this.#left === 0) {
      const detail = `${this.#what} was in none of the first ${PATIENCE} messages; see weir check --probe`;
      this.#note('path-unmatched', detail);
    }
  }
}
