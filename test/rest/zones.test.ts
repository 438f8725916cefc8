// Hours and half days on the clocks of a zone, in REST, in the stream and in the datasource.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { handChannel, listen, liveRest, NOW } from './live-rest.ts';

type Channel = { readonly lastBucket: { readonly start: string } | null };

interface Page {
  readonly data: { start: string; end: string; count: number | null }[];
  readonly meta: { tz: string; aligned: string; interval: string };
}

const at = (text: string) => Date.parse(text) / 1_000;

/** A message in each half hour of the night in which the clocks of Berlin are set back, and of Lord Howe's. */
async function nights(t: TestContext) {
  const rest = await liveRest(t);
  for (const night of ['2026-04-04T12:00:00Z', '2026-10-24T22:00:00Z']) {
    for (let half = 0; half < 16; half++) rest.seal(rest.a, at(night) + half * 1_800 + 10, 1);
  }
  const page = async (query: string) => {
    const response = await rest.get(`/api/v1/channels/a/buckets?order=asc&${query}`);
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Page;
  };
  const bars = async (query: string) => {
    const { data } = await page(query);
    return data.map(({ start, count }) => [start.slice(5, 16), count]);
  };
  return { ...rest, page, bars };
}

const AUTUMN = 'from=2026-10-24T22:00:00Z&to=2026-10-25T05:00:00Z';

test('the hour that Berlin has twice is two buckets, and two hours are three', async (t) => {
  const { bars, page } = await nights(t);
  assert.deepEqual(await bars(`interval=1h&tz=Europe/Berlin&${AUTUMN}`), [
    ['10-24T22:00', 2],
    ['10-24T23:00', 2],
    ['10-25T00:00', 2],
    ['10-25T01:00', 2],
    ['10-25T02:00', 2],
    ['10-25T03:00', 2],
    ['10-25T04:00', 2],
  ]);
  assert.deepEqual(await bars(`interval=2h&tz=Europe/Berlin&${AUTUMN}`), [
    ['10-24T22:00', 4],
    ['10-25T00:00', 6],
    ['10-25T03:00', 4],
  ]);
  const { meta } = await page(`interval=2h&tz=Europe/Berlin&${AUTUMN}`);
  assert.deepEqual([meta.tz, meta.aligned], ['Europe/Berlin', 'zone']);
});

test('Lord Howe sets its clocks back by half an hour: one hour is longer', async (t) => {
  const { bars } = await nights(t);
  const span = 'from=2026-04-04T13:00:00Z&to=2026-04-04T17:30:00Z';
  assert.deepEqual(await bars(`interval=1h&tz=Australia/Lord_Howe&${span}`), [
    ['04-04T13:00', 2],
    ['04-04T14:00', 3],
    ['04-04T15:30', 2],
    ['04-04T16:30', 2],
  ]);
});

test('half days begin at the midnight of the zone; what does not divide a day says aligned: unix', async (t) => {
  const { page } = await nights(t);
  const span = 'from=2026-10-24T12:00:00Z&to=2026-10-26T12:00:00Z';
  const halves = await page(`interval=12h&tz=America/Los_Angeles&${span}`);
  assert.deepEqual(
    halves.data.map(({ start }) => start.slice(5, 13)),
    ['10-24T07', '10-24T19', '10-25T07', '10-25T19', '10-26T07'],
  );
  for (const interval of ['7h', '36h', '100m', '30m']) {
    const zoned = await page(`interval=${interval}&tz=Asia/Kolkata&${span}`);
    const unix = await page(`interval=${interval}&tz=UTC&${span}`);
    assert.equal(zoned.meta.aligned, 'unix', interval);
    assert.deepEqual(zoned.data, unix.data, interval);
  }
});

test('a page of hours goes on where the one before it ended, over the change of the clocks', async (t) => {
  const { page, get, bars } = await nights(t);
  const query = `interval=2h&tz=Europe/Berlin&${AUTUMN}`;
  let next: string | null = `/api/v1/channels/a/buckets?order=asc&limit=1&${query}`;
  const starts: string[] = [];
  while (next) {
    const answer = (await (await get(next)).json()) as Page & { links: { next: string | null } };
    starts.push(...answer.data.map(({ start }) => start.slice(5, 16)));
    next = answer.links.next;
  }
  assert.deepEqual(
    starts,
    (await bars(query)).map(([start]) => start),
  );
  const { data } = await page(query);
  assert.ok(
    data.every(({ end }, index) => index === data.length - 1 || end === data[index + 1]!.start),
  );
});

test('the datasource tells the two hours apart, in JSON and in CSV', async (t) => {
  const { get } = await nights(t);
  const query = `channels=a&interval=1h&tz=Europe/Berlin&${AUTUMN}`;
  const shown = [
    '2026-10-25 00:00:00',
    '2026-10-25 01:00:00',
    '2026-10-25 02:00:00 +02:00',
    '2026-10-25 02:00:00 +01:00',
    '2026-10-25 03:00:00',
    '2026-10-25 04:00:00',
    '2026-10-25 05:00:00',
  ];
  const text = await (await get(`/gviz/tq?${query}`)).text();
  const { table } = JSON.parse(/\((.*)\);$/s.exec(text)?.[1] ?? text);
  assert.deepEqual(
    table.rows.map(({ c }: { c: { f: string }[] }) => c[0]!.f),
    shown,
  );
  assert.deepEqual(table.p, { interval: '1h', tz: 'Europe/Berlin', aligned: 'zone' });
  const csv = await (await get(`/gviz/tq?${query}&tqx=out:csv`)).text();
  assert.deepEqual(
    csv
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',')[0]),
    shown,
  );
});

test('the stream tells hours of the zone, as REST would', async (t) => {
  const { base, time, a, page } = await nights(t);
  const views = encodeURIComponent('1h@Asia/Kathmandu:a;7h@Asia/Kathmandu:a');
  const { hear } = await listen(t, `${base}/api/v1/stream?views=${views}`);
  await hear('hello');
  a.count(3);
  time.goTo(NOW + 2_000);
  const hour = await hear('bucket', ({ interval, count }) => interval === '1h' && count === 3);
  // 19:50:30 on the clocks of Kathmandu, which are 5:45 ahead.
  assert.equal(hour.data.start, '2026-11-21T13:15:00Z');
  assert.deepEqual([hour.data.tz, hour.data.aligned], ['Asia/Kathmandu', 'zone']);
  const asked = await page('interval=1h&tz=Asia/Kathmandu&from=now-1m');
  assert.equal(asked.data.at(-1)!.start, hour.data.start);
  const long = await hear('bucket', ({ interval }) => interval === '7h');
  assert.deepEqual([long.data.tz, long.data.aligned], ['UTC', 'unix']);
});

test('without tz, hours are counted from midnight in the zone of channels.yaml', async (t) => {
  const { get, state } = await liveRest(t, 'Asia/Kathmandu');
  const chart = { interval: '6h', range: '24h' };
  state.channels = [handChannel('hours', { chart })];
  const { data, meta } = (await (await get('/api/v1/channels/hours/buckets')).json()) as Page;
  assert.equal(meta.tz, 'Asia/Kathmandu');
  assert.equal(data[0]!.start.slice(5), '11-21T12:15:00Z', 'newest first: 18:00 there');
  const list = (await (await get('/api/v1/channels')).json()) as { data: Channel[] };
  assert.equal(list.data[0]!.lastBucket!.start.slice(5), '11-21T06:15:00Z', 'the last whole one');
});
