// What the numbers of messages prove of losses and repetitions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HOLES_MAX } from '../../src/feeds/websocket/dense-stream.ts';
import { LOW_IN_A_ROW_MAX } from '../../src/feeds/websocket/rising-stream.ts';
import { Sequence, STREAMS_MAX } from '../../src/feeds/websocket/sequence.ts';

const dense = () => new Sequence({ path: 'id', kind: 'dense' });
const rising = () => new Sequence({ path: 'id', kind: 'rising' });

/** The verdicts on ids, in short: n new, n+3 new after three missing, d duplicate, f found, ? unknown loss. */
function verdicts(sequence: Sequence, ids: readonly unknown[]): string {
  return ids
    .map((id) => {
      const verdict = sequence.take({ id }, undefined, 0);
      if (typeof verdict === 'string') return '-';
      if (verdict.kind !== 'new') return verdict.kind[0];
      if (verdict.missed === null) return '?';
      return verdict.missed === 0 ? 'n' : `n+${verdict.missed}`;
    })
    .join(' ');
}

/** A sequence that has taken `ids`, as it is after a restart and with a new connection. */
function restarted(make: () => Sequence, ids: readonly unknown[]): Sequence {
  const before = make();
  verdicts(before, ids);
  const after = make();
  after.resume(before.takeChanges());
  after.connected(false);
  return after;
}

test('dense: a jump is a loss of that many, what comes twice is a duplicate, what comes late is found', () => {
  assert.equal(verdicts(dense(), [7, 8, 12, 12, 8, 10, 10, 13]), 'n n n+3 d d f d n');
});

test('dense: ids as texts; a message without a number is told apart', () => {
  assert.equal(verdicts(dense(), ['7', '8', undefined, 'x', 1.5, 1e300, '10']), 'n n - - - - n+1');
});

test('ids beyond 2^53 keep their digits, as numbers and as texts', () => {
  const ids = [9007199254740993n, 9007199254740994n, '9007199254740996', 9007199254740995n];
  assert.equal(verdicts(dense(), ids), 'n n n+1 f');
  assert.equal(verdicts(rising(), [2n ** 64n, 2n ** 64n + 1n, 2n ** 64n]), 'n n d');
  assert.equal(verdicts(restarted(dense, ids.slice(0, 3)), ids.slice(2)), 'd f');
});

test('dense: what lies before the first id seen is new once, in whatever order, and never a loss', () => {
  assert.equal(verdicts(dense(), [50, 49, 45, 47, 47, 46, 51]), 'n n n n d n n');
});

test('dense: numbers that begin again are noticed, as a loss of unknown size; a huge jump as well', () => {
  assert.equal(verdicts(dense(), [1_000_000, 1, 2, 2]), 'n ? n d');
  assert.equal(verdicts(dense(), [1, 5e9, 5e9 + 1]), 'n ? n');
});

test('after a restart late ids are found, or new, and no other is', () => {
  assert.equal(verdicts(restarted(dense, [1, 2, 4, 6]), [3, 5, 7, 2]), 'f f n d');
  assert.equal(verdicts(restarted(rising, [1, 2, 4, 6]), [3, 5, 7, 2]), 'n n n d');
});

test('the position of version 0.1 says that everything up to the last id has come', () => {
  for (const [make, expected] of [
    [dense, 'd d n n+3'],
    [rising, 'd d n n'],
  ] as const) {
    const sequence = make();
    sequence.resume([['id', '100']]);
    assert.equal(verdicts(sequence, [99, 100, 101, 105]), expected);
  }
});

test('ids that begin again with a connection are counted, and the loss is of unknown size', () => {
  for (const make of [dense, rising]) {
    const sequence = make();
    assert.equal(verdicts(sequence, [1, 2, 3]), 'n n n');
    sequence.connected(false);
    assert.equal(verdicts(sequence, [1, 2, 3, 4]), '? n n n');
    assert.equal(verdicts(restarted(make, [1, 2, 3]), [1, 2, 3]), '? n n');
  }
});

test('a feed that sends its last messages again repeats them; later, old numbers are a new numbering', () => {
  const sequence = dense();
  verdicts(sequence, [1, 2, 3, 4, 5]);
  sequence.connected(false);
  assert.equal(verdicts(sequence, [4, 5, 6]), 'd d n');
  sequence.connected(false);
  sequence.settled();
  assert.equal(verdicts(sequence, [2, 3]), '? n', 'what was sent before has come by then');
});

test('a connection that was asked to continue at a position may begin anywhere below', () => {
  const sequence = dense();
  verdicts(sequence, [10, 11, 12]);
  sequence.connected(true);
  assert.equal(verdicts(sequence, [10, 11, 12, 13]), 'd d d n');
});

test('numbers of one connection say nothing about the next, and have no position', () => {
  const sequence = new Sequence({ path: 'id', kind: 'dense', scope: 'connection' });
  assert.equal(verdicts(sequence, [5, 6]), 'n n');
  assert.deepEqual(sequence.takeChanges(), []);
  sequence.connected(false);
  assert.equal(verdicts(sequence, [5, 7]), 'n n+1');
});

test('rising: repetitions are told among the last, losses are not', () => {
  assert.equal(verdicts(rising(), [10, 20, 20, 15, 15, 30, 10, 5, 5]), 'n n d n d n d n d');
});

test('rising: of many, only the last are remembered; all below count as come', () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => 10 * index);
  const sequence = rising();
  verdicts(sequence, ids);
  assert.equal(verdicts(sequence, [5, 9_985, 9_990, 9_995]), 'd n d n');
  assert.equal(verdicts(restarted(rising, ids), [5, 9_985, 9_990, 9_995]), 'd n d n');
});

test('rising: numbers that begin again are noticed in the end', () => {
  const sequence = rising();
  const ids = Array.from({ length: 300 }, (_, index) => 1e9 + index);
  verdicts(sequence, ids);
  const again = Array.from({ length: LOW_IN_A_ROW_MAX + 5 }, (_, index) => index + 1);
  const found = verdicts(sequence, again).split(' ');
  assert.equal(found.indexOf('?'), LOW_IN_A_ROW_MAX);
  assert.deepEqual(new Set(found.slice(0, LOW_IN_A_ROW_MAX)), new Set(['d']));
});

test('each stream has its numbers and its shard, up to the bound on streams', () => {
  const sequence = new Sequence({ path: 'id', kind: 'dense', by: 'product' });
  const take = (product: unknown, id: number) => sequence.take({ product, id }, undefined, 0);
  assert.deepEqual(take('a', 1), { kind: 'new', missed: 0 });
  assert.deepEqual(take('b', 100), { kind: 'new', missed: 0 });
  assert.deepEqual(take('a', 3), { kind: 'new', missed: 1 });
  const shards = () => sequence.takeChanges().map(([shard]) => shard);
  assert.deepEqual(shards(), ['id:a', 'id:b']);
  take('b', 101);
  assert.deepEqual(shards(), ['id:b'], 'only those that have moved');
  assert.equal(take(undefined, 1), 'no-stream', 'a message of no stream is in none');
  for (let i = 0; i < STREAMS_MAX; i++) take(`stream ${i}`, 1);
  assert.equal(take('one more', 1), 'too-many-streams');
});

test('property: whatever is lost, repeated, late or restarted, new + missed − found is what there is', () => {
  const step = fc.oneof(fc.integer({ min: -3, max: 6 }), fc.constant('restart' as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      let sequence = dense();
      const positions = new Map<string, string | null>();
      const seen = new Set<number>();
      let id = 1_000;
      let [fresh, missed] = [0, 0];
      for (const step of [0, ...steps]) {
        if (step === 'restart') {
          sequence = dense();
          sequence.resume(positions);
          continue;
        }
        id = Math.max(1_000, id + step);
        const verdict = sequence.take({ id }, undefined, 0);
        assert.ok(typeof verdict !== 'string');
        assert.equal(verdict.kind === 'duplicate', seen.has(id));
        seen.add(id);
        if (verdict.kind !== 'duplicate') fresh += 1;
        if (verdict.kind === 'new') missed += verdict.missed!;
        if (verdict.kind === 'found') missed -= 1;
        for (const [shard, position] of sequence.takeChanges()) positions.set(shard, position);
      }
      assert.equal(fresh, seen.size);
      assert.equal(fresh + missed, Math.max(...seen) - 999);
    }),
  );
});

test('holes are bounded, and that is said once', () => {
  const sequence = dense();
  for (let id = 0; id <= 4 * HOLES_MAX; id += 2) sequence.take({ id }, undefined, 0);
  assert.ok(sequence.takeOverflow());
  assert.ok(!sequence.takeOverflow());
  assert.equal(verdicts(sequence, [4 * HOLES_MAX - 1, 4 * HOLES_MAX - 1]), 'f d');
});
