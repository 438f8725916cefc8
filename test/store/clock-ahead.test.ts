// A clock that is far ahead for a minute, and right again: what was kept before stays, and what comes after is kept.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { PruneGate } from '../../src/timer/prune-gate.ts';
import { FakeTime } from '../support/fake-time.ts';
import { openStore, sqliteKind } from '../support/open-store.ts';
import { cell, commit, keyCell, RETENTION, S, seal } from '../support/stored.ts';

const DAY = 86_400;
const A_SECOND = 10;
const BEFORE = 600;
const AHEAD = 61;
const AFTER = 180;

/** A channel of ten messages a second, and a store that is pruned once a minute of running. */
class Run {
  readonly store: ReturnType<typeof openStore>;
  readonly time: FakeTime;
  readonly gate: PruneGate;
  #runSeconds = 0;

  /** `isGated`: what prunes is the gate, as in Weir; else nothing holds it. */
  constructor(t: TestContext, isGated: boolean) {
    this.store = openStore(t);
    this.time = new FakeTime(S * 1_000);
    const { writer } = this.store;
    writer.begin(S);
    this.gate = new PruneGate(
      { store: writer, retention: RETENTION, clock: this.time, tell: () => {} },
      null,
    );
    this.#prune = isGated ? () => this.gate.tick() : () => writer.prune(this.time.now());
  }

  readonly #prune: () => void;

  get second(): number {
    return Math.floor(this.time.now() / 1_000);
  }

  seconds(count: number): void {
    for (let i = 0; i < count; i++) {
      const { second } = this;
      const keyCells = [{ second, ...keyCell('x', A_SECOND) }];
      this.time.goTo((second + 1) * 1_000);
      const sealed = seal('steady', second + 1, [cell(second, A_SECOND)], { keyCells });
      this.store.writer.commit(commit([sealed], { at: this.time.now() }));
      this.#runSeconds += 1;
      if (this.#runSeconds % 60 === 0) this.#prune();
    }
  }

  /** The clock is ahead by so many seconds for a little more than a minute; a prune falls into it. */
  ahead(bySeconds: number): void {
    this.time.setWall(bySeconds * 1_000);
    this.seconds(AHEAD);
    this.time.setWall(-bySeconds * 1_000);
  }

  /** Counts by second, of those whose whole second was covered. */
  counts(tier: '1s' | '1m', from: number, to: number): Map<number, number> {
    const length = tier === '1s' ? 1 : 60;
    const whole = this.store
      .cells('steady', tier, from, to)
      .filter(({ tally }) => tally.coveredMs === length * 1_000);
    return new Map(whole.map(({ start, tally }) => [start / 1_000, tally.counted]));
  }
}

/** The counts of the cells from `from` to `to` when nothing is lost. */
function steady(from: number, to: number, length: number): Map<number, number> {
  const starts = Array.from({ length: (to - from) / length }, (_, i) => from + i * length);
  return new Map(starts.map((start) => [start, A_SECOND * length]));
}

const audit = (run: Run) => sqliteKind.audit(run.store.path).first;

for (const days of [1, 40]) {
  test(`${days} days ahead: seconds after it are whole at once, and all history stays`, (t) => {
    const run = new Run(t, true);
    run.seconds(BEFORE);
    run.ahead(days * DAY);
    const back = run.second;
    assert.equal(back, S + BEFORE + AHEAD);
    run.seconds(AFTER);
    const end = run.second;
    assert.deepEqual(run.counts('1s', S, S + BEFORE), steady(S, S + BEFORE, 1));
    assert.deepEqual(run.counts('1s', back, end), steady(back, end, 1));
    assert.deepEqual(run.counts('1m', S, S + BEFORE), steady(S, S + BEFORE, 60));
    const minute = Math.ceil(back / 60) * 60;
    const last = end - (end % 60);
    assert.deepEqual(run.counts('1m', minute, last), steady(minute, last, 60));
    const keys = run.store.keyCells('steady', '1s', 'x');
    const later = keys.filter(({ start }) => start >= back * 1_000);
    assert.equal(later.length, end - back);
    assert.equal(run.gate.waiting, null, 'pruning goes on');
    assert.equal(audit(run), null);
  });

  test(`${days} days ahead, and pruned by that clock: seconds are whole again from the next pruning on`, (t) => {
    const run = new Run(t, false);
    run.seconds(BEFORE);
    run.ahead(days * DAY);
    // Until the store is pruned by the right clock.
    run.seconds(60);
    const right = run.second;
    run.seconds(AFTER);
    const end = run.second;
    assert.deepEqual(run.counts('1s', right, end), steady(right, end, 1));
    const minute = Math.ceil(right / 60) * 60;
    const last = end - (end % 60);
    assert.deepEqual(run.counts('1m', minute, last), steady(minute, last, 60));
    assert.equal(audit(run), null);
  });
}

test('a store that was opened anew by the right clock goes on as well', (t) => {
  const run = new Run(t, true);
  run.seconds(BEFORE);
  run.time.setWall(DAY * 1_000);
  run.seconds(AHEAD);
  run.time.setWall(-DAY * 1_000);
  run.store.writer.begin(run.second);
  const back = run.second;
  run.seconds(AFTER);
  assert.deepEqual(run.counts('1s', back, run.second), steady(back, run.second, 1));
  assert.deepEqual(run.counts('1m', S, S + BEFORE), steady(S, S + BEFORE, 60));
  assert.equal(audit(run), null);
});
