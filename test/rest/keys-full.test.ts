// More keys than have a series of their own: what REST says of those that have none, and of keys named like no key.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { keySeries, NONE_SERIES, OTHER_SERIES, type SeriesName } from '../../src/model/series.ts';
import { emptyTally } from '../../src/model/tally.ts';
import { bucketPage } from '../../src/rest/schemas.ts';
import { allocateRing } from '../../src/shared/ring.ts';
import { RingReader } from '../../src/shared/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';
import { BY_KEY } from '../support/positions.ts';
import { seal } from '../support/stored.ts';
import { handChannel, liveRest } from './live-rest.ts';

/** The keys of one second's messages; null is a message without a key. */
type Keys = readonly (string | null)[];

/** Channel `a` with room for `keysMax` keys: the last sealed second and the running one count `keys`. */
async function serve(t: TestContext, keysMax: number, keys: Keys, stored: readonly SeriesName[]) {
  const { get, state, store, second } = await liveRest(t);
  const memory = allocateRing({ keysMax, keyWords: 1, shardsMax: 1 });
  const ring = new RingReader(memory);
  ring.seal(second);
  const writer = new RingWriter(memory);
  writer.open(second);
  for (const key of keys) {
    writer.add('received', 1);
    writer.add('counted', 1);
    writer.addKey(writer.keys.slotOf(key), 1);
  }
  writer.commit();
  const processor = { kind: 'count-by', measure: 'count', keyed: true, top: 10 } as const;
  state.channels = [{ ...handChannel('a', { processor }), ring, definition: BY_KEY }];
  const tally = {
    ...emptyTally(),
    received: stored.length,
    counted: stored.length,
    coveredMs: 1_000,
  };
  const keyCells = stored.map((name) => ({
    second: second - 1,
    ...name,
    counted: 1,
    sum: 0,
    sumLow: 0,
  }));
  const sealed = seal('a', second, [{ second: second - 1, tally }], {
    keyCells,
    keysSince: second - 60,
  });
  store.commit({ at: second * 1_000, seals: [sealed], gaps: [], events: [] });
  const path = '/api/v1/channels/a/buckets?interval=1s&from=now-1s&';
  const ask = (asked: Record<string, string>) => get(path + new URLSearchParams(asked));
  /** The running second's rows and the sealed one's. */
  const rows = async (asked: Record<string, string>) =>
    bucketPage.parse(await (await ask(asked)).json()).data;
  return { ask, rows };
}

test('a key beyond the bound is null with its reason, on the board and in the store; others are counted', async (t) => {
  const { rows } = await serve(
    t,
    2,
    ['key1', 'key2', 'key3'],
    [keySeries('key1'), keySeries('key2'), OTHER_SERIES],
  );
  const said = async (asked: Record<string, string>) =>
    (await rows(asked)).map(({ state, count, reason }) => [state, count, reason]);
  const full = [
    ['open', null, 'keys-full'],
    ['complete', null, 'keys-full'],
  ];
  const one = [
    ['open', 1, undefined],
    ['complete', 1, undefined],
  ];
  assert.deepEqual(await said({ key: 'key3' }), full);
  assert.deepEqual(await said({ key: 'key3', fill: 'zero' }), full, 'not known is not 0');
  assert.deepEqual(await said({ key: 'key1' }), one);
  assert.deepEqual(await said({ key: 'key2' }), one);
});

test('while no key is beyond the bound, a key that never came is 0', async (t) => {
  const { rows } = await serve(t, 2, ['key1', null], [keySeries('key1'), NONE_SERIES]);
  assert.deepEqual(
    (await rows({ key: 'key3' })).map(({ count, reason }) => [count, reason]),
    [
      [0, undefined],
      [0, undefined],
    ],
  );
});

test('the series of other keys and of no key differ from keys with these names', async (t) => {
  const names = [keySeries('(none)'), keySeries('(other)'), NONE_SERIES, OTHER_SERIES];
  const { ask, rows } = await serve(
    t,
    2,
    ['(none)', '(other)', null, 'key3', '(other)', null, null, 'key3', 'key4', 'key5'],
    names,
  );
  const all = (await rows({ key: '*' })).map(({ key, series, state, count }) => [
    state,
    series,
    key,
    count,
  ]);
  assert.deepEqual(all, [
    ['open', 'key', '(other)', 2],
    ['open', 'key', '(none)', 1],
    ['open', 'none', null, 3],
    ['open', 'other', null, 4],
    ['complete', 'key', '(other)', 1],
    ['complete', 'key', '(none)', 1],
    ['complete', 'none', null, 1],
    ['complete', 'other', null, 1],
  ]);
  for (const [asked, series, key, count] of [
    [{ key: '(other)' }, 'key', '(other)', 2],
    [{ key: '(none)' }, 'key', '(none)', 1],
    [{ series: 'other' }, 'other', null, 4],
    [{ series: 'none' }, 'none', null, 3],
  ] as const) {
    const [open] = await rows(asked);
    assert.deepEqual([open!.series, open!.key, open!.count], [series, key, count]);
  }
  assert.equal((await ask({ key: '(other)', series: 'other' })).status, 400);
  const csv = await (await ask({ key: '*', format: 'csv' })).text();
  const named = csv.split('\r\n').map((line) => line.split(',').slice(1, 3).join(' '));
  assert.deepEqual(named.slice(1, 5), ['(other) key', '(none) key', ' none', ' other']);
});
