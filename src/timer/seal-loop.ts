/** The seal loop: seals a moment after each second ends, then rolls up; prunes once a minute; survives a store that fails. */
import type { WeirEvent } from '../model/channel.ts';
import type { Clock, Timers } from '../model/clock.ts';
import { alignedTicks } from './aligned-ticks.ts';
import type { Sealer } from './sealer.ts';

/** Feed threads move their heads when a second ends; this is how long they are given. */
const AFTER_MS = 5;
/** When some have not by then: how often, and how many times, the same second is looked at again. */
const AGAIN_MS = 4;
const AGAIN_COUNT_MAX = 75;
const PRUNE_EVERY_MS = 60_000;
/** A failing store is told at most this often. */
const TELL_EVERY_MS = 10_000;

export interface SealLoopParts {
  readonly sealer: Sealer;
  readonly store: { rollUp(): void };
  readonly gate: { tick(): void };
  readonly clock: Clock;
  readonly timers: Timers;
  readonly tell: (event: WeirEvent) => void;
}

export class SealLoop {
  readonly #parts: SealLoopParts;
  readonly #stopTicks: () => void;
  #cancelAgain = () => {};
  #prunedAt: number;
  #toldAt = Number.NEGATIVE_INFINITY;
  #storeTrouble: string | null = null;

  constructor(parts: SealLoopParts) {
    this.#parts = parts;
    this.#prunedAt = parts.clock.elapsed();
    this.#stopTicks = alignedTicks(
      { periodMs: 1_000, afterMs: AFTER_MS },
      () => this.#tick(),
      parts,
    );
  }

  /** Seals what is final by now, without waiting for the next tick. */
  sealNow(): void {
    this.#attempt(() => this.#parts.sealer.seal(this.#parts.clock.now()));
  }

  /** Why the store was not written the last time that it was tried; null while it is. */
  get storeTrouble(): string | null {
    return this.#storeTrouble;
  }

  /** Seals what is final by now, a last time. */
  stop(): void {
    this.#stopTicks();
    this.#cancelAgain();
    this.sealNow();
  }

  #tick(): void {
    const { gate, clock } = this.#parts;
    this.#cancelAgain();
    this.#sealUntilCaughtUp(Math.floor(clock.now() / 1_000), AGAIN_COUNT_MAX);
    if (clock.elapsed() - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = clock.elapsed();
    this.#attempt(() => gate.tick());
  }

  /** Rolls up when no channel is waited for any more: nobody waits for that. */
  #sealUntilCaughtUp(second: number, againCount: number): void {
    const { sealer, store, clock, timers } = this.#parts;
    if (!this.#attempt(() => sealer.seal(clock.now()))) return;
    if (againCount === 0 || sealer.behind(second) === 0) {
      this.#attempt(() => store.rollUp());
      return;
    }
    this.#cancelAgain = timers.after(AGAIN_MS, () =>
      this.#sealUntilCaughtUp(second, againCount - 1),
    );
  }

  /** Runs `action`; a failure is told, and the next tick tries again: the seconds are still on the board. */
  #attempt(action: () => void): boolean {
    try {
      action();
      this.#storeTrouble = null;
      return true;
    } catch (error) {
      const { clock, tell } = this.#parts;
      const detail = error instanceof Error ? error.message : String(error);
      this.#storeTrouble = detail;
      if (clock.elapsed() - this.#toldAt >= TELL_EVERY_MS) {
        this.#toldAt = clock.elapsed();
        tell({ at: clock.now(), channel: null, kind: 'store-error', detail });
      }
      return false;
    }
  }
}
