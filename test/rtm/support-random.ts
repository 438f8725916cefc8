/**
 * Random numbers from a seed that is printed, so that a failed run can be had again with WEIR_SEED.
 */
import type { TestContext } from 'node:test';

/** A function that gives whole numbers in [0, below). */
export function random(test: TestContext): (below: number) => number {
  let state = Number(process.env.WEIR_SEED ?? Date.now() % 4_294_967_296) >>> 0;
  test.diagnostic(`WEIR_SEED=${state}`);
  // mulberry32
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word = (word + Math.imul(word ^ (word >>> 7), word | 61)) ^ word;
    return Math.floor((((word ^ (word >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}
