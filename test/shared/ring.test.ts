import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRST_KEY_SLOT, keySeries, OTHER_SLOT } from '../../src/model/series.ts';
import {
  AMENDMENTS_MAX,
  allocateRing,
  CONTROL,
  JOURNAL,
  RING_DEPTH,
  viewRing,
} from '../../src/shared/ring.ts';
import { RingReader } from '../../src/shared/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';
import { at, coveredPosition } from '../support/positions.ts';

const SECOND = 1_790_000_000;

function ring(keysMax = 0, keyWords: 1 | 3 = 1) {
  const memory = allocateRing({ keysMax, keyWords, shardsMax: 1 });
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  reader.seal(SECOND);
  return { memory, writer, reader };
}

test('a batch is not seen before it is committed, and then with its position', () => {
  const { writer, reader } = ring();
  writer.open(SECOND);
  writer.add('counted', 3);
  assert.equal(reader.tally(SECOND).counted, 0);
  writer.commit(at('1:3'));
  assert.equal(reader.tally(SECOND).counted, 3);
  assert.equal(reader.totals().counted, 3);
  assert.equal(writer.positions.get(''), '1:3');
});

test('the position before the head is that of final seconds, not of the running one', () => {
  const { writer, reader } = ring();
  writer.open(SECOND);
  writer.commit(at('1:1'));
  writer.open(SECOND + 1);
  writer.commit(at('1:2'));
  assert.equal(reader.newest, SECOND + 1);
  assert.deepEqual(reader.finalPoint(), { number: 2, head: SECOND + 1, amendmentCount: 0 });
  assert.equal(coveredPosition(reader), '1:1');
});

test('a batch without a position leaves the last one, for as many seconds as it takes', () => {
  const { writer, reader } = ring();
  writer.open(SECOND);
  writer.commit(at('1:1'));
  for (let second = SECOND + 1; second < SECOND + 40; second++) {
    writer.open(second);
    writer.add('coveredMs', 1_000);
    writer.commit();
  }
  assert.equal(coveredPosition(reader), '1:1');
});

/** What waits for the timer, as the newest final point has it. */
const waiting = (reader: RingReader) => reader.amendments(reader.finalPoint());

test('what is aimed at a past second waits as an amendment, and is final with the next point', () => {
  const { writer, reader } = ring(1);
  writer.open(SECOND + 5);
  assert.ok(writer.aim(SECOND + 2));
  writer.add('received', 3);
  writer.add('counted', 3);
  writer.addKey(writer.keys.slotOf('k'), 1);
  writer.commit(at('1:3'));
  assert.equal(reader.tally(SECOND + 5).counted, 0, 'not in the running second');
  assert.equal(reader.totals().counted, 3, 'but in the ledger');
  assert.deepEqual(waiting(reader), [], 'its batch is not final yet');
  writer.open(SECOND + 6);
  const [amendment, ...others] = waiting(reader);
  assert.equal(amendment!.second, SECOND + 2);
  assert.equal(amendment!.tally.counted, 3);
  assert.deepEqual(amendment!.keys, [{ slot: FIRST_KEY_SLOT, counted: 1, sum: 0, sumLow: 0 }]);
  assert.deepEqual(others, []);
  assert.equal(coveredPosition(reader), '1:3', 'the position comes with them');
  reader.sealAmendments(reader.finalPoint().amendmentCount);
  assert.deepEqual(waiting(reader), []);
});

test('amendments of one running second that fall on one word are one entry; what is final is not touched again', () => {
  const { writer, reader } = ring();
  writer.open(SECOND + 5);
  for (let batch = 0; batch < 10; batch++) {
    writer.aim(SECOND);
    writer.add('counted', 1);
    writer.commit();
  }
  writer.settle();
  assert.equal(reader.finalPoint().amendmentCount, 1);
  assert.equal(waiting(reader)[0]!.tally.counted, 10);
  writer.aim(SECOND);
  writer.add('counted', 1);
  writer.commit();
  assert.equal(waiting(reader)[0]!.tally.counted, 10, 'as the final point had it');
  writer.settle();
  assert.equal(waiting(reader)[0]!.tally.counted, 11);
});

test('a full queue of amendments takes no more until the timer has been there, and loses nothing', () => {
  const { writer, reader } = ring();
  writer.open(SECOND + 100_000);
  let aimed = 0;
  let counted = 0;
  for (let second = SECOND; second < SECOND + AMENDMENTS_MAX + 50; second++) {
    if (writer.aim(second)) aimed += 1;
    writer.add('counted', 1);
    writer.commit();
    counted += 1;
  }
  assert.ok(aimed < AMENDMENTS_MAX && aimed > AMENDMENTS_MAX - 50);
  assert.equal(
    reader.tally(SECOND + 100_000).counted,
    counted - aimed,
    'the rest is in the newest',
  );
  writer.settle();
  assert.equal(waiting(reader).length, aimed);
  reader.sealAmendments(reader.finalPoint().amendmentCount);
  assert.ok(writer.aim(SECOND));
});

test('a batch with amendments that died after its commit point is finished by the next writer, once', () => {
  const { memory, writer, reader } = ring();
  writer.open(SECOND + 9);
  writer.aim(SECOND);
  writer.add('counted', 4);
  writer.commit(at('1:4'));
  const views = viewRing(memory);
  views.control[CONTROL.applied]! -= 1;
  for (const index of views.journalIndices.subarray(0, 4)) views.rows[index] = 0;
  const next = new RingWriter(memory);
  next.settle();
  assert.equal(waiting(reader)[0]!.tally.counted, 4);
  assert.equal(reader.finalPoint().amendmentCount, 1);
});

test('a ring that takes up another goes on with its running second, position and number of amendments', () => {
  const { writer: former } = ring();
  former.open(SECOND + 3);
  former.aim(SECOND);
  former.add('counted', 1);
  former.commit(at('1:1'));
  const { writer, reader } = ring(5);
  writer.takeUp(former);
  assert.equal(writer.newest, SECOND + 3);
  assert.equal(reader.totals().counted, 1);
  assert.equal(reader.finalPoint().amendmentCount, 1);
  assert.deepEqual(waiting(reader), [], 'the former ring brings its own');
});

test('a full ring takes no new second until the timer has sealed; then it goes on', () => {
  const { writer, reader } = ring();
  for (let second = SECOND; second < SECOND + RING_DEPTH; second++) {
    assert.ok(writer.open(second));
    writer.add('counted', 5);
    writer.commit();
  }
  assert.equal(writer.open(SECOND + RING_DEPTH), false);
  assert.equal(writer.newest, SECOND + RING_DEPTH - 1);
  writer.add('counted', 1);
  writer.commit();
  reader.seal(SECOND + 1);
  assert.ok(writer.open(SECOND + RING_DEPTH));
  assert.equal(reader.tally(SECOND + RING_DEPTH).counted, 0, 'a row used again starts empty');
});

test('keys have their slot from first sight, also for the next writer; over the bound they are others', () => {
  const { memory, writer, reader } = ring(2);
  writer.open(SECOND);
  for (const key of ['ü', 'b', 'c', 'ü']) writer.addKey(writer.keys.slotOf(key), 1);
  writer.commit();
  const next = new RingWriter(memory);
  assert.equal(next.keys.slotOf('b'), FIRST_KEY_SLOT + 1);
  assert.equal(next.keys.slotOf('d'), OTHER_SLOT);
  assert.deepEqual(reader.seriesAt(FIRST_KEY_SLOT), keySeries('ü'));
  assert.deepEqual(
    reader.keyTallies(SECOND).map(({ slot, counted }) => [slot, counted]),
    [
      [OTHER_SLOT, 1],
      [FIRST_KEY_SLOT, 2],
      [FIRST_KEY_SLOT + 1, 1],
    ],
  );
});

test('a key longer than the bound counts under (other), and so do keys once the room for names is full', () => {
  const { writer } = ring(10);
  assert.equal(writer.keys.slotOf('x'.repeat(300)), OTHER_SLOT);
  assert.equal(writer.keys.slotOf('é'.repeat(200)), OTHER_SLOT);
  const slots = Array.from({ length: 10 }, (_, i) => writer.keys.slotOf(`${i}${'y'.repeat(200)}`));
  assert.deepEqual(
    slots.slice(0, 4),
    [0, 1, 2, 3].map((index) => FIRST_KEY_SLOT + index),
  );
  assert.equal(slots.at(-1), OTHER_SLOT);
});

test('the keys of a summing channel carry count and sum', () => {
  const { writer, reader } = ring(2, 3);
  writer.open(SECOND);
  writer.addKey(writer.keys.slotOf('a'), 2.5);
  writer.addKey(writer.keys.slotOf('a'), 0.5);
  writer.commit();
  assert.deepEqual(reader.keyTallies(SECOND), [
    { slot: FIRST_KEY_SLOT, counted: 2, sum: 3, sumLow: 0 },
  ]);
});

test('a writer that died after its commit point is finished by the next one, once and not twice', () => {
  const { memory, writer, reader } = ring(1);
  writer.open(SECOND);
  writer.add('counted', 5);
  writer.addKey(writer.keys.slotOf('a'), 1);
  writer.commit(at('1:5'));
  // As if the thread had died between commit and apply: the journal stands, the words are half written.
  const views = viewRing(memory);
  const applied = views.control[CONTROL.applied]!;
  views.control[CONTROL.applied] = applied - 1;
  views.rows[views.journalIndices[0]!] = 0;
  views.rows[views.journalIndices[views.journalWords[JOURNAL.entryCount]! - 1]!] = 0;
  const next = new RingWriter(memory);
  assert.equal(reader.tally(SECOND).counted, 5);
  assert.deepEqual(reader.keyTallies(SECOND), [
    { slot: FIRST_KEY_SLOT, counted: 1, sum: 0, sumLow: 0 },
  ]);
  assert.equal(next.positions.get(''), '1:5');
  assert.equal(new RingWriter(memory).positions.get(''), '1:5');
  assert.equal(reader.tally(SECOND).counted, 5);
});

test('the totals have a committed batch as a whole, however far it is applied', () => {
  const { memory, writer, reader } = ring();
  writer.open(SECOND);
  writer.add('received', 2);
  writer.add('counted', 2);
  writer.commit(at('1:2'));
  const views = viewRing(memory);
  const before = views.rows.slice();
  writer.add('received', 5);
  writer.add('counted', 4);
  writer.add('malformed', 1);
  writer.commit(at('1:7'));
  const after = reader.totals();
  assert.deepEqual([after.received, after.counted, after.malformed], [7, 6, 1]);
  // As if the thread stood still behind each word.
  const entryCount = views.journalWords[JOURNAL.entryCount]!;
  views.control[CONTROL.applied]! -= 1;
  for (let done = 0; done <= entryCount; done++) {
    views.rows.set(before);
    for (let i = 0; i < done; i++) views.rows[views.journalIndices[i]!] = views.journalValues[i]!;
    assert.deepEqual(reader.totals(), after, `${done} of ${entryCount}`);
  }
});

test('a writer that died before its commit point leaves no trace of the batch', () => {
  const { memory, writer, reader } = ring();
  writer.open(SECOND);
  writer.add('counted', 1);
  writer.commit(at('1:1'));
  const views = viewRing(memory);
  views.journalValues.fill(99);
  views.journalWords[JOURNAL.entryCount] = 1;
  const next = new RingWriter(memory);
  assert.equal(reader.tally(SECOND).counted, 1);
  assert.equal(next.positions.get(''), '1:1');
});
