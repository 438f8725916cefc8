// What REST refuses rather than guesses: cursors that it did not make, days that do not exist, forms that it does not have.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { z } from 'zod';
import { openApiDocument } from '../../src/rest/openapi.ts';
import { LIMIT_MAX } from '../../src/rest/queries.ts';
import { problemView } from '../../src/rest/schemas.ts';
import { formatTime, parseTime } from '../../src/rest/time-parameter.ts';
import { liveRest, NOW } from './live-rest.ts';

type Problem = z.infer<typeof problemView>;

async function serve(t: import('node:test').TestContext) {
  const rest = await liveRest(t);
  const problem = async (path: string, status: number, headers = {}): Promise<Problem> => {
    const response = await rest.get(path, { headers });
    const text = await response.text();
    assert.equal(response.status, status, `${path}: ${text}`);
    return problemView.parse(JSON.parse(text));
  };
  return { ...rest, problem };
}

const RANGE = 'interval=1m&limit=2&from=2026-11-21T13:00:00Z&to=2026-11-21T14:00:00Z';
const BUCKETS = `/api/v1/channels/a/buckets?${RANGE}`;
const written = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');

test('a cursor that Weir made works in any run; any other is a 400, never an error of Weir', async (t) => {
  const { get, problem, state } = await serve(t);
  const { meta } = (await (await get(BUCKETS)).json()) as { meta: { cursor: string } };
  const made = JSON.parse(Buffer.from(meta.cursor, 'base64url').toString()) as [
    number,
    number,
    number,
    number,
    string,
  ];
  const other = await liveRest(t);
  assert.equal((await other.get(`${BUCKETS}&cursor=${meta.cursor}`)).status, 200, 'another run');
  const [version, from, to, after, signed] = made;
  const HUGE = Number.MAX_SAFE_INTEGER;
  const forged: unknown[] = [
    [version, HUGE, HUGE, HUGE, signed],
    [version, -HUGE, HUGE, after, signed],
    [version, from, HUGE, after, signed],
    [version, from, to, -HUGE, signed],
    [version, from, to, HUGE, signed],
    [version, from, to, 8.64e15, signed],
    [version, from, to, after + 1, signed],
    [version, from, to, to, signed],
    [version, from, to, from - 60_000, signed],
    [version, to, from, after, signed],
    [version, from + 0.5, to, after, signed],
    [version, null, to, after, signed],
    [version, from, to, String(after), signed],
    [version, from, to, after, signed, 1],
    [version, from, to, after],
    [version, from, to, after, [signed]],
    [2, from, to, after, signed],
    [version, from, to, after, 'x'.repeat(12)],
    { 0: version, 1: from, 2: to, 3: after, 4: signed },
    null,
    'x',
    1,
    [],
  ];
  const texts = [
    ...forged.map(written),
    `${meta.cursor}=`,
    `${meta.cursor.slice(0, 5)}.${meta.cursor.slice(5)}`,
    Buffer.from(` ${JSON.stringify(made)}`).toString('base64url'),
    Buffer.from(JSON.stringify(made).replace(String(from), `${from}.0`)).toString('base64url'),
    '%00',
    'x',
  ];
  for (const text of texts) {
    const { type, errors } = await problem(`${BUCKETS}&cursor=${text}`, 400);
    assert.equal(type, '/problems/bad-parameter');
    assert.equal(errors[0]!.param, 'cursor');
  }
  assert.deepEqual(state.errors, []);
});

test('a cursor of events is the id of one', async (t) => {
  const { get, problem, store } = await serve(t);
  const events = [1, 2, 3].map((n) => ({
    at: NOW + n,
    channel: null,
    kind: 'connect' as const,
    detail: String(n),
  }));
  store.commit({ at: NOW, seals: [], gaps: [], events });
  const { meta } = (await (await get('/api/v1/events?limit=2')).json()) as {
    meta: { cursor: string };
  };
  assert.equal((await get(`/api/v1/events?limit=2&cursor=${meta.cursor}`)).status, 200);
  for (const cursor of ['0', '4', '007', '-1', '1.5', '1e3', '999999999999999', 'x', '']) {
    const { errors } = await problem(`/api/v1/events?cursor=${cursor}`, 400);
    assert.equal(errors[0]!.param, 'cursor', cursor);
  }
});

test('times are RFC 3339: a day or an hour that does not exist is refused', () => {
  const at = (text: string) => parseTime(text, NOW);
  const right: [string, string][] = [
    ['2026-11-21T14:05:00Z', '2026-11-21T14:05:00Z'],
    ['2024-02-29T00:00:00z', '2024-02-29T00:00:00Z'],
    ['2000-02-29t23:59:59+23:59', '2000-02-29T00:00:59Z'],
    ['2026-12-31T23:59:60Z', '2026-12-31T23:59:59Z'],
    ['2026-11-21T14:05:00.123456789-01:30', '2026-11-21T15:35:00.123Z'],
    ['2026-11-21T14:05:00 01:00', '2026-11-21T13:05:00Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
  ];
  for (const [text, time] of right) assert.equal(formatTime(at(text)!), time, text);
  const wrong = [
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-11-31T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-00T00:00:00Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T14:60:00Z',
    '2026-11-21T14:05:61Z',
    '2026-11-21T14:05:00+24:00',
    '2026-11-21T14:05:00+01:60',
    '2026-11-21T14:05:00',
    '2026-11-21 14:05:00Z',
    '2026-11-21',
    '+010000-01-01T00:00:00Z',
    '10000-01-01T00:00:00Z',
    '1795000000',
    'yesterday',
    '',
  ];
  for (const text of wrong) assert.equal(at(text), null, text);
});

test('every time in an answer has a year of four digits; a range that would have others is refused', async (t) => {
  const { get, problem } = await serve(t);
  const ask = (from: string, to: string, interval: string) =>
    `/api/v1/channels/a/buckets?interval=${interval}&from=${from}&to=${to}`;
  for (const to of ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59-23:59', '9000-01-01T00:00:00Z']) {
    const { errors } = await problem(ask('9000-01-01T00:00:00Z', to, '1y'), 400);
    assert.match(errors[0]!.detail, /years 1000 to 8999/);
  }
  await problem(ask('0001-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '1y'), 400);
  await problem('/api/v1/channels/a/buckets?interval=1y&from=now-2000y', 400);
  const body = await (
    await get(ask('1000-01-01T00:00:00Z', '8999-12-31T23:59:59Z', '8784h'))
  ).json();
  const { data, meta } = body as { data: { start: string; end: string }[]; meta: { to: string } };
  for (const { start, end } of data) {
    assert.match(`${start} ${end} ${meta.to}`, /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ?){3}$/);
  }
});

test('an Accept that cannot be met is a 406 that names what there is; a parameter of a type is no obstacle', async (t) => {
  const { get, problem } = await serve(t);
  const met: [string, string][] = [
    [BUCKETS, 'application/json'],
    [BUCKETS, 'application/json; charset=utf-8'],
    [BUCKETS, 'text/csv'],
    [BUCKETS, 'image/png, application/x-ndjson;q=0.1'],
    [`${BUCKETS}&format=csv`, 'application/json'],
    ['/api/v1/channels', 'text/html,application/xhtml+xml,*/*;q=0.8'],
    ['/api/v1/channels', ''],
    ['/api/v1/channels/a', 'application/*'],
    ['/metrics', 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5'],
    ['/metrics', 'text/plain;version=0.0.4'],
    ['/api/v1/channels/a/badge.svg', 'image/avif,image/webp,image/*'],
  ];
  for (const [path, accept] of met) {
    const response = await get(path, { headers: { accept } });
    await response.body?.cancel();
    assert.equal(response.status, 200, `${path} ${accept}`);
  }
  const unmet: [string, string][] = [
    [BUCKETS, 'image/png'],
    [BUCKETS, 'text/html'],
    [BUCKETS, 'application/json;q=0'],
    ['/api/v1/channels', 'text/csv'],
    ['/api/v1/channels/a', 'text/csv'],
    ['/api/v1/events', 'text/csv'],
    ['/api/v1/ledger', 'text/csv'],
    ['/api/v1/configuration', 'text/csv'],
    ['/api/v1/openapi.json', 'application/yaml'],
    ['/api/v1/stream', 'application/json'],
    ['/api/v1/channels/a/badge.svg', 'image/png'],
    ['/metrics', 'application/json'],
    ['/health/live', 'text/html'],
    ['/gviz/tq?channels=a', 'image/png'],
  ];
  for (const [path, accept] of unmet) {
    const { type, errors } = await problem(path, 406, { accept });
    assert.equal(type, '/problems/not-acceptable');
    assert.match(errors[0]!.detail, /^can be \w+\/[\w.+-]+/, path);
  }
});

test('the bounds of limit are in OpenAPI, and are those that hold', async (t) => {
  const { get, problem } = await serve(t);
  const document = openApiDocument('0.0.0') as {
    paths: Record<string, { get: { parameters?: { name: string; schema: unknown }[] } }>;
  };
  let found = 0;
  for (const [path, { get: operation }] of Object.entries(document.paths)) {
    const limit = operation.parameters?.find(({ name }) => name === 'limit');
    if (!limit) continue;
    found += 1;
    const { type, minimum, maximum, ...rest } = limit.schema as Record<string, unknown>;
    assert.deepEqual([type, minimum, maximum], ['integer', 1, LIMIT_MAX], path);
    assert.ok(!('pattern' in rest), 'an integer has none');
  }
  assert.equal(found, 3);
  for (const limit of [1, LIMIT_MAX]) {
    assert.equal((await get(`/api/v1/events?limit=${limit}`)).status, 200);
  }
  for (const limit of ['0', String(LIMIT_MAX + 1), '-1', '1.5', 'x', '']) {
    await problem(`/api/v1/events?limit=${limit}`, 400);
  }
});

test('the address of the socket says what it wants to a client that does not upgrade', async (t) => {
  const { get } = await serve(t);
  const response = await get('/api/v1/ws');
  assert.equal(response.status, 426);
  assert.equal(response.headers.get('upgrade'), 'websocket');
  assert.match(problemView.parse(await response.json()).detail, /\/api\/v1\/stream/);
});

test('an id of the stream from the future is unknown', async (t) => {
  const { base, get } = await serve(t);
  const first = await get('/api/v1/stream?channels=a');
  const reader = first.body!.getReader();
  let text = '';
  while (!/^id: /m.test(text)) text += Buffer.from((await reader.read()).value!).toString();
  await reader.cancel();
  const epoch = /^id: (\w+)-/m.exec(text)![1]!;
  for (const seq of ['999999', '9'.repeat(80), '1e3', '', '-1']) {
    const again = await fetch(`${base}/api/v1/stream?last_event_id=${epoch}-${seq}`);
    const other = again.body!.getReader();
    let heard = '';
    while (!/event: hello/.test(heard) || !/\n\n$/.test(heard)) {
      heard += Buffer.from((await other.read()).value!).toString();
    }
    await other.cancel();
    assert.match(heard, /"resumed":false/, seq);
  }
});
