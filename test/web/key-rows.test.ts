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

/** A server of these rows, two a page, newest first; below a path that it does not know of. */
function serve(rows: () => readonly KeyBucketView[]) {
  const asked: URL[] = [];
  globalThis.fetch = (async (address: string) => {
    const url = new URL(address, 'http://weir.example/below/');
    asked.push(url);
    assert.equal(url.pathname, '/below/api/v1/channels/a/buckets');
    const from = url.searchParams.get('from')!;
    const after = Number(url.searchParams.get('cursor') ?? 0);
    const wanted = rows()
      .filter(({ start }) => from.startsWith('now') || start >= from)
      .toSorted((a, b) => (a.start < b.start ? 1 : -1));
    url.searchParams.set('cursor', String(after + 2));
    const next = after + 2 < wanted.length ? `/api/v1/channels/a/buckets${url.search}` : null;
    return Response.json({ data: wanted.slice(after, after + 2), links: { next } });
  }) as typeof fetch;
  return asked;
}

test('all pages are read, of the range itself; then what is new replaces what it was', async () => {
  let rows = Array.from({ length: 7 }, (_, index) => row(index, 'a'));
  const asked = serve(() => rows);
  const wanted = wantedOf(PLAIN_VIEW, CHART, around);
  const keys = new KeyRows('a', wanted);
  const { signal } = new AbortController();
  const read = async (now: number) =>
    (await keys.read(now, signal)).map(({ start, count }) => [
      (Date.parse(start) - T0) / STEP_MS,
      count,
    ]);
  assert.deepEqual(
    (await read(0)).sort(),
    rows.map((_, index) => [index, index + 1]),
  );
  assert.equal(asked.length, 4);
  assert.equal(asked[0]!.searchParams.get('from'), 'now-300000ms', 'without the period before');
  assert.equal(asked[0]!.searchParams.get('order'), 'desc');
  rows = [...rows.map((one, index) => (index === 6 ? { ...one, count: 70 } : one)), row(7, 'b')];
  asked.length = 0;
  const after = new Map((await read(1_000)).map(([index, count]) => [index, count]));
  assert.deepEqual([after.get(0), after.get(6), after.get(7)], [1, 70, 8]);
  assert.equal(after.size, 8);
  assert.equal(asked.length, 2, 'only the newest bars are asked for');
  rows = rows.map((one) => ({ ...one, count: 99 }));
  assert.ok(
    (await read(31_000)).every(([, count]) => count === 99),
    'all is read again now and then',
  );
});
