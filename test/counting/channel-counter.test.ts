import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChannelCounter } from '../../src/counting/channel-counter.ts';
import { NOTE_EVERY_MS } from '../../src/counting/notes.ts';
import { LATE_MS_MAX } from '../../src/counting/stamp.ts';
import type { Turns } from '../../src/counting/turns.ts';
import type { Gap } from '../../src/model/bucket.ts';
import type { ProcessorTraits } from '../../src/model/channel.ts';
import { FIRST_KEY_SLOT, OTHER_SLOT } from '../../src/model/series.ts';
import { ledgerDifference } from '../../src/model/tally.ts';
import type { WorthOf } from '../../src/model/worth.ts';
import { readLink } from '../../src/shared/link-words.ts';
import { allocateRing, RING_DEPTH, type RingMemory } from '../../src/shared/ring.ts';
import { RingReader } from '../../src/shared/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';
import { FakeTime } from '../support/fake-time.ts';
import { at, COUNT, coveredPosition } from '../support/positions.ts';
import { steadyTurns } from '../support/turns.ts';

const S = 1_790_000_000;
const START = S * 1_000;
const PLAIN: ProcessorTraits = {
  measure: 'count',
  keysMax: 0,
  top: 0,
  needsBody: false,
  paths: { key: null, value: null },
  definition: COUNT,
  isolated: false,
};

function counter(
  given: {
    traits?: Partial<ProcessorTraits>;
    worthOf?: WorthOf;
    position?: string | null;
    sealedTo?: number;
    memory?: RingMemory;
    time?: FakeTime;
    turns?: (time: FakeTime) => Turns;
  } = {},
) {
  const traits = { ...PLAIN, ...given.traits };
  const memory =
    given.memory ??
    allocateRing({
      keysMax: traits.keysMax,
      keyWords: traits.measure === 'sum' ? 3 : 1,
      shardsMax: 1,
    });
  const reader = new RingReader(memory);
  reader.seal(given.sealedTo ?? S);
  const time = given.time ?? new FakeTime(START);
  const gaps: Gap[] = [];
  const events: string[] = [];
  const sink = new ChannelCounter({
    userClass: null,
    writer: new RingWriter(memory),
    traits,
    worthOf: given.worthOf ?? (() => 1),
    clock: time,
    positions: given.position ? at(given.position) : [],
    turns: given.turns?.(time) ?? steadyTurns(),
    blindSince: { from: START, cause: 'feed', detail: 'connecting' },
    open: (detail) => detail,
    notes: {
      event: (kind, detail) => events.push(`${kind}: ${detail}`),
      gap: (gap) => gaps.push(gap),
    },
  });
  return { sink, memory, reader, time, gaps, events };
}

/** The turn of the event loop is over: what arrived in it is on the board. */
const turn = () => new Promise<void>((done) => setImmediate(done));

test('a message counts in the second in which it arrived', async () => {
  const { sink, reader, time } = counter();
  sink.up();
  time.goTo(START + 999);
  sink.tally(1, null);
  time.goTo(START + 1_000);
  sink.tally(2, null);
  await turn();
  assert.equal(reader.tally(S).counted, 1);
  assert.equal(reader.tally(S + 1).counted, 2);
  assert.equal(reader.newest, S + 1, 'the first second is final once the next has begun');
});

test('what arrived before the turn of a second stays before it, also where nothing is covered', async () => {
  const { sink, reader, time } = counter();
  sink.tally(1, null);
  time.goTo(START + 1_000);
  sink.tally(2, null);
  await turn();
  assert.deepEqual([reader.tally(S).counted, reader.tally(S + 1).counted], [1, 2]);
});

test('the head moves when nothing arrives', () => {
  const { sink, reader, time } = counter();
  sink.up();
  time.goTo(START + 5_000);
  sink.tick();
  assert.equal(reader.newest, S + 5);
  assert.equal(reader.tally(S + 3).coveredMs, 1_000);
});

test('only time with the link up is covered, to the millisecond, and the gap is booked', () => {
  const { sink, reader, time, gaps } = counter();
  time.goTo(START + 250);
  sink.up();
  time.goTo(START + 1_600);
  sink.down('closed with code 1000', true);
  time.goTo(START + 3_100);
  sink.up();
  time.goTo(START + 4_000);
  sink.tick();
  assert.deepEqual(
    [0, 1, 3].map((s) => reader.tally(S + s).coveredMs),
    [750, 600, 900],
  );
  assert.deepEqual(
    reader.secondsHeld(S + 2, S + 3).map((s) => reader.tally(s).coveredMs),
    [],
  );
  assert.deepEqual(gaps, [
    { from: START, to: null, cause: 'feed', detail: 'connecting' },
    { from: START, to: START + 250, cause: 'feed', detail: 'connecting' },
    { from: START + 1_600, to: null, cause: 'feed', detail: 'closed with code 1000' },
    { from: START + 1_600, to: START + 3_100, cause: 'feed', detail: 'closed with code 1000' },
  ]);
});

test('the link says since when it is down, and why, through every retry', () => {
  const { sink, reader, time } = counter();
  sink.up();
  time.goTo(START + 1_000);
  sink.down('first', true);
  time.goTo(START + 9_000);
  sink.down('second', false, 5_000);
  assert.deepEqual(readLink(reader.views), {
    state: 'down',
    since: START + 1_000,
    proof: START,
    detail: 'second',
    nextTry: START + 14_000,
  });
});

test('the ledger balances whatever the processor does', async () => {
  const worths: unknown[] = [
    1,
    null,
    'text',
    { key: 'k', value: 1 },
    Number.NaN,
    'throw',
    undefined,
  ];
  const { sink, reader } = counter({
    traits: { needsBody: true },
    worthOf: (message) => {
      if (message === 'throw') throw new Error('on purpose');
      return message as number;
    },
  });
  sink.messages(worths, at('1:7'));
  sink.malformed(2, 'broken frame');
  await turn();
  const totals = reader.totals();
  assert.equal(totals.received, 9);
  assert.equal(totals.filtered, 1);
  assert.equal(totals.malformed, 5);
  assert.equal(ledgerDifference(totals), 0);
});

test('a keyed channel counts each key, and the sum of the keys is the total', async () => {
  const { sink, reader } = counter({
    traits: { keysMax: 2, needsBody: true },
    worthOf: (message) => message as string,
  });
  sink.messages(['a', 'b', 'a', 'c', 'd'], null);
  await turn();
  assert.deepEqual(
    reader.keyTallies(S).map(({ slot, counted }) => [slot, counted]),
    [
      [OTHER_SLOT, 2],
      [FIRST_KEY_SLOT, 2],
      [FIRST_KEY_SLOT + 1, 1],
    ],
  );
  assert.equal(reader.tally(S).counted, 5);
});

test('a stored position is taken over, and counts only move it forward with what they counted', () => {
  const { sink } = counter({ position: '1:41' });
  assert.equal(sink.position(''), '1:41');
  sink.tally(2, at('1:43'));
  assert.equal(sink.position(''), '1:43');
});

test('a loss of known size is missed, one of unknown size is said to be unknown', async () => {
  const { sink, reader, events } = counter();
  sink.missed(31, 'skipped ahead', at('1:99'));
  sink.missed(null, 'expired', null);
  await turn();
  const { missed, missedUnknown } = reader.totals();
  assert.deepEqual({ missed, missedUnknown }, { missed: 31, missedUnknown: 1 });
  assert.equal(sink.position(''), '1:99');
  assert.equal(events.length, 1, 'the second event of a kind waits');
});

test('while the timer is behind, nothing is lost: the newest second takes it, and says that it is coarse', async () => {
  const { sink, reader, time, events } = counter();
  sink.up();
  time.goTo(START + (RING_DEPTH + 10) * 1_000);
  sink.tally(7, null);
  await turn();
  const newest = S + RING_DEPTH - 1;
  assert.equal(reader.newest, newest);
  assert.equal(reader.tally(newest).counted, 7);
  assert.ok(reader.tally(newest).coarse > 0);
  assert.ok(events.some((event) => event.startsWith('ring-full')));
  reader.seal(newest);
  sink.tally(1, null);
  await turn();
  assert.equal(reader.totals().counted, 8);
  assert.equal(reader.tally(S + RING_DEPTH + 10).counted, 1, 'caught up');
  assert.equal(
    reader.totals().coveredMs,
    (RING_DEPTH + 10) * 1_000,
    'no covered time is lost or doubled',
  );
});

test('the frames of one turn are one batch: their counts and the last position, at once', async () => {
  const { sink, reader } = counter();
  sink.tally(1, at('1:1'));
  sink.tally(2, at('1:3'));
  assert.equal(reader.totals().counted, 0);
  assert.equal(sink.position(''), '1:3', 'who asks knows already');
  await turn();
  assert.equal(reader.totals().counted, 3);
});

test('events of one kind are told once in a while, with the number of those left out', () => {
  const { sink, time, events } = counter();
  for (let i = 0; i < 5; i++) sink.malformed(1, 'broken');
  time.goTo(START + NOTE_EVERY_MS);
  sink.malformed(1, 'broken');
  assert.deepEqual(events, ['feed-error: broken', 'feed-error: broken (and 4 more like it)']);
});

test('the last event of a kind is told in the end, even if none follows; the wait doubles', () => {
  const { sink, time, events } = counter();
  sink.malformed(1, 'first');
  sink.malformed(1, 'second');
  sink.malformed(1, 'third');
  time.goTo(START + NOTE_EVERY_MS - 1);
  sink.tick();
  assert.deepEqual(events.splice(0), ['feed-error: first']);
  time.goTo(START + NOTE_EVERY_MS);
  sink.tick();
  assert.deepEqual(events.splice(0), ['feed-error: third (and 1 more like it)']);
  sink.malformed(1, 'fourth');
  time.goTo(START + 3 * NOTE_EVERY_MS - 1);
  sink.tick();
  assert.deepEqual(events.splice(0), []);
  time.goTo(START + 3 * NOTE_EVERY_MS);
  sink.tick();
  assert.deepEqual(events.splice(0), ['feed-error: fourth']);
  time.goTo(START + 20 * NOTE_EVERY_MS);
  sink.malformed(1, 'after a quiet time');
  assert.deepEqual(events, ['feed-error: after a quiet time']);
});

test('a link that flaps is told in a few lines, the last of them the newest', () => {
  const { sink, time, events } = counter();
  for (let second = 0; second < 60; second++) {
    time.goTo(START + second * 1_000);
    sink.up();
    sink.down(`goodbye ${second}`, true);
    sink.tick();
  }
  const told = events.filter((event) => event.startsWith('disconnect'));
  assert.ok(told.length <= 4, told.join(', '));
  const folded = told.map((event) => Number(/and (\d+) more/.exec(event)?.[1] ?? 0));
  time.goTo(START + 200_000);
  sink.tick();
  const last = events.at(-1)!;
  assert.match(last, /goodbye 59/);
  const rest = Number(/and (\d+) more/.exec(last)?.[1] ?? 0);
  assert.equal(
    folded.reduce((sum, n) => sum + n + 1, rest + 1),
    60,
    'each is told or folded',
  );
});

test('finish makes the running second final, with its coverage', () => {
  const { sink, reader, time } = counter();
  sink.up();
  sink.tally(1, null);
  time.goTo(START + 400);
  sink.finish();
  assert.equal(reader.newest, S + 1);
  assert.equal(reader.tally(S).coveredMs, 400);
});

/** What the timer would bring to past seconds: second after `S` → field → amount. */
function amended(reader: RingReader) {
  return Object.fromEntries(
    reader
      .amendments(reader.finalPoint())
      .map(({ second, tally }) => [
        second - S,
        Object.fromEntries(Object.entries(tally).filter(([, value]) => value !== 0)),
      ]),
  );
}

test('a link that turns out to have been dead is in doubt since its last proof of life', () => {
  const { sink, reader, time, gaps } = counter();
  sink.up();
  time.goTo(START + 1_400);
  sink.alive();
  for (const ms of [2_000, 3_000, 4_000]) {
    time.goTo(START + ms);
    sink.tick();
  }
  assert.equal(reader.tally(S + 2).coveredMs, 1_000, 'nobody knows yet');
  time.goTo(START + 4_300);
  sink.down('no sign of life');
  time.goTo(START + 5_000);
  sink.tick();
  assert.deepEqual(amended(reader), {
    1: { coveredMs: -600 },
    2: { coveredMs: -1_000 },
    3: { coveredMs: -1_000 },
  });
  assert.equal(reader.tally(S + 4).coveredMs, 0);
  assert.equal(reader.totals().coveredMs, 1_400);
  assert.deepEqual(gaps.at(-1), {
    from: START + 1_400,
    to: null,
    cause: 'feed',
    detail: 'no sign of life',
  });
  assert.equal(readLink(reader.views).since, START + 1_400);
});

test('a message with an event time counts in its second, heals it, and moves the position with it', async () => {
  const { sink, reader, time } = counter();
  time.goTo(START + 60_500);
  sink.up();
  const times = [START + 10_000, START + 10_999, START + 60_100, START + 99_000, null];
  sink.messages([1, 2, 3, 4, 5], at('1:5'), { times });
  await turn();
  assert.equal(reader.tally(S + 60).counted, 3, 'now, ahead of now, and without a time');
  time.goTo(START + 61_000);
  sink.tick();
  assert.deepEqual(amended(reader), { 10: { received: 2, counted: 2 } });
  assert.equal(reader.totals().counted, 5);
  assert.equal(sink.position(''), '1:5');
});

test('an event time a moment ahead begins its second; one further ahead counts on arrival', async () => {
  const { sink, reader, time } = counter();
  time.goTo(START + 990);
  sink.up();
  sink.messages([1, 2], null, { times: [START + 1_005, START + 1_100] });
  await turn();
  assert.equal(reader.tally(S + 1).counted, 1);
  time.goTo(START + 2_000);
  sink.tick();
  assert.deepEqual(amended(reader)[0]!['counted'], 1);
  assert.equal(reader.totals().coveredMs, 1_010);
});

test('messages of more past seconds than there is room for count on arrival, and say so', async () => {
  const { sink, reader, time, events } = counter();
  sink.up();
  const count = 6_000;
  const times = Array.from({ length: count }, (_, index) => START - (index + 1) * 1_000);
  for (const at of times) sink.messages([1], null, { times: [at] });
  await turn();
  time.goTo(START + 1_000);
  sink.tick();
  const { counted, undated } = reader.totals();
  assert.equal(counted, count);
  const past = Object.values(amended(reader)).reduce(
    (sum, tally) => sum + (tally['counted'] ?? 0),
    0,
  );
  const now = reader.tally(S);
  assert.ok(past > 1_000, `${past} were put into their seconds`);
  assert.equal(now.counted, count - past);
  assert.equal(now.undated, now.counted, 'each of the others is marked');
  assert.equal(undated, now.undated);
  assert.match(
    events.filter((event) => event.startsWith('undated')).join(),
    /^undated: there are more messages of past seconds than can be put into them at once: such messages count on arrival, as undated$/,
  );
});

test('an event time far ahead of the clock is undated, and reported; one older than can be amended is late, and in the ledger', async () => {
  const { sink, reader, events } = counter();
  sink.up();
  const times = [START + 3_600_000, START - LATE_MS_MAX - 1];
  sink.messages(['ahead', 'late'], null, { times });
  await turn();
  const totals = reader.totals();
  assert.deepEqual([totals.received, totals.counted, totals.late], [2, 1, 1]);
  assert.equal(ledgerDifference(totals), 0);
  assert.equal(totals.undated, 1);
  assert.ok(events.some((event) => event.includes('a time is 3600.0 s ahead of the clock')));
});

test('what was sent before the link came up is replayed: by its event time, else as the feed says', async () => {
  const { sink, reader, time } = counter();
  time.goTo(START + 30_000);
  sink.up(true);
  sink.messages([1, 2], null, { times: [START + 29_000, START + 30_000], replayed: true });
  sink.tally(3, null, { replayed: true });
  sink.tally(4, null);
  await turn();
  assert.equal(reader.totals().replayed, 4);
  sink.down('closed', true);
  sink.up(false);
  sink.tally(5, null, { replayed: true });
  await turn();
  assert.equal(reader.totals().replayed, 4, 'a link that does not resume replays nothing');
});

test('duplicates are in the ledger; what was missed and came after all is missed no more, where it was booked', async () => {
  const { sink, reader, time } = counter();
  sink.missed(3, 'jump', null);
  sink.duplicate(2, null);
  await turn();
  time.goTo(START + 2_000);
  sink.found(1, START + 500);
  sink.tally(1, null);
  await turn();
  time.goTo(START + 3_000);
  sink.tick();
  const totals = reader.totals();
  assert.deepEqual([totals.received, totals.duplicate, totals.missed], [3, 2, 2]);
  assert.equal(ledgerDifference(totals), 0);
  assert.deepEqual(amended(reader), { 0: { missed: -1 } });
});

test('a clock that is set forward leaves a hole that is booked, and credits none of it', async () => {
  const { sink, reader, time, gaps } = counter();
  sink.up();
  time.goTo(START + 1_500);
  sink.tally(1, null);
  time.setWall(3_600_000);
  sink.tick();
  time.goTo(START + 3_602_000);
  sink.tally(1, null);
  sink.tick();
  await turn();
  assert.equal(reader.tally(S + 1).coveredMs, 500);
  assert.equal(reader.tally(S + 3_601).coveredMs, 500);
  assert.equal(reader.tally(S + 3_602).counted, 1);
  assert.equal(reader.totals().coveredMs, 2_000);
  const { detail, ...gap } = gaps.at(-1)!;
  assert.deepEqual(gap, { from: START + 1_500, to: START + 3_601_500, cause: 'down' });
  assert.match(detail, /went forward/);
});

test('a clock that is set back makes amendments until it is where it was; nothing is lost, doubled or negative', async () => {
  const { sink, reader, time } = counter();
  sink.up();
  time.goTo(START + 100_000);
  sink.tick();
  reader.seal(S + 100);
  time.setWall(-50_000);
  for (let second = 51; second <= 103; second++) {
    time.goTo(START + second * 1_000);
    sink.tick();
    sink.tally(1, null);
    await turn();
  }
  time.goTo(START + 104_000);
  sink.tick();
  const totals = reader.totals();
  assert.equal(totals.counted, 53);
  assert.equal(totals.coveredMs, 154_000, 'all time that passed');
  const past = amended(reader);
  assert.deepEqual(past[70], { received: 1, counted: 1, coveredMs: 1_000 });
  assert.equal(
    Object.values(past).reduce((sum, one) => sum + (one['counted'] ?? 0), 0),
    49,
  );
  assert.equal(reader.tally(S + 102).counted, 1, 'time goes on as before');
});

test('while the clock is behind, what is amended becomes final once a second', async () => {
  const { sink, reader, time } = counter();
  sink.up();
  time.goTo(START + 100_000);
  sink.tick();
  time.setWall(-3_600_000);
  sink.tally(2, at('1:2'));
  await turn();
  sink.tick();
  const point = reader.finalPoint();
  assert.equal(point.head, S + 100, 'no second goes back');
  assert.equal(coveredPosition(reader), '1:2');
  assert.deepEqual(amended(reader)[-3_500], { received: 2, counted: 2 });
});

test('a counter that goes on where another thread ended books the time since it was last covered', () => {
  const { sink, memory, time } = counter();
  sink.up();
  time.goTo(START + 3_700);
  sink.tick();
  const again = counter({ memory, time });
  assert.deepEqual(again.gaps[0], {
    from: START + 3_000,
    to: null,
    cause: 'feed',
    detail: 'connecting',
  });
});

test('a gap that a dead thread left open goes on as the same gap', () => {
  const { sink, memory, time } = counter();
  sink.up();
  time.goTo(START + 2_000);
  sink.down('refused', true);
  time.goTo(START + 9_000);
  const again = counter({ memory, time });
  assert.deepEqual(again.gaps[0], {
    from: START + 2_000,
    to: null,
    cause: 'feed',
    detail: 'refused',
  });
});

test('a removed channel is not observed for the rest of its last second, and that has its cause', () => {
  const { sink, reader, time, gaps } = counter();
  sink.up();
  time.goTo(START + 2_400);
  sink.remove('it was taken out');
  assert.equal(reader.tally(S + 2).coveredMs, 400);
  assert.equal(reader.newest, S + 3, 'its last second is final');
  assert.deepEqual(gaps.at(-1), {
    from: START + 2_400,
    to: START + 3_000,
    cause: 'reload',
    detail: 'it was taken out',
  });
});

test('a gap that lasts ends with the channel: with its last second, or at once where it goes on elsewhere', () => {
  for (const [gone, endsAt] of [
    ['it was taken out', 3_000],
    [null, 2_400],
  ] as const) {
    const { sink, time, gaps } = counter();
    sink.up();
    time.goTo(START + 1_000);
    sink.down('closed', true);
    time.goTo(START + 2_400);
    sink.remove(gone);
    assert.deepEqual(gaps.at(-1), {
      from: START + 1_000,
      to: START + endsAt,
      cause: 'feed',
      detail: 'closed',
    });
  }
});

test('a channel that goes on elsewhere is told no gap', () => {
  const { sink, time, gaps } = counter();
  sink.up();
  const before = gaps.length;
  time.goTo(START + 2_400);
  sink.remove(null);
  assert.equal(gaps.length, before);
});
