/**
 * Channels that an edit took out of channels.yaml. They are counted for a few seconds more, so that an edit that brings
 * them back changes nothing: a file that is written in two halves is two such edits.
 */
import type { PlannedChannel } from './feed-plan.ts';
import type { Timers } from './model/clock.ts';

/** How long a channel is counted that is no longer in the file. */
export const LEAVE_MS = 5_000;

export class Leaving {
  readonly #timers: Timers;
  readonly #over: (channels: readonly PlannedChannel[]) => void;
  readonly #channels = new Map<string, PlannedChannel>();
  readonly #cancels = new Set<() => void>();
  #stopped = false;

  /** `over` is called with channels whose time is over; some may have been brought back before. */
  constructor(timers: Timers, over: (channels: readonly PlannedChannel[]) => void) {
    this.#timers = timers;
    this.#over = over;
  }

  get channels(): readonly PlannedChannel[] {
    return [...this.#channels.values()];
  }

  /** Channels that one edit took out. */
  add(channels: readonly PlannedChannel[]): void {
    if (channels.length === 0 || this.#stopped) return;
    for (const channel of channels) this.#channels.set(channel.name, channel);
    const cancel = this.#timers.after(LEAVE_MS, () => {
      this.#cancels.delete(cancel);
      this.#over(channels);
    });
    this.#cancels.add(cancel);
  }

  /** Forgets channels that are in the file again, or have ended. */
  forget(names: readonly string[]): void {
    for (const name of names) this.#channels.delete(name);
  }

  /** The end: `over` is not called any more. */
  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#cancels) cancel();
  }
}
