/** The log against a model that keeps everything. Seeded; the seed is printed. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ENTRY_BYTES, MessageLog, type Retention } from '../../src/rtm/message-log.ts';
import { random } from './support-random.ts';

test('the log keeps exactly the youngest messages within its bounds, under dense indexes', (t) => {
  const next = random(t);
  const retention: Retention = { messageCountMax: 2_000, ageMsMax: 5_000, keptBytes: 0 };
  const log = new MessageLog(retention);
  const all: number[] = [];
  let first = 0;
  let now = 1_000;
  for (let step = 0; step < 20_000; step += 1) {
    now += next(5) === 0 ? next(50) : 0;
    assert.equal(log.append('abc', now), all.length);
    all.push(now);
    if (next(3_000) === 0) now += 10_000;
    if (next(1_000) === 0) {
      first = Math.max(first, log.firstIndex + next(100));
      log.trimTo(first);
    }
    log.expire(now);
    first = Math.max(first, all.length - 2_000);
    while (first < all.length - 1 && all[first]! < now - 5_000) first += 1;
    first = Math.min(first, all.length);
    assert.equal(log.firstIndex, first);
    assert.equal(log.nextIndex, all.length);
    assert.equal(log.bytes, log.count * (3 + ENTRY_BYTES));
    assert.equal(retention.keptBytes, log.bytes);
    const since = now - next(6_000);
    const found = all.findIndex((at, index) => index >= first && at >= since);
    assert.equal(log.indexSince(since), found === -1 ? all.length : found);
  }
});

test('a wall clock that steps back does not disturb the order of times', () => {
  const log = new MessageLog({ messageCountMax: 10, ageMsMax: 60_000, keptBytes: 0 });
  for (const at of [5_000, 4_000, 6_000]) log.append('1', at);
  assert.deepEqual(
    [0, 1, 2].map((index) => log.entry(index).at),
    [5_000, 5_000, 6_000],
  );
  assert.equal(log.indexSince(5_500), 2);
});
