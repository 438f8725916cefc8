import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldBuckets, shownCount, shownMissed } from '../../src/model/bucket.ts';
import { emptyTally, ledgerDifference, type MutableTally } from '../../src/model/tally.ts';
import { COUNT } from '../support/positions.ts';

function cell(start: number, fields: Partial<MutableTally>, amended = 0, damaged = false) {
  return { start, tally: { ...emptyTally(), ...fields }, amended, damaged, definition: COUNT };
}

const edges = [0, 10_000, 20_000];
const fold = (cells: ReturnType<typeof cell>[], sealedTo = 20_000, now = 20_000) =>
  foldBuckets({ edges, cells, gaps: [], sealedTo, now, definition: COUNT });

test('a bucket observed without a pause is complete, also when it counted nothing', () => {
  const [zero] = fold([cell(0, { coveredMs: 10_000 })]);
  assert.equal(zero!.state, 'complete');
  assert.equal(shownCount(zero!), 0);
});

test('a bucket in which nothing was observed is missing, and its count is null, not zero', () => {
  const [, second] = fold([cell(0, { coveredMs: 10_000 })]);
  assert.equal(second!.state, 'missing');
  assert.equal(shownCount(second!), null);
  assert.equal(second!.coverage, 0);
});

test('a millisecond without coverage, or one missed message, makes it partial', () => {
  assert.equal(fold([cell(0, { coveredMs: 9_999, received: 5, counted: 5 })])[0]!.state, 'partial');
  assert.equal(fold([cell(0, { coveredMs: 10_000, missed: 1 })])[0]!.state, 'partial');
  const [unknown] = fold([cell(0, { coveredMs: 10_000, missedUnknown: 1, missed: 4 })]);
  assert.equal(unknown!.state, 'partial');
  assert.equal(shownMissed(unknown!), null);
});

test('a bucket is open until its last second is sealed; its coverage is of the time passed', () => {
  const [first, second] = fold(
    [cell(0, { coveredMs: 10_000 }), cell(10_000, { coveredMs: 2_000 })],
    12_000,
    14_000,
  );
  assert.equal(first!.state, 'complete');
  assert.equal(second!.state, 'open');
  assert.equal(second!.coverage, 0.5);
  assert.equal(second!.rev, 0);
});

test('the first cell at an edge belongs to the later bucket', () => {
  const [first, second] = fold([cell(9_000, { counted: 1 }), cell(10_000, { counted: 2 })]);
  assert.equal(first!.tally.counted, 1);
  assert.equal(second!.tally.counted, 2);
});

test('a closed bucket has rev 1, and one more with each amendment', () => {
  assert.equal(fold([cell(0, { coveredMs: 10_000 })])[0]!.rev, 1);
  assert.equal(fold([cell(0, { coveredMs: 5_000 }, 2), cell(5_000, {}, 1)])[0]!.rev, 4);
});

test('gaps are in every bucket they touch, and in no other', () => {
  const gap = { from: 5_000, to: 10_000, cause: 'feed', detail: 'closed' } as const;
  const [first, second] = foldBuckets({
    edges,
    cells: [],
    gaps: [gap],
    sealedTo: 20_000,
    now: 20_000,
    definition: COUNT,
  });
  assert.deepEqual(first!.gaps, [gap]);
  assert.deepEqual(second!.gaps, []);
});

test('the ledger balances to the message', () => {
  const tally = {
    ...emptyTally(),
    received: 10,
    counted: 4,
    filtered: 1,
    late: 1,
    duplicate: 2,
    malformed: 1,
    shed: 1,
  };
  assert.equal(ledgerDifference(tally), 0);
  assert.equal(ledgerDifference({ ...tally, received: 11 }), 1);
});
