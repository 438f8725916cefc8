/** Room in the scanner's memory: blocks of powers of two, given back to a list by size. */

const SIZE_MIN = 64;

export class Heap {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #free = new Map<number, number[]>();
  #next: number;

  constructor(bytes: Uint8Array, from: number, end: number) {
    this.#bytes = bytes;
    this.#next = from;
    this.#end = end;
  }

  /** The address of so many bytes, all 0; 0 when there is no room. */
  take(size: number): number {
    const rounded = roundUp(size);
    const used = this.#free.get(rounded)?.pop();
    if (used !== undefined) {
      this.#bytes.fill(0, used, used + rounded);
      return used;
    }
    const at = this.#next;
    if (at + rounded > this.#end) return 0;
    this.#next = at + rounded;
    return at;
  }

  /** Gives back what `take` gave for that size. */
  give(at: number, size: number): void {
    const rounded = roundUp(size);
    const list = this.#free.get(rounded) ?? [];
    list.push(at);
    this.#free.set(rounded, list);
  }
}

function roundUp(size: number): number {
  return Math.max(SIZE_MIN, 2 ** Math.ceil(Math.log2(size)));
}
