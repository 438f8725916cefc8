// A wrong clock, or a shortened retain, takes no history before somebody had a day to notice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WeirEvent } from '../../src/model/channel.ts';
import type { Retention } from '../../src/model/tier.ts';
import { type PrunedStore, PruneGate, REQUEST_FACT } from '../../src/timer/prune-gate.ts';
import { FakeTime } from '../support/fake-time.ts';

const START = 1_790_000_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const RETAIN: Retention = { '1s': HOUR, '1m': 35 * DAY, '15m': 3_650 * DAY };

/** A store that notes what it was asked to prune, and one gate after the other on it. */
function setUp() {
  const facts = new Map<string, string>();
  const pruned: Retention[] = [];
  const store: PrunedStore = {
    fact: (name) => facts.get(name) ?? null,
    putFact: (name, value) => void facts.set(name, value),
    prunable: () => 1_234,
    prune: (_now, retention) => void pruned.push(retention),
  };
  const told: WeirEvent[] = [];
  const start = (time: FakeTime, aliveAt: number | null, retention = RETAIN) =>
    new PruneGate({ store, retention, clock: time, tell: (event) => told.push(event) }, aliveAt);
  return { store, facts, pruned, told, start };
}

/** Runs for so long, with a tick a minute. */
function run(time: FakeTime, gate: PruneGate, ms: number): void {
  for (const end = time.now() + ms; time.now() < end; ) {
    time.goTo(Math.min(end, time.now() + 60_000));
    gate.tick();
  }
}

test('a steady clock prunes, after a short stop too', () => {
  const { pruned, told, start } = setUp();
  const time = new FakeTime(START);
  run(time, start(time, START - HOUR + 1), 3 * 60_000);
  assert.deepEqual(pruned, [RETAIN, RETAIN, RETAIN]);
  assert.deepEqual(told, []);
});

test('after a jump nothing is pruned for a day of running, over restarts, whatever else jumps', () => {
  const { pruned, told, start } = setUp();
  const time = new FakeTime(START);
  const first = start(time, null);
  time.setWall(DAY);
  run(time, first, 10 * HOUR);
  assert.match(first.waiting!, /^the clock went forward by 24h; nothing is pruned for another 14h/);
  const again = new FakeTime(time.now() + 100 * DAY);
  const second = start(again, time.now());
  again.setWall(5 * DAY);
  run(again, second, 14 * HOUR - 60_000);
  assert.deepEqual(pruned, []);
  run(again, second, 60_000);
  assert.equal(pruned.length, 1);
  assert.equal(second.waiting, null);
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['prune-wait', 'prune-wait'],
    'when it begins, and when it ends',
  );
});

test('a clock that goes back ends the wait; so does an operator', () => {
  for (const end of ['back', 'request'] as const) {
    const { store, facts, pruned, start } = setUp();
    const time = new FakeTime(START);
    const gate = start(time, null);
    time.setWall(DAY);
    gate.tick();
    assert.deepEqual(pruned, []);
    if (end === 'back') time.setWall(-DAY);
    else store.putFact(REQUEST_FACT, 'trust-clock');
    gate.tick();
    assert.equal(pruned.length, 1);
    assert.equal(facts.get(REQUEST_FACT) ?? '', '', 'the request is done');
  }
});

for (const [title, looks, isPruned] of [
  ['ahead, and set again by seconds before anybody looks', [[40 * DAY, 2_000]], false],
  ['ahead, and set again by seconds during the wait', [[40 * DAY], [-2_000], [3_000]], false],
  ['ahead, and back by less', [[40 * DAY], [-DAY]], false],
  ['ahead in two goes, and back by the first', [[DAY], [40 * DAY], [-DAY]], false],
  ['ahead, and back before anybody looks', [[40 * DAY, -40 * DAY]], true],
  ['ahead, and back to within seconds', [[40 * DAY], [2_000 - 40 * DAY]], true],
  ['ahead in two goes, and back in two', [[DAY], [40 * DAY], [-DAY], [-40 * DAY]], true],
] as const) {
  test(`a clock that goes ${title}: it ${isPruned ? 'prunes' : 'waits'}`, () => {
    const { pruned, start } = setUp();
    const time = new FakeTime(START);
    const gate = start(time, null);
    for (const steps of looks) {
      for (const byMs of steps) time.setWall(byMs);
      time.goTo(time.now() + 60_000);
      gate.tick();
    }
    assert.deepEqual(pruned, isPruned ? [RETAIN] : []);
    assert.equal(gate.waiting === null, isPruned);
  });
}

test('a shortened retain is announced with what it takes, and applies after a day of running', () => {
  const { pruned, told, start } = setUp();
  const shorter = { ...RETAIN, '1m': DAY };
  let time = new FakeTime(START);
  start(time, null).tick();
  time = new FakeTime(START + HOUR / 2);
  const gate = start(time, START, shorter);
  assert.match(told[0]!.detail, /^retain was shortened: 1234 cells will be removed after 24h/);
  run(time, gate, 20 * HOUR);
  const again = new FakeTime(time.now() + 60_000);
  const next = start(again, time.now(), shorter);
  assert.equal(told.length, 1, 'announced once');
  run(again, next, 4 * HOUR - 60_000);
  assert.ok(pruned.every((retention) => retention['1m'] === RETAIN['1m']));
  run(again, next, 60_000);
  assert.deepEqual(pruned.at(-1), shorter);
  assert.equal(next.waiting, null);
});

test('a retain that was shortened by mistake and put right takes nothing; a longer one applies at once', () => {
  const { pruned, start } = setUp();
  const time = new FakeTime(START);
  start(time, null).tick();
  start(time, START, { ...RETAIN, '1m': DAY }).tick();
  const gate = start(time, START, { ...RETAIN, '1m': 40 * DAY });
  assert.equal(gate.waiting, null);
  gate.tick();
  assert.deepEqual(
    pruned.map((retention) => retention['1m'] / DAY),
    [35, 35, 40],
  );
});
