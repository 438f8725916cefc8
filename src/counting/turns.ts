/**
 * The turns of a feed thread's event loop: where too much time lies between two, nothing was read meanwhile, and nobody
 * can say that the feed was quiet.
 */

/** A thread that does not read for so long may have missed how its feeds were; less costs no coverage. */
export const PAUSE_MS_MAX = 1_000;

/** Time in which a thread read nothing. On the thread's clock, Unix milliseconds. */
export interface Pause {
  readonly from: number;
  readonly to: number;
  /** `suspended`: the thread did not run. `stalled`: it was busy with something else. */
  readonly cause: 'suspended' | 'stalled';
}

export interface TurnClocks {
  /** Unix milliseconds; see `Clock`. */
  now(): number;
  /** Monotonic milliseconds. */
  elapsed(): number;
  /** Milliseconds since the machine was started, those included in which it slept. */
  sinceBoot(): number;
  /** Milliseconds of CPU time that this thread has used. */
  cpu(): number;
}

/** Clocks as they stood at one look. */
interface Reading {
  readonly elapsed: number;
  readonly sinceBoot: number;
  readonly cpu: number;
}

export class Turns {
  readonly #clocks: TurnClocks;
  readonly #listeners = new Set<(pause: Pause) => void>();
  /** The last time that something was read, or that the clocks were looked at; on the monotonic clock. */
  #turnedAt: number;
  #looked: Reading;

  constructor(clocks: TurnClocks) {
    this.#clocks = clocks;
    this.#looked = this.#read();
    this.#turnedAt = this.#looked.elapsed;
  }

  /** Calls `listener` with each pause, before what follows it is counted; the returned function ends that. */
  listen(listener: (pause: Pause) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something is about to be read. Cheap: called for each frame. */
  turn(): void {
    const elapsed = this.#clocks.elapsed();
    if (elapsed - this.#turnedAt > PAUSE_MS_MAX) this.look();
    this.#turnedAt = elapsed;
  }

  /** Looks at all clocks. To be called a few times a second, whatever is read. */
  look(): void {
    const before = this.#looked;
    const now = this.#read();
    const turnedAt = this.#turnedAt;
    this.#looked = now;
    this.#turnedAt = now.elapsed;
    const pauseMs = now.elapsed - turnedAt;
    // The monotonic clock stands still while the machine sleeps; the wall then steps, a moment later.
    const sleptMs = Math.max(0, now.sinceBoot - before.sinceBoot - (now.elapsed - before.elapsed));
    if (pauseMs + sleptMs <= PAUSE_MS_MAX) return;
    const to = this.#clocks.now();
    const cause = now.cpu - before.cpu < (pauseMs + sleptMs) / 2 ? 'suspended' : 'stalled';
    for (const listener of this.#listeners) listener({ from: to - pauseMs, to, cause });
  }

  #read(): Reading {
    const { elapsed, sinceBoot, cpu } = this.#clocks;
    return { elapsed: elapsed(), sinceBoot: sinceBoot(), cpu: cpu() };
  }
}
