import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedBefore, foldBuckets, shownCount, shownMissed } from '../../src/model/bucket.ts';
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

test('a bucket of messages of which none could be read is partial, with a count of 0 and a gap that says why', () => {
  const [unread] = fold([cell(0, { coveredMs: 10_000, received: 3, malformed: 3 })]);
  assert.equal(unread!.state, 'partial');
  assert.equal(shownCount(unread!), 0);
  assert.deepEqual(unread!.gaps, [
    { from: 0, to: 10_000, cause: 'malformed', detail: 'none of 3 messages could be read' },
  ]);
  const [some] = fold([cell(0, { coveredMs: 10_000, received: 3, malformed: 2, counted: 1 })]);
  assert.equal(some!.state, 'complete');
  assert.deepEqual(some!.gaps, []);
});

test('a bucket of two definitions is partial, and has the sum of the present one alone', () => {
  const before = { value: 'sum ["price"]', split: '' };
  const definition = { value: 'sum ["qty"]', split: '' };
  const of = (start: number, sum: number, own: typeof definition) => ({
    ...cell(start, { received: 1, counted: 1, sum, coveredMs: 5_000 }),
    definition: own,
  });
  const cells = [of(0, 100, before), of(5_000, 7, definition), of(10_000, 100, before)];
  const input = { edges, gaps: [], sealedTo: 20_000, now: 20_000, definition };
  const [both, earlier] = foldBuckets({ ...input, cells });
  assert.equal(both!.state, 'partial');
  assert.deepEqual(
    both!.gaps.map(({ from, to, cause }) => [from, to, cause]),
    [[0, 10_000, 'redefined']],
  );
  assert.equal(both!.valued, 'some');
  assert.deepEqual([both!.tally.counted, both!.tally.sum], [2, 7]);
  assert.equal(earlier!.valued, 'none');
  assert.equal(earlier!.tally.sum, 0);
});

test('what a clock that was ahead has left sealed is open again until it is over', () => {
  const fold = (now: number) =>
    foldBuckets({
      edges: [0, 60_000, 120_000],
      cells: [],
      gaps: [],
      sealedTo: 86_400_000,
      now,
      definition: COUNT,
    }).map(({ state }) => state);
  assert.deepEqual(fold(86_399_000), ['missing', 'missing'], 'less than two seconds back');
  assert.deepEqual(fold(130_000), ['missing', 'missing']);
  assert.deepEqual(fold(90_000), ['missing', 'open']);
  assert.equal(closedBefore(86_400_000, 90_000), 88_000);
});
