/** Paths that never lead anywhere: most likely a typo in channels.yaml, so it is reported once. */
import type { EventKind } from '../model/channel.ts';

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

  /** One more message; `matched` says whether the path led to something in it. */
  saw(matched: boolean): void {
    if (this.#left === 0) return;
    this.#left = matched ? 0 : this.#left - 1;
    if (!matched && this.#left === 0) {
      const detail = `${this.#what} was in none of the first ${PATIENCE} messages; see weir check --probe`;
      this.#note('path-unmatched', detail);
    }
  }
}
