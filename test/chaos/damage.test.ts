/*
 * A store is damaged byte by byte and page by page: Weir starts or says what to do, never calls an altered count
 * complete, and the audit finds what made a difference.
 *
 *   npm run chaos:damage                              every byte, and every page
 *   WEIR_DAMAGE_SHARE=0.2 WEIR_DAMAGE_SEED=7 node --test test/chaos/damage.test.ts
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { seeded } from '../support/seeded.ts';
import { DamageBench, type Outcome } from './damage.ts';

const SHARE = Number(process.env['WEIR_DAMAGE_SHARE'] ?? 0.015);
const SEED = Number(process.env['WEIR_DAMAGE_SEED'] ?? Date.now() % 1_000_000);
const PAGE = 512;
/** Bytes at a page's start that say what the page is, and where its cells are. */
const PAGE_HEAD = 12;
const FILE_HEAD = 100;

const golden = fileURLToPath(new URL('../store/golden/v3.weir', import.meta.url));
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'weir-damage-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

class Figures {
  count = 0;
  readonly #sums = new Map<string, number>();

  add(outcome: Outcome): void {
    this.count += 1;
    this.#up(outcome.start);
    if (outcome.later) this.#up('set aside while written');
    if (outcome.troubleCount > 0) this.#up('commits refused');
    if (outcome.differs) this.#up('answered otherwise');
    if (outcome.found) this.#up('found by the audit');
  }

  toString(): string {
    const sums = [...this.#sums].map(([name, count]) => `${name} ${count}`);
    return [`damaged files ${this.count}`, ...sums].join(', ');
  }

  #up(name: string): void {
    this.#sums.set(name, (this.#sums.get(name) ?? 0) + 1);
  }
}

/** What must not be, in words. */
function faultsOf({ lies, found, differs }: Outcome, place: string): string[] {
  return [
    ...lies.map((lie) => `${place}: an altered count was called complete: ${lie}`),
    ...(differs && !found ? [`${place}: the audit did not find what differs`] : []),
  ];
}

function runOn(bench: DamageBench, damaged: Uint8Array, place: string): Outcome {
  try {
    return bench.run(damaged);
  } catch (error) {
    throw new Error(`${place}: ${(error as Error).message}`, { cause: error });
  }
}

test('no altered byte makes an altered count complete, or stops Weir without a word', (t) => {
  t.diagnostic(`seed ${SEED}, share ${SHARE}`);
  const bench = new DamageBench(folder, golden);
  assert.ok(bench.completeCount > 200, 'the undamaged file has complete buckets to lie about');
  const random = seeded(SEED);
  const figures = new Figures();
  const faults: string[] = [];
  for (let at = 0; at < bench.whole.length; at++) {
    const by = 1 + Math.floor(random() * 255);
    const structural = at < FILE_HEAD || at % PAGE < PAGE_HEAD;
    if (random() >= (structural ? Math.max(SHARE, 0.3) : SHARE)) continue;
    const damaged = Buffer.from(bench.whole);
    damaged[at]! ^= by;
    const place = `byte ${at} (page ${1 + Math.floor(at / PAGE)}) ^ ${by}`;
    const outcome = runOn(bench, damaged, place);
    figures.add(outcome);
    faults.push(...faultsOf(outcome, place));
  }
  t.diagnostic(String(figures));
  assert.deepEqual(faults, []);
});

test('a file that was cut at a page, or has a page of nothing, is no other', (t) => {
  const bench = new DamageBench(folder, golden);
  const figures = new Figures();
  const faults: string[] = [];
  for (let at = 0; at < bench.whole.length; at += PAGE) {
    const zeroed = Buffer.from(bench.whole);
    zeroed.fill(0, at, at + PAGE);
    for (const [how, damaged] of [
      ['cut', bench.whole.subarray(0, at)],
      ['zeroed', zeroed],
    ] as const) {
      const place = `${how} at page ${1 + at / PAGE}`;
      const outcome = runOn(bench, damaged, place);
      figures.add(outcome);
      faults.push(...faultsOf(outcome, place));
    }
  }
  t.diagnostic(String(figures));
  assert.deepEqual(faults, []);
});
