// The split by key is read page by page, and then only what is new.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { KeyBucketView } from '../../web/src/api.ts';
import { KeyRows } from '../../web/src/key-rows.ts';
import { PLAIN_VIEW } from '../../web/src/view-state.ts';
import { wantedOf } from '../../web/src/window.ts';
import { bucketView, STEP_MS, T0 } from './views.ts';

const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

const RETENTION = { '1s': 3_600_000, '1m': 3_600_000, '15m': 3_600_000 };
const CHART = { interval: '5s', range: '5m' };
const around = { widthPx: 800, now: T0, retention: RETENTION, zone: 'UTC' };
const row = (index: number, key: string): KeyBucketView => ({
  ...bucketView(index, index + 1),
  key,
  series: 'key',
});

/** A server of these rows, newest first, two a page or fewer; below a path that it does not know of. */
function serve(rows: () => readonly KeyBucketView[]) {
  const asked: URL[] = [];
  globalThis.fetch = (async (address: string) => {
    const url = new URL(address, 'http://weir.example/below/');
    asked.push(url);
    assert.equal(url.pathname, '/below/api/v1/channels/a/buckets');
    assert.equal(url.searchParams.get('from'), 'now-300000ms', 'without the period before');
    assert.equal(url.searchParams.get('order'), 'desc');
    const after = Number(url.searchParams.get('cursor') ?? 0);
    const end = after + Math.min(2, Number(url.searchParams.get('limit')));
    const wanted = rows().toSorted((a, b) => (a.start < b.start ? 1 : -1));
    url.searchParams.set('cursor', String(end));
    const next = end < wanted.length ? `/api/v1/channels/a/buckets${url.search}` : null;
    return Response.json({ data: wanted.slice(after, end), links: { next } });
  }) as typeof fetch;
  return asked;
}

const { signal } = new AbortController();
const countsOf = async (keys: KeyRows, now: number) => {
  const rows = await keys.read(now, signal);
  return new Map(
    rows.map(({ start, key, count }) => [`${(Date.parse(start) - T0) / STEP_MS} ${key}`, count]),
  );
};

test('all pages are read, of the range itself; then what is new replaces what it was', async () => {
  let rows = Array.from({ length: 7 }, (_, index) => row(index, 'a'));
  const asked = serve(() => rows);
  const keys = new KeyRows('a', wantedOf(PLAIN_VIEW, CHART, around), 4);
  const whole = await countsOf(keys, 0);
  assert.deepEqual([whole.size, whole.get('0 a'), whole.get('6 a')], [7, 1, 7]);
  assert.deepEqual([asked.length, asked[0]!.searchParams.get('limit')], [4, '5000']);
  rows = [...rows.map((one, index) => (index === 6 ? { ...one, count: 70 } : one)), row(7, 'a')];
  asked.length = 0;
  const after = await countsOf(keys, 1_000);
  assert.deepEqual([after.get('0 a'), after.get('6 a'), after.get('7 a')], [1, 70, 8]);
  assert.equal(after.size, 8);
  assert.equal(asked.length, 1, 'only the newest bars are asked for');
  assert.equal(asked[0]!.searchParams.get('limit'), '18', 'three bars of 4 keys and 2 more series');
  rows = rows.map((one) => ({ ...one, count: 99 }));
  const amended = await countsOf(keys, 30_000);
  assert.ok(
    [...amended.values()].every((count) => count === 99),
    'all is read again now and then',
  );
});

test('when an older bar has changed, all is read again before long', async () => {
  let count = 1;
  serve(() => Array.from({ length: 7 }, (_, index) => ({ ...row(index, 'a'), count })));
  const keys = new KeyRows('a', wantedOf(PLAIN_VIEW, CHART, around), 4);
  await keys.read(0, signal);
  count = 2;
  keys.amended();
  assert.equal((await countsOf(keys, 4_999)).get('0 a'), 1);
  assert.equal((await countsOf(keys, 5_000)).get('0 a'), 2);
  count = 3;
  assert.equal((await countsOf(keys, 10_000)).get('0 a'), 2, 'once');
});

test('when other keys have become the top ones, all bars are split into these', async () => {
  let key = 'a';
  serve(() => Array.from({ length: 7 }, (_, index) => row(index, key)));
  const keys = new KeyRows('a', wantedOf(PLAIN_VIEW, CHART, around), 1);
  await keys.read(0, signal);
  key = 'b';
  const mixed = await countsOf(keys, 1_000);
  assert.deepEqual([mixed.get('6 b'), mixed.get('0 a')], [7, 1]);
  const whole = await countsOf(keys, 5_000);
  assert.deepEqual([whole.get('0 b'), whole.size], [1, 7]);
});
