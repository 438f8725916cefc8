// Positions of many shards on the board: written with the counts, read as a final point has them, bounded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { SHARDS_MAX, type ShardPosition } from '../../src/model/position.ts';
import { allocateRing, type RingMemory } from '../../src/shared/ring.ts';
import { RingReader } from '../../src/shared/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';

const SECOND = 1_790_000_000;
const WORKER = new URL('./positions-worker.ts', import.meta.url);
const SHARD_COUNT = 200;

function ring(shardsMax = SHARDS_MAX) {
  const memory = allocateRing({ keysMax: 0, keyWords: 1, shardsMax });
  const reader = new RingReader(memory);
  reader.seal(SECOND);
  const writer = new RingWriter(memory);
  writer.open(SECOND);
  return { memory, reader, writer };
}

const startWriter = (memory: RingMemory) =>
  new Worker(WORKER, {
    workerData: { ring: memory, firstSecond: SECOND, shardCount: SHARD_COUNT },
  });
const turn = () => new Promise((done) => setImmediate(done));
const highest = (positions: Iterable<ShardPosition>) =>
  Math.max(...[...positions].map(([, text]) => Number.parseInt(text!, 10)));

test('a final point has the positions after the messages it covers, of the shards that moved and of no others', () => {
  const { reader, writer } = ring();
  writer.commit([
    ['a', '1'],
    ['b', '1'],
  ]);
  writer.open(SECOND + 1);
  const first = reader.finalPoint();
  writer.commit([['a', '2']]);
  assert.deepEqual(reader.positions(first, 0), [
    ['a', '1'],
    ['b', '1'],
  ]);
  writer.commit([['a', '3']]);
  writer.open(SECOND + 2);
  assert.equal(reader.positions(first, 0), null, 'there is a newer point');
  const second = reader.finalPoint();
  assert.deepEqual(reader.positions(second, first.number), [['a', '3']]);
  assert.deepEqual(reader.positions(second, second.number), []);
  assert.deepEqual(
    [...writer.positions.all()],
    [
      ['a', '3'],
      ['b', '1'],
    ],
  );
});

test('under two threads, counts and positions of each final point belong together', async (t) => {
  const { memory, reader } = ring();
  const worker = startWriter(memory);
  t.after(() => worker.terminate());
  const known = new Map<string, string | null>();
  let [total, since, points] = [0, 0, 0];
  while (points < 300) {
    const point = reader.finalPoint();
    const positions = point.number > since ? reader.positions(point, since) : null;
    if (positions === null) {
      await turn();
      continue;
    }
    for (const second of reader.secondsHeld(reader.sealed, point.head)) {
      total += reader.tally(second).counted;
    }
    for (const [shard, text] of positions) known.set(shard, text);
    if (total > 0) assert.equal(highest(known), total);
    since = point.number;
    points += 1;
    reader.seal(Math.max(point.head, reader.sealed));
  }
  assert.equal(known.size, SHARD_COUNT);
});

test('a writer ended at any moment leaves counts and positions that agree, and blocks that can be used', async (t) => {
  const { memory, reader } = ring();
  reader.seal(2 ** 32 - 1);
  for (let round = 0; round < 15; round++) {
    const before = reader.totals().counted;
    const worker = startWriter(memory);
    t.after(() => worker.terminate());
    while (reader.totals().counted < before + 3_000) await turn();
    await worker.terminate();
    const { counted } = reader.totals();
    const writer = new RingWriter(memory);
    assert.equal(highest(writer.positions.all()), counted);
    assert.equal(writer.positions.takeTrouble(), null);
  }
});

test('the last epoch of a writer that came back long after is still covered', () => {
  const { memory, reader, writer } = ring();
  writer.commit([['a', 'old']]);
  for (let i = 1; i <= 5; i++) writer.open(SECOND + i);
  const next = new RingWriter(memory);
  assert.equal(next.positions.get('a'), 'old');
  next.commit([['a', 'new']]);
  assert.deepEqual(reader.positions(reader.finalPoint(), 0), [['a', 'old']]);
});

test('a position without room is cut to its first line, else lost; no older one stands in for it', () => {
  const { reader, writer } = ring(1);
  writer.commit([['a', '1']]);
  writer.commit([['a', `2\n${'x'.repeat(100_000)}`]]);
  assert.equal(writer.positions.get('a'), '2');
  assert.equal(writer.positions.takeTrouble(), 'bytes');
  writer.commit([['a', 'x'.repeat(100_000)]]);
  assert.equal(writer.positions.get('a'), null);
  writer.open(SECOND + 1);
  assert.deepEqual(reader.positions(reader.finalPoint(), 0), [['a', null]]);
  writer.commit([['a', '3']]);
  assert.equal(writer.positions.get('a'), '3', 'and room that was given back is used');
});

test('shards beyond the bound have no position; the others keep theirs', () => {
  const { writer } = ring();
  const shards = Array.from(
    { length: SHARDS_MAX + 1 },
    (_, index): ShardPosition => [`market ${index}`, `${index}`],
  );
  writer.commit(shards);
  assert.equal(writer.positions.takeTrouble(), 'shards');
  assert.equal(writer.positions.get(`market ${SHARDS_MAX - 1}`), `${SHARDS_MAX - 1}`);
  assert.equal(writer.positions.get(`market ${SHARDS_MAX}`), undefined);
});

test('a channel without positions has no memory for them', () => {
  const plain = allocateRing({ keysMax: 0, keyWords: 1, shardsMax: 0 }).buffer.byteLength;
  const one = allocateRing({ keysMax: 0, keyWords: 1, shardsMax: 1 }).buffer.byteLength;
  assert.ok(one - plain > 100_000);
  assert.deepEqual([...ring(0).writer.positions.all()], []);
});
