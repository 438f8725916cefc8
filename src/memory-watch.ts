/**
 * Watches the memory that threads hold outside their heaps: buffers and WebAssembly memory. The engine bounds only the heap,
 * so a class that keeps buffers would take the memory of the whole machine. Shared memory, such as rings, is not included.
 */
import type { CrewMember } from './crew.ts';
import { nodeTimers } from './shared/clock.ts';

/** How often each thread is looked at. A class in a loop fills about 100 MiB in this time. */
const EVERY_MS = 100;
const MB = 1_048_576;

export interface MemoryWatchParts {
  readonly members: () => readonly CrewMember[];
  /** Memory outside its heap that a thread may hold, in MiB; one that holds more is ended. */
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

  async #look({ thread }: CrewMember): Promise<void> {
    const bytes = await thread.bytesOutsideHeap();
    const { outsideMb } = this.#parts;
    if (bytes === null || bytes <= outsideMb * MB) return;
    const held = Math.round(bytes / MB);
    await thread.kill(
      `it held ${held} MiB outside its heap, and a thread may hold ${outsideMb} MiB there`,
    );
  }
}
