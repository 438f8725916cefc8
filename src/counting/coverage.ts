/**
 * Coverage: which milliseconds were observed.
 *
 * The link is credited while it is up. What was credited since the last proof of life is remembered until the next
 * one, so that it can be taken back when the link turns out to have been dead. Whole milliseconds only, so that
 * the parts of a second add up to exactly 1000 however often they are credited.
 */

/** So many milliseconds of one second. */
export interface Covered {
  /** Unix seconds. */
  readonly second: number;
  readonly ms: number;
}

export class Coverage {
  #creditedTo: number | null = null;
  /** Up to here the link is proven alive; on the same clock as what is credited next. */
  #provenTo = 0;
  /** When the last proof came, as the clock stood then. */
  #proofAt = 0;
  /** Credited since the last proof. */
  #unproven: Covered[] = [];
  /** Nothing is credited for now: see `hold`. */
  #held = false;

  get up(): boolean {
    return this.#creditedTo !== null;
  }

  /** When the last proof of life came; Unix milliseconds, whole. */
  get proofAt(): number {
    return this.#proofAt;
  }

  /** The link came up at `at` (Unix milliseconds). */
  start(at: number): void {
    if (this.#creditedTo !== null) return;
    this.#creditedTo = Math.ceil(at);
    this.prove(this.#creditedTo);
  }

  /** Proof of life at `at`. */
  prove(at: number): void {
    this.#proofAt = Math.floor(at);
    this.#provenTo = this.#proofAt;
    if (this.#unproven.length > 0) this.#unproven = [];
  }

  /** What was observed since the last credit, up to `at`, second by second; it is credited with this call. */
  creditTo(at: number): Covered[] {
    const from = this.#creditedTo;
    const to = Math.floor(at);
    if (from === null || to <= from) return [];
    this.#creditedTo = to;
    if (this.#held) return [];
    this.#unproven.push(...bySecond(Math.max(from, this.#provenTo), to));
    return bySecond(from, to);
  }

  /** From `at` on nothing is credited, though the link is up, until `release`. What was credited before stays. */
  hold(at: number): void {
    if (this.#creditedTo === null) return;
    this.#creditedTo = Math.max(this.#creditedTo, Math.floor(at));
    this.#held = true;
  }

  /** From `at` on there is credit again. */
  release(at: number): void {
    if (!this.#held) return;
    this.#held = false;
    if (this.#creditedTo === null) return;
    this.#creditedTo = Math.ceil(at);
    this.prove(this.#creditedTo);
  }

  /** The clock stepped from what was credited last to `to`; no time passed. */
  step(to: number): void {
    if (this.#creditedTo === null) return;
    this.#creditedTo = Math.ceil(to);
    this.#provenTo = this.#creditedTo;
  }

  /** The link is no longer up. Returns what was credited since the last proof of life. */
  stop(): Covered[] {
    const unproven = this.#unproven;
    this.#held = false;
    this.#creditedTo = null;
    this.#unproven = [];
    return unproven;
  }
}

/** The span [from, to) of whole milliseconds, cut at the seconds. */
function bySecond(from: number, to: number): Covered[] {
  const parts: Covered[] = [];
  for (let at = from; at < to; ) {
    const second = Math.floor(at / 1_000);
    const end = Math.min(to, (second + 1) * 1_000);
    parts.push({ second, ms: end - at });
    at = end;
  }
  return parts;
}
