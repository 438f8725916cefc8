// The board under two real threads: one writes as fast as it can, one seals. No final second is ever torn.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import {
  allocateRing,
  CONTROL,
  type RingMemory,
  totalsAt,
  viewRing,
} from '../../src/shared/ring.ts';
import { RingReader } from '../../src/shared/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';

const FIRST = 1_790_000_000;
const WORKER = new URL('../shared/board-worker.ts', import.meta.url);

function startWriter(ring: RingMemory, secondCount: number, batchesPerSecond: number): Worker {
  return new Worker(WORKER, {
    workerData: { ring, firstSecond: FIRST, secondCount, batchesPerSecond },
  });
}

test('a final second is whole: counts, sums, keys and position agree, and nothing is lost', async (t) => {
  const secondCount = 2_000;
  const batchesPerSecond = 200;
  const ring = allocateRing({ keysMax: 10, keyWords: 1, shardsMax: 1 });
  const reader = new RingReader(ring);
  reader.seal(FIRST);
  const worker = startWriter(ring, secondCount, batchesPerSecond);
  t.after(() => worker.terminate());
  const ended = once(worker, 'exit');
  let total = 0;
  let sealed = FIRST;
  while (sealed < FIRST + secondCount) {
    const point = reader.finalPoint();
    const { head } = point;
    const positions = reader.positions(point, 0);
    if (head <= sealed || positions === null) {
      // Gives the loop a turn, so that a worker that failed is heard.
      await new Promise((turn) => setImmediate(turn));
      continue;
    }
    const seconds = reader.secondsHeld(sealed, head);
    assert.equal(seconds.length, head - sealed, 'every second has its row');
    const totals = reader.totals();
    assert.equal(totals.received, totals.counted, 'the ledger balances at every moment');
    for (const second of seconds) {
      const tally = reader.tally(second);
      total += tally.counted;
      assert.equal(tally.received, tally.counted);
      assert.equal(tally.sum, tally.counted * 2);
      const byKey = reader.keyTallies(second).reduce((sum, { counted }) => sum + counted, 0);
      assert.equal(byKey, tally.counted);
      assert.equal(tally.counted, batchesPerSecond * 3);
    }
    assert.equal(positions[0]![1], `1:${total}`, 'the position is that of the last final message');
    reader.seal(head);
    sealed = head;
  }
  assert.equal(total, secondCount * batchesPerSecond * 3);
  assert.equal(reader.totals().counted, total);
  await ended;
});

test('a writer ended at any moment leaves counts and position that agree; the next one takes over', async (t) => {
  const ring = allocateRing({ keysMax: 10, keyWords: 1, shardsMax: 1 });
  const reader = new RingReader(ring);
  // Everything counts as sealed, so that the writer is never held up.
  reader.seal(2 ** 32 - 1);
  let killed = 0;
  for (let round = 0; round < 30; round++) {
    const before = reader.totals().counted;
    const worker = startWriter(ring, 1_000_000, 50);
    t.after(() => worker.terminate());
    while (reader.totals().counted < before + 200 * (round + 1)) {
      await new Promise((turn) => setImmediate(turn));
    }
    await worker.terminate();
    killed += 1;
    const writer = new RingWriter(ring);
    const totals = reader.totals();
    assert.equal(totals.received, totals.counted);
    assert.equal(totals.sum, totals.counted * 2);
    // Each round's worker numbers from zero; its last position is what it had counted.
    assert.equal(writer.positions.get(''), `1:${totals.counted - before}`);
    rewind(ring);
  }
  t.diagnostic(`${killed} writers ended`);
});

/** Makes the ring look unused in time, keeping its totals: each round starts at the first second again. */
function rewind(ring: RingMemory): void {
  const views = viewRing(ring);
  views.control[CONTROL.newest] = 0;
  views.tags.fill(0);
  views.rows.fill(0, 0, totalsAt(views.rowWords));
}
