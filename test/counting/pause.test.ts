// A thread that read nothing for a while: no second of it, and none with what had waited, reads complete.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChannelCounter } from '../../src/counting/channel-counter.ts';
import { foldBuckets, type Gap } from '../../src/model/bucket.ts';
import { emptyTally } from '../../src/model/tally.ts';
import { allocateRing } from '../../src/shared/ring.ts';
import { RingReader } from '../../src/shared/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';
import { FakeTime } from '../support/fake-time.ts';
import { COUNT } from '../support/positions.ts';
import { fakeTurns } from '../support/turns.ts';

const S = 1_790_000_000;
const START = S * 1_000;

function setUp() {
  const memory = allocateRing({ keysMax: 0, keyWords: 1, shardsMax: 0 });
  const reader = new RingReader(memory);
  reader.seal(S);
  const time = new FakeTime(START);
  const clocks = { slept: 0, cpu: 0 };
  const turns = fakeTurns(time, clocks);
  /** By start and cause: gaps of two causes may begin together. */
  const gaps = new Map<string, Gap>();
  const sink = new ChannelCounter({
    userClass: null,
    writer: new RingWriter(memory),
    traits: {
      measure: 'count',
      keysMax: 0,
      top: 0,
      needsBody: false,
      paths: { key: null, value: null },
      definition: COUNT,
      isolated: false,
    },
    worthOf: () => 1,
    clock: time,
    positions: [],
    blindSince: { from: START, cause: 'feed', detail: 'connecting' },
    open: (text) => text,
    turns,
    notes: { event: () => {}, gap: (gap) => gaps.set(`${gap.from} ${gap.cause}`, gap) },
  });
  sink.up();
  /** Runs as a thread does: it looks at its clocks four times a second, and ticks once. */
  const run = (to: number) => {
    while (time.now() < to) {
      time.goTo(Math.min(to, time.now() + 250));
      turns.look();
      if (time.now() % 1_000 === 0) sink.tick();
    }
  };
  const covered = (second: number) =>
    reader.secondsHeld(second, second + 1).map((held) => reader.tally(held).coveredMs)[0] ?? 0;
  const pauses = () => [...gaps.values()].filter(({ cause }) => cause !== 'feed');
  return { sink, reader, time, clocks, turns, gaps, run, covered, pauses };
}

const cellOf = (second: number, coveredMs: number) => ({
  start: second * 1_000,
  tally: { ...emptyTally(), coveredMs },
  amended: 0,
  damaged: false,
  definition: COUNT,
});

const turn = () => new Promise<void>((done) => setImmediate(done));

test('a suspended thread covers nothing, and what had waited is replayed until the feed has caught up', async () => {
  const { sink, reader, time, run, covered, pauses } = setUp();
  run(START + 3_500);
  time.jumpTo(START + 23_600);
  // The first thing that happens is that what waited is read.
  sink.tally(40, null);
  time.goTo(START + 23_900);
  sink.tally(2, null);
  sink.settled();
  sink.tally(1, null);
  await turn();
  run(START + 26_000);
  assert.deepEqual(
    [2, 3, 4, 12, 22, 23, 24].map((offset) => covered(S + offset)),
    [1_000, 500, 0, 0, 0, 100, 1_000],
  );
  const second = reader.tally(S + 23);
  assert.deepEqual([second.counted, second.replayed], [43, 42]);
  assert.deepEqual(pauses(), [
    {
      from: START + 3_500,
      to: START + 23_900,
      cause: 'suspended',
      detail: 'Weir or this machine was suspended',
    },
  ]);
});

test('a thread that was busy is stalled; less than a second costs nothing, however busy', () => {
  const { time, clocks, turns, run, covered, pauses, sink } = setUp();
  run(START + 1_000);
  time.jumpTo(START + 1_990);
  clocks.cpu += 990;
  turns.look();
  assert.deepEqual(pauses(), []);
  run(START + 3_000);
  time.jumpTo(START + 6_000);
  clocks.cpu += 2_500;
  turns.look();
  sink.settled();
  run(START + 8_000);
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((offset) => covered(S + offset)),
    [1_000, 1_000, 0, 0, 0, 1_000],
  );
  assert.deepEqual(
    pauses().map(({ from, to, cause }) => [from - START, to! - START, cause]),
    [[3_000, 6_000, 'stalled']],
  );
});

test('a machine that slept while the clock stood: the step that follows is the gap, and it was suspended', () => {
  const { sink, time, clocks, turns, run, covered, pauses } = setUp();
  run(START + 2_500);
  clocks.slept += 60_000;
  turns.look();
  sink.tally(5, null);
  time.setWall(60_000);
  sink.settled();
  run(START + 65_000);
  assert.ok(pauses().every(({ cause }) => cause === 'suspended'));
  assert.ok(pauses().some(({ from, to }) => from <= START + 2_500 && to! >= START + 62_500));
  assert.equal(covered(S + 2), 500);
  assert.equal(covered(S + 30), 0);
  assert.equal(covered(S + 63), 1_000);
});

test('a feed that answers nothing is taken to have caught up after a while; a link that ends ends the pause', () => {
  for (const end of ['nothing', 'down'] as const) {
    const { sink, time, turns, run, covered, gaps } = setUp();
    run(START + 1_000);
    time.jumpTo(START + 5_000);
    turns.look();
    if (end === 'down') sink.down('closed', true);
    run(START + 14_000);
    assert.equal(covered(S + 6), 0);
    assert.equal(covered(S + 12), end === 'nothing' ? 1_000 : 0);
    const open = [...gaps.values()].filter(({ to }) => to === null);
    assert.equal(open.length, end === 'nothing' ? 0 : 1, 'the gap of the link goes on');
  }
});

test('seconds that a wrong clock has shown before are of two times, however they are covered the second time', async () => {
  const { sink, time, run, turns, gaps, covered } = setUp();
  run(START + 2_000);
  time.setWall(60_000);
  turns.look();
  run(START + 64_000);
  time.setWall(-60_000);
  turns.look();
  run(START + 62_500);
  // The seconds that were shown come again, and Weir is suspended in them.
  time.jumpTo(START + 70_000);
  sink.settled();
  await turn();
  run(START + 71_000);
  const seconds = [62, 63, 64].map((offset) => {
    const [bucket] = foldBuckets({
      edges: [(S + offset) * 1_000, (S + offset + 1) * 1_000],
      cells: [cellOf(S + offset, covered(S + offset))],
      gaps: [...gaps.values()],
      sealedTo: START + 71_000,
      now: START + 71_000,
      definition: COUNT,
    });
    return [bucket!.state, bucket!.gaps.map(({ cause }) => cause).sort()];
  });
  assert.deepEqual(seconds, [
    ['partial', ['clock', 'suspended']],
    ['partial', ['clock', 'suspended']],
    ['missing', ['suspended']],
  ]);
});
