// History that was counted by another definition: what REST shows of it after an edit of `processor`.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Definition, keySeries } from '../../src/model/series.ts';
import { emptyTally } from '../../src/model/tally.ts';
import { bucketPage } from '../../src/rest/schemas.ts';
import { COUNT } from '../support/positions.ts';
import { seal } from '../support/stored.ts';
import { handChannel, liveRest } from './live-rest.ts';

const PRICE: Definition = { value: 'sum ["price"]', split: '' };
const QTY: Definition = { value: 'sum ["qty"]', split: '' };
const BY_SYMBOL: Definition = { value: 'count', split: '["symbol"]' };
const BY_SIDE: Definition = { value: 'count', split: '["side"]' };

interface Era {
  readonly definition: Definition;
  readonly sum: number;
  readonly key?: string;
}

/** Channel `a`: two seconds of two messages each, the first by `before`, the second by `now`. */
async function serve(t: TestContext, before: Era, now: Era) {
  const { get, state, store, second } = await liveRest(t);
  const { definition } = now;
  const keyed = definition.split !== '';
  const measure = definition.value === 'count' ? 'count' : 'sum';
  const processor = { kind: measure, measure, keyed, top: keyed ? 10 : 0 } as const;
  const channel = { ...handChannel('a', { processor }), definition };
  channel.ring.seal(second);
  state.channels = [channel];
  for (const [at, { definition: own, sum, key }] of [
    [second - 2, before],
    [second - 1, now],
  ] as const) {
    const tally = { ...emptyTally(), received: 2, counted: 2, sum, coveredMs: 1_000 };
    const keyCells = key ? [{ second: at, ...keySeries(key), counted: 2, sum: 0, sumLow: 0 }] : [];
    const sealed = seal('a', at + 1, [{ second: at, tally }], { definition: own, keyCells });
    store.commit({ at: second * 1_000, seals: [sealed], gaps: [], events: [] });
  }
  /** Closed buckets, the oldest first. */
  return async (interval: string, more = '') => {
    const range = interval === '1s' ? 'from=now-2s' : 'from=now-2s&to=now';
    const path = `/api/v1/channels/a/buckets?interval=${interval}&order=asc&open=exclude&${range}`;
    return bucketPage.parse(await (await get(path + more)).json()).data;
  };
}

for (const [edit, before, earlierSum] of [
  ['sum of price to sum of qty', PRICE, 100],
  ['count to sum of qty', COUNT, 0],
] as const) {
  test(`${edit}: earlier seconds have a count, and no sum`, async (t) => {
    const buckets = await serve(
      t,
      { definition: before, sum: earlierSum },
      { definition: QTY, sum: 7 },
    );
    for (const more of ['', '&fill=zero']) {
      assert.deepEqual(
        (await buckets('1s', more)).map(({ count, sum, reason }) => [count, sum, reason]),
        [
          [2, null, 'redefined'],
          [2, 7, undefined],
        ],
        more,
      );
    }
  });

  test(`${edit}: a bucket of both is partial, and its sum is that of qty`, async (t) => {
    const buckets = await serve(
      t,
      { definition: before, sum: earlierSum },
      { definition: QTY, sum: 7 },
    );
    const [both, ...others] = await buckets('2s');
    assert.deepEqual(others, []);
    assert.deepEqual([both!.count, both!.sum, both!.state], [4, 7, 'partial']);
    assert.deepEqual(
      both!.gaps.map(({ cause }) => cause),
      ['redefined'],
    );
  });
}

test('another key: earlier seconds have a count in all, and none by key', async (t) => {
  const buckets = await serve(
    t,
    { definition: BY_SYMBOL, sum: 0, key: 'buy' },
    { definition: BY_SIDE, sum: 0, key: 'buy' },
  );
  assert.deepEqual(
    (await buckets('1s', '&key=buy')).map(({ count, reason }) => [count, reason]),
    [
      [null, 'redefined'],
      [2, undefined],
    ],
  );
  assert.deepEqual(
    (await buckets('1s')).map(({ count, reason }) => [count, reason]),
    [
      [2, undefined],
      [2, undefined],
    ],
  );
  const [both] = await buckets('2s', '&key=buy');
  assert.deepEqual([both!.count, both!.state], [2, 'partial']);
});
