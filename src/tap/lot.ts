/** What one connection has taken of the scanner's memory, to be given back together. */
import type { Kernel } from './kernel.ts';

/** Thrown when the scanner's memory is full: the connection then does without. */
export class MemoryFull extends Error {}

export class Lot {
  readonly kernel: Kernel;
  readonly #taken: { readonly at: number; readonly size: number }[] = [];

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** The address of so many bytes, all 0. Throws MemoryFull. */
  take(size: number): number {
    const at = this.kernel.heap.take(size);
    if (at === 0) throw new MemoryFull(`no room for ${size} bytes`);
    this.#taken.push({ at, size });
    return at;
  }

  /** The address of a copy. Throws MemoryFull. */
  copy(bytes: Uint8Array): number {
    const at = this.take(Math.max(bytes.length, 1));
    this.kernel.bytes.set(bytes, at);
    return at;
  }

  giveBack(): void {
    for (const { at, size } of this.#taken) this.kernel.heap.give(at, size);
    this.#taken.length = 0;
  }
}
