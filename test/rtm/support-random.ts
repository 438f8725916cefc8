/**
 * Random numbers from a seed that is printed, so that a failed run can be had again with WEIR_SEED.
 */
import type { TestContext } from 'node:test';
import { seeded } from '../support/seeded.ts';

/** A function that gives whole numbers in [0, below). */
export function random(test: TestContext): (below: number) => number {
  const seed = Number(process.env.WEIR_SEED ?? Date.now() % 4_294_967_296) >>> 0;
  test.diagnostic(`WEIR_SEED=${seed}`);
  const next = seeded(seed);
  return (below) => Math.floor(next() * below);
}
