// What the numbers of messages prove of losses and repetitions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  HOLES_MAX,
  Sequence,
  STREAMS_MAX,
  WINDOW_IDS,
} from '../../src/feeds/websocket/sequence.ts';

const dense = () => new Sequence({ path: 'id', kind: 'dense' });
const rising = () => new Sequence({ path: 'id', kind: 'rising' });

/** The verdicts on ids, in short: n new, n+3 new after three missing, d duplicate, f found, ? unknown loss. */
function verdicts(sequence: Sequence, ids: readonly unknown[]): string {
  return ids
    .map((id) => {
      const verdict = sequence.take({ id }, 0);
      if (verdict === null) return '-';
      if (verdict.kind !== 'new') return verdict.kind[0];
      if (verdict.missed === null) return '?';
      return verdict.missed === 0 ? 'n' : `n+${verdict.missed}`;
    })
    .join(' ');
}

test('dense: a jump is a loss of that many, what comes twice is a duplicate, what comes late is found', () => {
  assert.equal(verdicts(dense(), [7, 8, 12, 12, 8, 10, 10, 13]), 'n n n+3 d d f d n');
});

test('dense: ids as texts; a message without a number is told apart', () => {
  assert.equal(verdicts(dense(), ['7', '8', undefined, 'x', 1.5, 1e300, '10']), 'n n - - - - n+1');
});

test('dense: what lies before the first id seen is new once, in whatever order, and never a loss', () => {
  assert.equal(verdicts(dense(), [50, 49, 45, 47, 47, 46, 51]), 'n n n n d n n');
});

test('dense: numbers that start anew are noticed, as a loss of unknown size; a huge jump as well', () => {
  assert.equal(verdicts(dense(), [1_000_000, 1, 2, 2]), 'n ? n d');
  assert.equal(verdicts(dense(), [1, 5e9, 5e9 + 1]), 'n ? n');
});

test('after a restart everything up to the last id is known', () => {
  const sequence = dense();
  sequence.resume({ '': 100 });
  assert.equal(verdicts(sequence, [99, 100, 101, 105]), 'd d n n+3');
});

test('rising: repetitions are told among the last, losses are not', () => {
  assert.equal(verdicts(rising(), [10, 20, 20, 15, 15, 30, 10, 5]), 'n n d n d n d d');
  const sequence = rising();
  sequence.resume({ '': 20 });
  assert.equal(verdicts(sequence, [10, 20, 25]), 'd d n');
});

test('rising: numbers that start anew are noticed in the end', () => {
  const sequence = rising();
  sequence.take({ id: 1e9 }, 0);
  let anew = 0;
  for (let id = 1; id <= WINDOW_IDS + 5; id++) {
    const verdict = sequence.take({ id }, 0);
    if (verdict!.kind === 'new' && verdict!.missed === null) anew = id;
  }
  assert.equal(anew, WINDOW_IDS + 1);
});

test('each stream has its numbers, up to the bound on streams', () => {
  const sequence = new Sequence({ path: 'id', kind: 'dense', by: 'product' });
  const take = (product: string, id: number) => sequence.take({ product, id }, 0);
  assert.deepEqual(take('a', 1), { kind: 'new', missed: 0 });
  assert.deepEqual(take('b', 100), { kind: 'new', missed: 0 });
  assert.deepEqual(take('a', 3), { kind: 'new', missed: 1 });
  assert.deepEqual(sequence.lastIds, { a: 3, b: 100 });
  for (let i = 0; i < STREAMS_MAX; i++) take(`stream ${i}`, 1);
  assert.equal(take('one more', 1), null);
});

test('property: whatever is lost, repeated or late, new + missed − found is what there is up to the last id', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 6 }), { maxLength: 300 }), (steps) => {
      const sequence = dense();
      const seen = new Set<number>();
      let id = 1_000;
      let [fresh, missed] = [0, 0];
      for (const step of [0, ...steps]) {
        id = Math.max(1_000, id + step);
        const verdict = sequence.take({ id }, 0)!;
        assert.equal(verdict.kind === 'duplicate', seen.has(id));
        seen.add(id);
        if (verdict.kind !== 'duplicate') fresh += 1;
        if (verdict.kind === 'new') missed += verdict.missed!;
        if (verdict.kind === 'found') missed -= 1;
      }
      assert.equal(fresh, seen.size);
      assert.equal(fresh + missed, Math.max(...seen) - 999);
    }),
  );
});

test('holes are bounded', () => {
  const sequence = dense();
  for (let id = 0; id <= 4 * HOLES_MAX; id += 2) sequence.take({ id }, 0);
  assert.equal(verdicts(sequence, [4 * HOLES_MAX - 1, 4 * HOLES_MAX - 1]), 'f d');
});
