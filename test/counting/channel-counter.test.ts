import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChannelCounter, NOTE_EVERY_MS } from '../../src/counting/channel-counter.ts';
import type { Gap } from '../../src/model/bucket.ts';
import type { ProcessorTraits } from '../../src/model/channel.ts';
import { ledgerDifference } from '../../src/model/tally.ts';
import type { WorthOf } from '../../src/model/worth.ts';
import { readLink } from '../../src/shared/link-words.ts';
import { allocateRing, RING_DEPTH } from '../../src/shared/ring.ts';
import { RingReader } from '../../src/shared/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';
import { FakeTime } from '../support/fake-time.ts';

const S = 1_790_000_000;
const START = S * 1_000;
const PLAIN: ProcessorTraits = {
  measure: 'count',
  keysMax: 0,
  top: 0,
  needsBody: false,
  isolated: false,
};

function counter(
  given: {
    traits?: Partial<ProcessorTraits>;
    worthOf?: WorthOf;
    position?: string | null;
    sealedTo?: number;
  } = {},
) {
  const traits = { ...PLAIN, ...given.traits };
  const memory = allocateRing({
    keysMax: traits.keysMax,
    keyWords: traits.measure === 'sum' ? 2 : 1,
  });
  const reader = new RingReader(memory);
  reader.seal(given.sealedTo ?? S);
  const time = new FakeTime(START);
  const gaps: Gap[] = [];
  const events: string[] = [];
  const sink = new ChannelCounter({
    writer: new RingWriter(memory),
    traits,
    worthOf: given.worthOf ?? (() => 1),
    clock: time,
    position: given.position ?? null,
    blindSince: { from: START, cause: 'feed', detail: 'connecting' },
    notes: {
      event: (kind, detail) => events.push(`${kind}: ${detail}`),
      gap: (gap) => gaps.push(gap),
    },
  });
  return { sink, reader, time, gaps, events };
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
  assert.equal(reader.head, S + 1, 'the first second is final once the next has begun');
});

test('the head moves when nothing arrives', () => {
  const { sink, reader, time } = counter();
  sink.up();
  time.goTo(START + 5_000);
  sink.tick();
  assert.equal(reader.head, S + 5);
  assert.equal(reader.tally(S + 3).coveredMs, 1_000);
});

test('only time with the link up is covered, to the millisecond, and the gap is booked', () => {
  const { sink, reader, time, gaps } = counter();
  time.goTo(START + 250);
  sink.up();
  time.goTo(START + 1_600);
  sink.down('closed with code 1006');
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
    { from: START + 1_600, to: null, cause: 'feed', detail: 'closed with code 1006' },
    { from: START + 1_600, to: START + 3_100, cause: 'feed', detail: 'closed with code 1006' },
  ]);
});

test('the link says since when it is down, and why, through every retry', () => {
  const { sink, reader, time } = counter();
  sink.up();
  time.goTo(START + 1_000);
  sink.down('first');
  time.goTo(START + 9_000);
  sink.down('second');
  assert.deepEqual(readLink(reader.views), {
    state: 'down',
    since: START + 1_000,
    proof: START,
    detail: 'second',
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
  sink.messages(worths, '1:7');
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
      [0, 2],
      [1, 2],
      [2, 1],
    ],
  );
  assert.equal(reader.tally(S).counted, 5);
});

test('a stored position is taken over, and counts only move it forward with what they counted', () => {
  const { sink } = counter({ position: '1:41' });
  assert.equal(sink.position, '1:41');
  sink.tally(2, '1:43');
  assert.equal(sink.position, '1:43');
});

test('a loss of known size is missed, one of unknown size is said to be unknown', async () => {
  const { sink, reader, events } = counter();
  sink.missed(31, 'skipped ahead', '1:99');
  sink.missed(null, 'expired', null);
  await turn();
  const { missed, missedUnknown } = reader.totals();
  assert.deepEqual({ missed, missedUnknown }, { missed: 31, missedUnknown: 1 });
  assert.equal(sink.position, '1:99');
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
  sink.tally(1, '1:1');
  sink.tally(2, '1:3');
  assert.equal(reader.totals().counted, 0);
  assert.equal(sink.position, '1:3', 'who asks knows already');
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

test('finish makes the running second final, with its coverage', () => {
  const { sink, reader, time } = counter();
  sink.up();
  sink.tally(1, null);
  time.goTo(START + 400);
  sink.finish();
  assert.equal(reader.head, S + 1);
  assert.equal(reader.tally(S).coveredMs, 400);
});
