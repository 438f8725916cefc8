// The datasource, as Google's client uses it; the badge; the configuration.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configurationView } from '../../src/rest/configuration-route.ts';
import { liveRest, NOW } from './live-rest.ts';

const RANGE = `from=${new Date(NOW - 30_000).toISOString()}&to=${new Date(NOW).toISOString()}`;

interface Answer {
  version: string;
  reqId?: string;
  status: string;
  sig?: string;
  errors?: { reason: string; message: string; detailed_message?: string }[];
  table?: {
    cols: { id: string; label: string; type: string; role?: string }[];
    rows: { c: ({ v: unknown; f?: string } | null)[] }[];
  };
}

async function source(t: import('node:test').TestContext) {
  const rest = await liveRest(t);
  rest.seal(rest.a, rest.second - 20, 4);
  rest.seal(rest.a, rest.second - 10, 6);
  rest.seal(rest.a, rest.second, 8);
  const ask = async (query: string, headers: Record<string, string> = {}) => {
    const response = await rest.get(`/gviz/tq?${query}`, { headers });
    return { response, text: await response.text() };
  };
  const json = async (query: string) => JSON.parse((await ask(query)).text) as Answer;
  const values = async (query: string) =>
    (await json(`channels=a&${RANGE}&${query}`)).table!.rows.map(({ c }) => c[1]?.v ?? null);
  return { ...rest, ask, json, values };
}

test('one line of JSON with columns, roles, and dates on the clocks of the zone', async (t) => {
  const { ask } = await source(t);
  const { text } = await ask(`channels=a&${RANGE}&tz=Asia/Kathmandu&tqx=reqId:7;unknown:x`, {
    'x-datasource-auth': 'a',
  });
  assert.match(text, /^({.*})$/);
  const { version, reqId, status, table } = JSON.parse(text) as Answer;
  assert.deepEqual([version, reqId, status], ['0.6', '7', 'ok']);
  assert.deepEqual(
    table!.cols.map(({ id, type, role }) => [id, type, role]),
    [
      ['t', 'datetime', undefined],
      ['n', 'number', undefined],
      ['n-certain', 'boolean', 'certainty'],
      ['tip', 'string', 'tooltip'],
    ],
  );
  assert.equal(table!.cols[1]!.label, 'Channel a');
  assert.deepEqual(
    table!.rows.map(({ c }) => c[0]),
    [0, 10, 20].map((seconds) => ({
      v: `Date(2026,10,21,19,50,${seconds},0)`,
      f: `2026-11-21 19:50:${String(seconds).padStart(2, '0')}`,
    })),
  );
  assert.deepEqual(
    table!.rows.map(({ c }) => [c[1]?.v, c[2]?.v]),
    [
      [4, false],
      [6, false],
      [8, false],
    ],
  );
});

test('several channels are columns; dates may be one number', async (t) => {
  const { json } = await source(t);
  const { table } = await json(`channels=a,b&${RANGE}&dates=epoch`);
  assert.deepEqual(
    table!.cols.map(({ id }) => id),
    ['t', 'a', 'a-certain', 'b', 'b-certain'],
  );
  assert.equal(table!.rows[0]!.c[0]!.v, `Date(${NOW - 30_000})`);
  assert.equal(table!.rows[0]!.c[3], null);
});

test('the query: select, where, order by, limit, offset, label, options', async (t) => {
  const { values, json } = await source(t);
  const tq = (query: string) => `tq=${encodeURIComponent(query)}`;
  assert.deepEqual(await values(tq('select *')), [4, 6, 8]);
  assert.deepEqual(await values(tq('order by n desc limit 2')), [8, 6]);
  assert.deepEqual(await values(tq('limit 1 offset 1')), [6]);
  const where = "where t >= datetime '2026-11-21 14:05:10' and t < datetime '2026-11-21 14:05:20'";
  assert.deepEqual(await values(tq(where)), [6]);
  const picked = await json(`channels=a,b&${RANGE}&${tq("select `b`, t label t 'When'")}`);
  assert.deepEqual(
    picked.table!.cols.map(({ id, label }) => [id, label]),
    [
      ['b', 'Channel b'],
      ['b-certain', ''],
      ['t', 'When'],
    ],
  );
  const bare = await json(`channels=a&${RANGE}&${tq('options no_values')}`);
  assert.equal(bare.table!.rows.length, 0);
});

test('errors are answers of the protocol, with status 200 and the request id', async (t) => {
  const { ask } = await source(t);
  const wrong: [string, string][] = [
    ['channels=nope', 'invalid_request'],
    ['channels=a&interval=5x', 'invalid_request'],
    ['channels=a&unknown=1', 'invalid_request'],
    ['channels=a&tq=select%20n%20group%20by%20t', 'unsupported_query_operation'],
    ['channels=a&tq=select%20x', 'invalid_query'],
    ['channels=a&tq=%25', 'invalid_query'],
    ['channels=a&tq=limit', 'invalid_query'],
  ];
  for (const [query, reason] of wrong) {
    const { response, text } = await ask(`${query}&tqx=reqId:3`);
    assert.equal(response.status, 200, query);
    const { status, reqId, errors } = JSON.parse(text) as Answer;
    assert.deepEqual([status, reqId, errors![0]!.reason], ['error', '3', reason], query);
  }
});

test('the same signature again is "not modified"', async (t) => {
  const { json, seal, a, second } = await source(t);
  const { sig } = await json(`channels=a&${RANGE}`);
  const again = await json(`channels=a&${RANGE}&tqx=sig:${sig}`);
  assert.equal(again.errors![0]!.reason, 'not_modified');
  seal(a, second, 1);
  assert.equal((await json(`channels=a&${RANGE}&tqx=sig:${sig}`)).status, 'ok');
});

test('other forms: CSV, HTML, tab-separated, a call', async (t) => {
  const { ask, get } = await source(t);
  const csv = await ask(`channels=a&${RANGE}&tqx=out:csv;outFileName:../my file`);
  assert.match(csv.text, /^Interval,Channel a\r\n2026-11-21 14:05:00,4\r\n/);
  assert.match(csv.response.headers.get('content-disposition')!, /filename="?\.\.myfile\.csv/);
  assert.match((await ask(`channels=a&${RANGE}&tqx=out:html`)).text, /<td>Channel a<\/td>/);
  const tsv = await get(`/gviz/tq?channels=a&${RANGE}&tqx=out:tsv-excel`);
  const bytes = Buffer.from(await tsv.arrayBuffer());
  assert.match(bytes.toString('utf16le'), /^\ufeffInterval\tChannel a\r\n/);
  const call = await ask(`channels=a&${RANGE}&tqx=responseHandler:my.handler(1)`);
  assert.match(call.text, /^\/\*\*\/my\.handler1\({.*}\);$/);
});

test('the badge has the title and the rate, may stand on any page, and no title breaks out of it', async (t) => {
  const { get } = await source(t);
  const response = await get('/api/v1/channels/a/badge.svg');
  assert.match(response.headers.get('content-type')!, /^image\/svg\+xml/);
  assert.equal(response.headers.get('cross-origin-resource-policy'), 'cross-origin');
  assert.match(await response.text(), /aria-label="Channel a: [\d.]+\/s|no data yet"/);
  const sly = await get(`/api/v1/channels/a/badge.svg?label=${encodeURIComponent('<script>"')}`);
  assert.ok(!(await sly.text()).includes('<script>'));
  assert.equal((await get('/api/v1/channels/nope/badge.svg')).status, 404);
});

test('the configuration that runs, the problems of a newer one, and the schema', async (t) => {
  const { get, state } = await source(t);
  const place = { file: 'channels.yaml', line: 14, column: 7 };
  state.configuration = {
    problems: [{ code: 'bad-value', message: 'is wrong', place }],
    loadedAt: NOW,
    yaml: 'channels:\n  a: {}\n',
  };
  const { data } = configurationView.parse(await (await get('/api/v1/configuration')).json());
  assert.deepEqual(data.problems, [{ code: 'bad-value', message: 'is wrong', ...place }]);
  assert.equal(data.yaml, 'channels:\n  a: {}\n');
  const schema = (await (await get('/api/v1/configuration/schema')).json()) as { type: string };
  assert.equal(schema.type, 'object');
});
