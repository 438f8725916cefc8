// Chance with a seed: whatever a campaign does follows from the number it prints.

import { seeded } from '../support/seeded.ts';

export class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seeded(seed);
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.#next() * below);
  }

  /** True once in so many times. */
  once(inHowMany: number): boolean {
    return this.below(inHowMany) === 0;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** So many things, from `least` to `most`. */
  list<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, make);
  }
}
