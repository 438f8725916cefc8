/**
 * Watches the memory of threads, and ends a thread that holds too much.
 *
 * Outside the heap: the engine bounds only the heap, so a class that keeps buffers would take the memory of the whole
 * machine. Shared memory, such as rings, is not included.
 *
 * In the heap of a class: where one allocation needs far more than the engine's own bound, the engine ends the whole
 * process. So that bound is `HEAP_SLACK_MB` further away for the thread of a class, and the watch ends the thread before.
 */
import type { CrewMember } from './crew.ts';
import { nodeTimers } from './shared/clock.ts';

/** How often each thread is looked at. A class in a loop fills about 100 MiB in this time. */
const EVERY_MS = 100;
const MB = 1_048_576;
/** Heap that a class may take, beyond its bound, between two looks. In MiB. */
export const HEAP_SLACK_MB = 3_072;

export interface MemoryWatchParts {
  readonly members: () => readonly CrewMember[];
  /** Heap of a thread, in MiB. */
  readonly heapMb: number;
  /** Memory outside its heap that a thread may hold, in MiB. */
  readonly outsideMb: number;
}

export class MemoryWatch {
  readonly #parts: MemoryWatchParts;
  #cancel: () => void;

  /** Watches from now on, until stopped. */
  constructor(parts: MemoryWatchParts) {
    this.#parts = parts;
    this.#cancel = this.#later();
  }

  stop(): void {
    this.#cancel();
  }

  #later(): () => void {
    return nodeTimers.after(EVERY_MS, () => {
      this.#cancel = this.#later();
      for (const member of this.#parts.members()) void this.#look(member);
    });
  }

  async #look({ thread, runsClass }: CrewMember): Promise<void> {
    const memory = await thread.memory();
    if (memory === null) return;
    const { heapMb, outsideMb } = this.#parts;
    const { heapBytes, outsideBytes } = memory;
    if (outsideBytes > outsideMb * MB) {
      await thread.kill(
        `it held ${inMb(outsideBytes)} MiB outside its heap, and a thread may hold ${outsideMb} MiB there`,
      );
    } else if (runsClass && heapBytes > heapMb * MB) {
      await thread.kill(
        `its heap held ${inMb(heapBytes)} MiB, and that of a thread may hold ${heapMb} MiB`,
      );
    }
  }
}

function inMb(bytes: number): number {
  return Math.round(bytes / MB);
}
