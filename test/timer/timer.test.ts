import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WeirEvent } from '../../src/model/channel.ts';
import { allocateRing, CONTROL } from '../../src/shared/ring.ts';
import { RingReader } from '../../src/shared/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';
import { alignedTicks } from '../../src/timer/aligned-ticks.ts';
import { SealLoop } from '../../src/timer/seal-loop.ts';
import { NOTES_WAITING_MAX, type SealedCells, Sealer } from '../../src/timer/sealer.ts';
import { FakeTime } from '../support/fake-time.ts';
import { at, COUNT } from '../support/positions.ts';
import { keyCell } from '../support/stored.ts';

const S = 1_790_000_000;
const MEANING = { definition: COUNT, stream: '00000000', keysSince: S };
type Commit = Parameters<SealedCells['commit']>[0];

function setUp(keysMax = 0) {
  const memory = allocateRing({ keysMax, keyWords: 1, shardsMax: 1 });
  const ring = new RingReader(memory);
  const writer = new RingWriter(memory);
  const commits: Commit[] = [];
  const store = {
    failing: false,
    rolledUpAfter: [] as number[],
    pruned: [] as number[],
    commit(commit: Commit) {
      if (store.failing) throw new Error('disk full');
      commits.push(structuredClone(commit));
    },
    rollUp() {
      store.rolledUpAfter.push(commits.length);
    },
    prune(now: number) {
      store.pruned.push(now);
    },
  };
  const channel = { name: 'a', ring, waitSeconds: 0, writer, ...MEANING };
  const sealer = new Sealer([channel], store);
  ring.seal(S);
  return { ring, writer, commits, store, sealer, channel };
}

test('ticks stay on the grid, however late each one is', () => {
  const time = new FakeTime(S * 1_000 + 300);
  const ticks: number[] = [];
  const stop = alignedTicks({ periodMs: 1_000, afterMs: 20 }, (now) => ticks.push(now), {
    clock: time,
    timers: time,
  });
  time.goTo(S * 1_000 + 2_500);
  time.jumpTo(S * 1_000 + 5_700);
  time.goTo(S * 1_000 + 7_100);
  assert.deepEqual(
    ticks.map((at) => at - S * 1_000),
    [1_020, 2_020, 5_700, 6_020, 7_020],
  );
  stop();
  time.goTo(S * 1_000 + 20_000);
  assert.equal(ticks.length, 5);
  assert.equal(time.waiting, 0);
});

test('a timer that fires early does not tick twice', () => {
  const time = new FakeTime(S * 1_000);
  let early = true;
  const ticks: number[] = [];
  const timers = {
    after: (delayMs: number, callback: () => void) => {
      const by = early ? 3 : 0;
      early = false;
      return time.after(Math.max(0, delayMs - by), callback);
    },
  };
  alignedTicks({ periodMs: 1_000, afterMs: 0 }, (now) => ticks.push(now), { clock: time, timers });
  time.goTo(S * 1_000 + 1_500);
  assert.deepEqual(ticks, [(S + 1) * 1_000]);
});

test('only final seconds are sealed, with the position after their last message', () => {
  const { ring, writer, commits, sealer } = setUp();
  writer.open(S);
  writer.add('counted', 2);
  writer.commit(at('1:2'));
  writer.open(S + 1);
  writer.add('counted', 5);
  writer.commit(at('1:7'));
  sealer.seal((S + 1) * 1_000);
  assert.deepEqual(commits[0]!.seals[0]!.positions, at('1:2'));
  assert.deepEqual(
    commits[0]!.seals[0]!.cells.map(({ second, tally }) => [second, tally.counted]),
    [[S, 2]],
  );
  assert.equal(ring.sealed, S + 1);
  sealer.seal((S + 1) * 1_000);
  assert.deepEqual(commits[1]!.seals, [], 'nothing is sealed twice');
});

test('a store that fails loses nothing: seconds and notes wait for the next try', () => {
  const { ring, writer, commits, store, sealer } = setUp(3);
  writer.open(S);
  writer.add('counted', 1);
  writer.addKey(writer.keys.slotOf('k'), 1);
  writer.commit();
  writer.open(S + 1);
  sealer.noteEvent({ at: 1, channel: 'a', kind: 'connect', detail: '' });
  sealer.noteGap('a', { from: 1, to: null, cause: 'feed', detail: '' });
  store.failing = true;
  assert.throws(() => sealer.seal(0), /disk full/);
  assert.equal(ring.sealed, S);
  store.failing = false;
  sealer.seal(0);
  const [commit] = commits;
  assert.equal(commit!.seals[0]!.cells.length, 1);
  assert.deepEqual(commit!.seals[0]!.keyCells, [{ second: S, ...keyCell('k', 1) }]);
  assert.equal(commit!.events.length, 1);
  assert.equal(commit!.gaps.length, 1);
  sealer.seal(0);
  assert.deepEqual([commits[1]!.gaps, commits[1]!.events], [[], []], 'told once');
});

test('notes that wait for a store are bounded', () => {
  const { commits, sealer } = setUp();
  for (let i = 0; i < NOTES_WAITING_MAX + 5; i++)
    sealer.noteEvent({ at: i, channel: null, kind: 'loss', detail: '' });
  sealer.seal(0);
  assert.equal(commits[0]!.events.length, NOTES_WAITING_MAX);
  assert.equal(commits[0]!.events[0]!.at, 5);
});

test('amendments are sealed once, with the final point that covers them, and say whether they heal', () => {
  const { ring, commits, store, sealer, channel } = setUp();
  const writer = channel.writer;
  channel.waitSeconds = 3;
  writer.open(S + 10);
  sealer.seal(0);
  for (const second of [S + 5, S + 8]) {
    writer.aim(second);
    writer.add('counted', 1);
    writer.commit(at('1:1'));
  }
  sealer.seal(0);
  assert.deepEqual(commits.at(-1)!.seals, [], 'nothing of the running second');
  writer.open(S + 11);
  store.failing = true;
  assert.throws(() => sealer.seal(0));
  store.failing = false;
  sealer.seal(0);
  const [seal] = commits.at(-1)!.seals;
  assert.deepEqual(
    seal!.amendments.map(({ second, tally, heals }) => [second - S, tally.counted, heals]),
    [
      [5, 1, true],
      [8, 1, false],
    ],
  );
  assert.deepEqual([seal!.amendmentCount, seal!.positions], [2, at('1:1')]);
  writer.open(S + 12);
  sealer.seal(0);
  assert.deepEqual(commits.at(-1)!.seals[0]!.amendments, [], 'brought once');
  assert.equal(ring.sealed, S + 12);
});

test('a timer thread that is started again does not seal what the store has of this run', () => {
  const { ring, writer, commits, store } = setUp();
  writer.open(S);
  writer.add('counted', 1);
  writer.aim(S - 9);
  writer.add('counted', 2);
  writer.commit();
  writer.open(S + 1);
  // The former one had committed this, and ended before it said so.
  const again = new Sealer([{ name: 'a', ring, waitSeconds: 0, ...MEANING }], store);
  again.takeUp(new Map([['a', { sealedTo: S + 1, amendmentCount: 1 }]]));
  again.seal(0);
  const [seal] = commits[0]!.seals;
  assert.deepEqual([seal!.cells, seal!.amendments, seal!.sealedTo], [[], [], S + 1]);
});

test('a channel that is gone is sealed a last time; one that was never counted in is not', () => {
  const { ring, writer, commits, sealer } = setUp();
  const unused = new RingReader(allocateRing({ keysMax: 0, keyWords: 1, shardsMax: 1 }));
  writer.open(S);
  writer.add('counted', 1);
  writer.commit();
  writer.open(S + 1);
  sealer.setChannels([{ name: 'b', ring: unused, waitSeconds: 0, ...MEANING }]);
  sealer.seal(0);
  assert.deepEqual(
    commits[0]!.seals.map(({ channel }) => channel),
    ['a'],
  );
  assert.equal(ring.sealed, S + 1);
  writer.open(S + 2);
  sealer.seal(0);
  assert.deepEqual(commits[1]!.seals, []);
});

test('a second in which nothing was observed makes no cell', () => {
  const { writer, commits, sealer } = setUp();
  writer.open(S);
  writer.open(S + 3);
  sealer.seal(0);
  assert.deepEqual(commits[0]!.seals[0]!.cells, []);
  assert.equal(commits[0]!.seals[0]!.sealedTo, S + 3);
});

test('the loop waits a little for heads that lag, seals then, prunes now and again, and tells of a failing store once in a while', () => {
  const { ring, writer, commits, store, sealer } = setUp();
  const time = new FakeTime(S * 1_000);
  const told: WeirEvent[] = [];
  writer.open(S);
  const loop = new SealLoop({
    sealer,
    store,
    clock: time,
    timers: time,
    tell: (event) => told.push(event),
  });
  time.goTo((S + 1) * 1_000 + 20);
  assert.equal(ring.sealed, S);
  assert.deepEqual(store.rolledUpAfter, [1], 'not while a channel is waited for');
  writer.open(S + 1);
  time.goTo((S + 1) * 1_000 + 40);
  assert.equal(ring.sealed, S + 1, 'sealed by the second look, not the next tick');
  assert.deepEqual(store.rolledUpAfter, [1, commits.length]);
  store.failing = true;
  time.goTo((S + 5) * 1_000);
  assert.equal(told.length, 1);
  assert.match(told[0]!.detail, /disk full/);
  assert.equal(loop.storeTrouble, 'disk full');
  store.failing = false;
  time.goTo((S + 70) * 1_000);
  assert.equal(loop.storeTrouble, null);
  assert.equal(store.pruned.length, 1);
  writer.open(S + 70);
  loop.stop();
  assert.equal(ring.sealed, S + 70, 'stopping seals what is final');
  assert.ok(commits.length > 60);
});

test('a second that is opened before its final point is there is waited for', () => {
  const { ring, writer, sealer } = setUp();
  writer.open(S);
  const { control } = ring.views;
  Atomics.store(control, CONTROL.newest, S + 1);
  sealer.seal(0);
  assert.equal(sealer.behind(S + 1), 1);
  Atomics.store(control, CONTROL.newest, S);
  writer.open(S + 1);
  sealer.seal(0);
  assert.equal(sealer.behind(S + 1), 0);
});
