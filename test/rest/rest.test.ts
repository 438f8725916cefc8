// REST over a board and a store that the test fills: parameters, pages, formats, tags, problems, OpenAPI.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Descriptor } from '../../src/model/channel.ts';
import { keySeries } from '../../src/model/series.ts';
import { emptyTally } from '../../src/model/tally.ts';
import { restApp } from '../../src/rest/app.ts';
import {
  bucketPage,
  channelList,
  channelOne,
  eventPage,
  healthView,
  ledgerView,
  problemView,
} from '../../src/rest/schemas.ts';
import { writeLink } from '../../src/shared/link-words.ts';
import { allocateRing } from '../../src/shared/ring.ts';
import { RingReader } from '../../src/shared/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';
import { storeKind } from '../../src/store/index.ts';
import { FakeTime } from '../support/fake-time.ts';
import { TEST_GATE } from '../support/gate.ts';
import { BY_KEY, COUNT } from '../support/positions.ts';
import { seal } from '../support/stored.ts';

const NOW = Date.UTC(2026, 10, 21, 14, 5, 30);
const S = NOW / 1_000;
const RETENTION = { '1s': 3_600_000, '1m': 35 * 86_400_000, '15m': 3_650 * 86_400_000 };
const iso = (second: number) => new Date(second * 1_000).toISOString().replace('.000Z', 'Z');

/** Channel `a` (5 a second for an hour) and `keyed` (three keys); sealed to now, one message on the board. */
async function serve(t: TestContext, waitMs = 0) {
  const kind = storeKind('sqlite')!;
  const location = kind.locate(kind.options.parse({ kind: 'sqlite', path: 'memory' }), '/');
  const writer = kind.openWriter(location, RETENTION);
  const history = kind.openReader(location);
  const cells = Array.from({ length: 3_600 }, (_, i) => ({
    second: S - 3_600 + i,
    tally: { ...emptyTally(), received: 5, counted: 5, coveredMs: 1_000 },
  }));
  const keyCells = cells.flatMap(({ second }) =>
    ['x', '=y', 'z,"'].map((key, i) => ({
      second,
      ...keySeries(key),
      counted: 3 - i,
      sum: 0,
      sumLow: 0,
    })),
  );
  const gap = {
    from: (S - 10) * 1_000,
    to: (S - 8) * 1_000,
    cause: 'feed',
    detail: 'closed',
  } as const;
  writer.commit({
    at: NOW,
    seals: ['a', 'keyed'].map((channel) =>
      seal(channel, S, cells, {
        definition: channel === 'keyed' ? BY_KEY : COUNT,
        keyCells: channel === 'keyed' ? keyCells : [],
      }),
    ),
    gaps: [{ channel: 'a', gap }],
    events: Array.from(
      { length: 5 },
      (_, i) =>
        ({ at: NOW - i, channel: i % 2 ? 'a' : null, kind: 'connect', detail: String(i) }) as const,
    ),
  });
  const time = new FakeTime(NOW + 500);
  const make = (name: string, keyed: boolean) => {
    const memory = allocateRing({ keysMax: keyed ? 10 : 0, keyWords: 1, shardsMax: 1 });
    const ring = new RingReader(memory);
    ring.seal(S);
    const live = new RingWriter(memory);
    live.open(S);
    live.add('received', 1);
    live.add('counted', 1);
    if (keyed) live.addKey(live.keys.slotOf('x'), 1);
    live.commit();
    writeLink(live.views, { state: 'up', since: NOW - 5_000, detail: '' });
    const descriptor: Descriptor = {
      name,
      title: name,
      description: '',
      feed: { kind: 'satori' },
      processor: {
        kind: keyed ? 'count-by' : 'count',
        measure: 'count',
        keyed,
        top: keyed ? 2 : 0,
      },
      chart: { interval: '1m', range: '30m' },
    };
    return { descriptor, ring, definition: keyed ? BY_KEY : COUNT, waitMs, thread: 'feed 1' };
  };
  const app = restApp(
    {
      channels: [make('a', false), make('keyed', true)],
      history,
      clock: time,
      gate: TEST_GATE,
      health: () => ({
        store: { trouble: null, waiting: null },
        log: { droppedLines: 0 },
        threads: [{ name: 'timer', silentMs: 1, deathCount: 0, lastDeath: null, ok: true }],
      }),
      configuration: () => ({ loadedAt: NOW, problems: [], yaml: 'channels: {}\n' }),
      settings: {
        version: '0.0.0',
        timezone: 'UTC',
        charts: 'builtin',
        retention: RETENTION,
        pageFolder: '/nowhere',
      },
    },
    (error) => assert.fail(String(error)),
  );
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
    history.close();
    writer.close();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { base, writer, get: (path: string, init?: RequestInit) => fetch(base + path, init) };
}

test('buckets are newest first, half-open, open one on top, and true to their schema', async (t) => {
  const { get } = await serve(t);
  const page = bucketPage.parse(await (await get('/api/v1/channels/a/buckets?from=now-2m')).json());
  assert.deepEqual(
    page.data.map(({ start, count, state }) => [start, count, state]),
    [
      [iso(S - 30), 151, 'open'],
      [iso(S - 90), 300, 'complete'],
      [iso(S - 150), 300, 'complete'],
    ],
  );
  assert.equal(page.data[0]!.coverage, 1);
  assert.equal(page.data[0]!.gaps[0]!.detail, 'closed');
});

test('sums are the same at every interval', async (t) => {
  const { get } = await serve(t);
  for (const interval of ['1s', '10s', '90s', '1m', 'PT5M', '15m', '1h', '1d', '1w', '1mo']) {
    const { data } = bucketPage.parse(
      await (
        await get(`/api/v1/channels/a/buckets?interval=${interval}&from=now-59m&limit=5000`)
      ).json(),
    );
    const from = Date.parse(data.at(-1)!.start) / 1_000;
    assert.equal(
      data.reduce((sum, { count }) => sum + (count ?? 0), 0),
      5 * (S - Math.max(from, S - 3_600)) + 1,
      interval,
    );
  }
});

test('a second that is in the store already, but still on the board, counts once', async (t) => {
  const { get, writer } = await serve(t);
  const tally = { ...emptyTally(), received: 1, counted: 1, coveredMs: 1_000 };
  const keyCells = [{ second: S, ...keySeries('x'), counted: 1, sum: 0, sumLow: 0 }];
  // As between the timer's commit and its word that the second is sealed.
  writer.commit({
    at: NOW,
    seals: ['a', 'keyed'].map((channel) =>
      seal(channel, S + 1, [{ second: S, tally }], {
        definition: channel === 'keyed' ? BY_KEY : COUNT,
        keyCells: channel === 'keyed' ? keyCells : [],
      }),
    ),
    gaps: [],
    events: [],
  });
  const path = `buckets?interval=1s&from=${iso(S)}&to=${iso(S + 1)}`;
  const total = bucketPage.parse(await (await get(`/api/v1/channels/a/${path}`)).json());
  assert.deepEqual(
    total.data.map(({ count, state }) => [count, state]),
    [[1, 'complete']],
  );
  const byKey = bucketPage.parse(await (await get(`/api/v1/channels/keyed/${path}&key=x`)).json());
  assert.deepEqual(
    byKey.data.map(({ count }) => count),
    [1],
  );
});

test('days are those of the zone asked for', async (t) => {
  const { get } = await serve(t);
  const { data } = bucketPage.parse(
    await (
      await get('/api/v1/channels/a/buckets?interval=1d&from=now-1h&tz=Asia/Kathmandu')
    ).json(),
  );
  assert.equal(data[0]!.start, '2026-11-20T18:15:00Z');
});

test('pages follow each other without skip or double, in both orders, and the links lead on', async (t) => {
  const { get } = await serve(t);
  for (const order of ['asc', 'desc']) {
    const starts: string[] = [];
    let next: string | null =
      `/api/v1/channels/a/buckets?interval=1s&from=now-100s&limit=7&order=${order}`;
    while (next) {
      const page: ReturnType<typeof bucketPage.parse> = bucketPage.parse(
        await (await get(next)).json(),
      );
      assert.ok(page.data.length <= 7);
      starts.push(...page.data.map(({ start }) => start));
      next = page.links.next;
    }
    assert.equal(new Set(starts).size, starts.length);
    assert.equal(starts.length, 101);
    assert.deepEqual(starts, order === 'asc' ? starts.toSorted() : starts.toSorted().reverse());
  }
});

test('many channels come together, start by start', async (t) => {
  const { get } = await serve(t);
  const { data } = bucketPage.parse(
    await (await get('/api/v1/buckets?channels=a,keyed&from=now-2m&limit=4')).json(),
  );
  assert.deepEqual(
    data.map(({ channel }) => channel),
    ['a', 'keyed', 'a', 'keyed'],
  );
});

test('keys: one, or the top ones and (other), which add up to the total', async (t) => {
  const { get } = await serve(t);
  const one = bucketPage.parse(
    await (await get('/api/v1/channels/keyed/buckets?key=z%2C%22&from=now-2m&open=exclude')).json(),
  );
  assert.deepEqual(
    one.data.map(({ count }) => count),
    [60, 60],
  );
  const all = bucketPage.parse(
    await (await get('/api/v1/channels/keyed/buckets?key=*&from=now-90s&to=now-60s')).json(),
  );
  assert.deepEqual(
    all.data.map(({ key, series, count }) => [key, series, count]),
    [
      ['x', 'key', 180],
      ['=y', 'key', 120],
      [null, 'other', 60],
    ],
  );
});

test('what was never observed is null, or 0, or left out, as asked; never a 404', async (t) => {
  const { get } = await serve(t);
  const path = `/api/v1/channels/a/buckets?interval=1h&from=${iso(S - 10_000)}&to=${iso(S - 8_000)}`;
  const counts = async (fill: string) =>
    bucketPage
      .parse(await (await get(`${path}&fill=${fill}`)).json())
      .data.map(({ count, state }) => [count, state]);
  assert.deepEqual(await counts('state'), [[null, 'missing']]);
  assert.deepEqual(await counts('zero'), [[0, 'missing']]);
  assert.deepEqual(await counts('none'), []);
});

test('CSV and NDJSON say the same as JSON, and no key can become a formula', async (t) => {
  const { get } = await serve(t);
  const path = '/api/v1/channels/keyed/buckets?key=*&from=now-90s&to=now-60s';
  const csv = await get(`${path}&format=csv`);
  assert.match(csv.headers.get('content-type')!, /^text\/csv/);
  const lines = (await csv.text()).trim().split('\r\n');
  assert.equal(lines.length, 4);
  assert.match(lines[2]!, /^keyed,'=y,.*,120,/);
  const ndjson = await get(path, { headers: { accept: 'application/x-ndjson' } });
  const rows = (await ndjson.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(rows, ((await (await get(path)).json()) as { data: unknown[] }).data);
});

test('a closed, absolute range has a strong tag and may be kept; anything else is asked for anew', async (t) => {
  const { get } = await serve(t);
  const closed = `/api/v1/channels/a/buckets?from=${iso(S - 630)}&to=${iso(S - 330)}`;
  const first = await get(closed);
  const tag = first.headers.get('etag')!;
  assert.match(tag, /^"/);
  assert.match(first.headers.get('cache-control')!, /max-age/);
  assert.equal(await first.text(), await (await get(closed)).text());
  assert.equal((await get(closed, { headers: { 'if-none-match': tag } })).status, 304);
  const open = await get('/api/v1/channels/a/buckets?from=now-2m');
  assert.match(open.headers.get('etag')!, /^W\//);
  assert.equal(open.headers.get('cache-control'), 'no-cache');
});

test('every wrong parameter gets a problem that names it', async (t) => {
  const { get } = await serve(t);
  const wrong: [string, number, string][] = [
    ['channels/a/buckets?intervall=1m', 400, 'intervall'],
    ['channels/a/buckets?interval=5x', 400, 'interval'],
    ['channels/a/buckets?from=yesterday', 400, 'from'],
    ['channels/a/buckets?from=now&to=now-1h', 400, 'from'],
    ['channels/a/buckets?to=2026-13-01T00:00:00Z', 400, 'to'],
    ['channels/a/buckets?tz=Mars/Base', 400, 'tz'],
    ['channels/a/buckets?key=x', 400, 'key'],
    ['channels/a/buckets?limit=0', 400, 'limit'],
    ['channels/a/buckets?limit=1e9', 400, 'limit'],
    ['channels/a/buckets?order=up', 400, 'order'],
    ['channels/a/buckets?fill=a&fill=b', 400, 'fill'],
    ['channels/a/buckets?cursor=abc', 400, 'cursor'],
    ['channels/nope/buckets', 404, 'channel'],
    ['channels/nope', 404, 'channel'],
    ['buckets', 400, 'channels'],
    ['buckets?channels=,', 400, 'channels'],
    ['events?limit=x', 400, 'limit'],
    ['nothing', 404, 'path'],
    ['channels/a/buckets?interval=1s&from=now-2d', 422, 'interval'],
    ['channels/a/buckets?interval=10s&from=now-2h', 422, 'interval'],
    ['channels/%', 400, ''],
  ];
  for (const [path, status, param] of wrong) {
    const response = await get(`/api/v1/${path}`);
    assert.equal(response.status, status, path);
    assert.match(response.headers.get('content-type')!, /^application\/problem\+json/);
    const problem = problemView.parse(await response.json());
    assert.equal(problem.errors[0]?.param ?? '', param, path);
  }
});

test("a cursor of another request is refused, and a page's cursor stays good while time goes on", async (t) => {
  const { get } = await serve(t);
  const { meta } = bucketPage.parse(await (await get('/api/v1/channels/a/buckets?limit=2')).json());
  const other = await get(`/api/v1/channels/a/buckets?limit=2&order=asc&cursor=${meta.cursor}`);
  assert.equal(other.status, 400);
  assert.equal((await get(`/api/v1/channels/a/buckets?limit=9&cursor=${meta.cursor}`)).status, 200);
});

test('descriptors, events and health are true to their schemas', async (t) => {
  const { get } = await serve(t);
  const list = channelList.parse(await (await get('/api/v1/channels')).json());
  assert.equal(list.data[0]!.link.state, 'up');
  assert.equal(list.data[0]!.lastBucket!.count, 300);
  channelOne.parse(await (await get('/api/v1/channels/a')).json());
  const events = eventPage.parse(await (await get('/api/v1/events?limit=2')).json());
  assert.deepEqual(
    events.data.map(({ detail }) => detail),
    ['4', '3'],
  );
  const older = eventPage.parse(
    await (await get(`/api/v1/events?limit=9&cursor=${events.meta.cursor}`)).json(),
  );
  assert.deepEqual(
    older.data.map(({ detail }) => detail),
    ['2', '1', '0'],
  );
  healthView.parse(await (await get('/health/live')).json());
  assert.equal((await get('/health/ready')).status, 200);
});

test('OpenAPI 3.1 describes every address under /api/v1, from the schemas that validate', async (t) => {
  const { get } = await serve(t);
  const document = (await (await get('/api/v1/openapi.json')).json()) as {
    openapi: string;
    paths: Record<string, { get: { parameters?: { name: string }[] } }>;
  };
  assert.match(document.openapi, /^3\.1/);
  assert.deepEqual(
    Object.keys(document.paths).filter((path) => path.startsWith('/api')),
    [
      '/api/v1/channels',
      '/api/v1/channels/{name}',
      '/api/v1/channels/{name}/buckets',
      '/api/v1/buckets',
      '/api/v1/ledger',
      '/api/v1/events',
      '/api/v1/stream',
      '/api/v1/ws',
      '/api/v1/gviz/tq',
      '/api/v1/channels/{name}/badge.svg',
      '/api/v1/configuration',
      '/api/v1/configuration/schema',
    ],
  );
  const names = document.paths['/api/v1/buckets']!.get.parameters!.map(({ name }) => name);
  for (const name of [
    'interval',
    'from',
    'to',
    'tz',
    'key',
    'fill',
    'open',
    'order',
    'limit',
    'cursor',
    'format',
    'channels',
  ]) {
    assert.ok(names.includes(name), name);
  }
});

test('metrics balance: received is the sum of all outcomes', async (t) => {
  const { get } = await serve(t);
  const text = await (await get('/metrics')).text();
  assert.match(text, /weir_received_messages_total\{channel="a"\} 1\n/);
  assert.match(text, /weir_messages_total\{channel="a",outcome="counted"\} 1\n/);
  assert.match(text, /weir_link_up\{channel="a"\} 1\n/);
});

test('answers carry a policy that lets in nothing from outside, and nothing can be written', async (t) => {
  const { get } = await serve(t);
  const response = await get('/');
  const policy = response.headers.get('content-security-policy')!;
  assert.match(policy, /default-src 'self'/);
  assert.ok(!policy.includes('gstatic') && !policy.includes('unsafe-eval'), policy);
  assert.equal(response.headers.get('x-powered-by'), null);
  assert.match(await response.text(), /npm run build/);
  assert.equal((await get('/api/v1/channels', { method: 'POST' })).status, 405);
});

test('a bucket of a channel with event times stays open for what is on its way', async (t) => {
  const { get } = await serve(t, 2_000);
  const path = '/api/v1/channels/a/buckets?interval=1s&from=now-5s';
  const page = bucketPage.parse(await (await get(path)).json());
  assert.deepEqual(
    page.data.map(({ start, state }) => [start, state]),
    [0, -1, -2, -3, -4, -5].map((s) => [iso(S + s), s < -2 ? 'complete' : 'open']),
  );
});

test('the ledger: what became of every message, by channel and by thread', async (t) => {
  const { get } = await serve(t);
  const { data } = ledgerView.parse(await (await get('/api/v1/ledger')).json());
  assert.deepEqual(
    data.channels.map(({ channel, thread, received, counted, difference }) => [
      channel,
      thread,
      received,
      counted,
      difference,
    ]),
    [
      ['a', 'feed 1', 1, 1, 0],
      ['keyed', 'feed 1', 1, 1, 0],
    ],
  );
  assert.deepEqual(
    data.threads.map(({ thread, received, difference }) => [thread, received, difference]),
    [['feed 1', 2, 0]],
  );
});
