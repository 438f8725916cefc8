/*
 * How a campaign runs: round after round, each from a seed of its own.
 *
 * In CI a fixed number of rounds from seed 1, and as many from a seed of the hour, which is printed. A failed round names
 * its seed:
 *
 *   WEIR_FUZZ_SEED=123 WEIR_FUZZ_ROUNDS=1 node --test test/fuzz/config.test.ts
 *   WEIR_FUZZ_MINUTES=10                             as long as that (npm run fuzz)
 */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Dice } from './dice.ts';

const SEED = process.env['WEIR_FUZZ_SEED'];
const ROUNDS = process.env['WEIR_FUZZ_ROUNDS'];
const MINUTES = process.env['WEIR_FUZZ_MINUTES'];
/** Rounds before memory is first looked at: what is kept once and for all is there by then. */
const WARM_ROUNDS = 20;
/** How much more memory a campaign may hold at its end than after its first rounds; a frame or two of 64 MiB fly. */
const GROWTH_BYTES_MAX = 160 * 1_048_576;

/** How long a failed campaign may take to end by itself. */
const EXIT_MS = 3_000;

export const isLong = MINUTES !== undefined;

/** Figures of a campaign, printed at its end. */
export class Figures {
  readonly #sums = new Map<string, number>();

  add(name: string, count = 1): void {
    this.#sums.set(name, (this.#sums.get(name) ?? 0) + count);
  }

  get(name: string): number {
    return this.#sums.get(name) ?? 0;
  }

  toString(): string {
    return [...this.#sums].map(([name, count]) => `${name} ${count}`).join(', ');
  }
}

/** Runs rounds until their number or the time is up. `round` throws for what must not be. */
export async function campaign(
  t: TestContext,
  roundsInCi: number,
  round: (dice: Dice, figures: Figures) => Promise<void> | void,
): Promise<void> {
  const figures = new Figures();
  let baseBytes: number | null = null;
  const thrown = Promise.withResolvers<never>();
  thrown.promise.catch(() => {});
  // What is thrown beside the round, in an event or a promise, fails the round that runs.
  process.on('uncaughtExceptionMonitor', thrown.reject);
  t.after(() => void process.off('uncaughtExceptionMonitor', thrown.reject));
  for (const seed of seeds(t, roundsInCi)) {
    try {
      await Promise.race([round(new Dice(seed), figures), thrown.promise]);
    } catch (error) {
      const how = `WEIR_FUZZ_SEED=${seed} WEIR_FUZZ_ROUNDS=1`;
      console.error(how);
      // What threw beside the round may have left a socket that nobody closes any more.
      setTimeout(() => process.exit(1), EXIT_MS).unref();
      throw new Error(`${how}: ${(error as Error).message}`, { cause: error });
    }
    figures.add('rounds');
    if (figures.get('rounds') === WARM_ROUNDS) baseBytes = heldBytes();
  }
  assert.deepEqual(Object.keys(Object.prototype), [], 'nothing reached Object.prototype');
  if (baseBytes !== null) {
    // Sockets that were cut off let go of what they held.
    await new Promise<void>((done) => setTimeout(done, 300));
    const growthBytes = heldBytes() - baseBytes;
    t.diagnostic(`memory grew by ${(growthBytes / 1_048_576).toFixed(1)} MiB`);
    assert.ok(growthBytes < GROWTH_BYTES_MAX, `memory grew by ${growthBytes} bytes`);
  }
  t.diagnostic(String(figures));
}

function* seeds(t: TestContext, roundsInCi: number): Generator<number> {
  const fresh = Date.now() % 1_000_000_007;
  const rounds = Number(ROUNDS ?? roundsInCi);
  if (MINUTES !== undefined) {
    t.diagnostic(`from seed ${SEED ?? fresh}, for ${MINUTES} minutes`);
    const end = Date.now() + Number(MINUTES) * 60_000;
    for (let seed = Number(SEED ?? fresh); Date.now() < end; seed++) yield seed;
    return;
  }
  const starts = SEED === undefined ? [1, fresh] : [Number(SEED)];
  t.diagnostic(`from seeds ${starts.join(' and ')}, ${rounds} rounds each`);
  for (const start of starts) for (let i = 0; i < rounds; i++) yield start + i;
}

/** What is alive on and beside the heap. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
