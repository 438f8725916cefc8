// The gate before REST, stream, socket and datasource: every door has the same rules, and says what to write.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as ask, type ClientRequest, type IncomingMessage } from 'node:http';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import type { GateRules } from '../../src/admission/gate.ts';
import { problemView } from '../../src/rest/schemas.ts';
import { gateWith } from '../support/gate.ts';
import { liveRest } from './live-rest.ts';

const BUCKETS = '/api/v1/channels/a/buckets';
const DOORS = [
  '/',
  '/embed',
  '/docs/',
  '/metrics',
  '/api/v1/channels',
  '/api/v1/stream',
  '/api/v1/channels/a/badge.svg',
  '/gviz/tq?channels=a',
  '/api/v1/gviz/tq?channels=a',
  BUCKETS,
];

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

/** A service whose file has these rules. `ask` can send any Host, which fetch cannot. */
async function serve(t: TestContext, rules: Partial<GateRules> = {}) {
  const rest = await liveRest(t);
  rest.state.gate = gateWith(rules);
  const { port } = new URL(rest.base);
  const send = async (path: string, { method = 'GET', headers = {} }: Asked = {}) => {
    const sent: ClientRequest = ask({ host: '127.0.0.1', port, path, method, headers });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  };
  const status = async (path: string, asked: Asked = {}) => {
    const response = await send(path, asked);
    response.destroy();
    return response.statusCode;
  };
  const problem = async (path: string, asked: Asked) => {
    const response = await send(path, asked);
    assert.equal(response.statusCode, 403, path);
    assert.match(response.headers['content-type']!, /^application\/problem\+json/);
    let text = '';
    for await (const chunk of response) text += chunk;
    return problemView.parse(JSON.parse(text));
  };
  /** The status of a refused socket, or "open". */
  const socket = (headers: Record<string, string>) =>
    new Promise((resolve) => {
      const viewer = new WebSocket(`ws://127.0.0.1:${port}/api/v1/ws`, { headers });
      viewer.on('error', () => {});
      viewer.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      viewer.on('open', () => {
        viewer.terminate();
        resolve('open');
      });
    });
  return { ...rest, send, status, problem, socket, port };
}

test("a name that is not Weir's own is refused at every door, and the answer names the line", async (t) => {
  const { problem, status, socket, state } = await serve(t);
  const headers = { host: 'weir.example.org' };
  for (const path of DOORS) {
    const { type, detail } = await problem(path, { headers });
    assert.equal(type, '/problems/unknown-host', path);
    assert.match(detail, /write allowedHosts: \[weir\.example\.org\] in channels\.yaml/);
  }
  assert.equal(await socket(headers), 403);
  state.gate = gateWith({ allowedHosts: ['weir.example.org'] });
  assert.equal(await status(BUCKETS, { headers }), 200);
  assert.equal(await socket(headers), 'open');
});

test('health answers by any name, to anyone; nothing else under it does', async (t) => {
  const { status } = await serve(t, { trustProxy: ['127.0.0.1'] });
  const headers = { host: 'probe.internal', 'x-forwarded-for': '203.0.113.9' };
  assert.equal(await status('/health/live', { headers }), 200);
  assert.equal(await status('/health/ready', { headers }), 200);
  assert.equal(await status('/health/live', { method: 'POST', headers }), 405);
  assert.equal(await status('/health/../api/v1/channels', { headers }), 403);
  assert.equal(await status('/healthy', { headers }), 403);
});

test('pages of other sites are refused at every door; their own origin is in the line to write', async (t) => {
  const { problem, status, socket, port } = await serve(t);
  const foreign = { origin: 'https://evil.example' };
  for (const path of DOORS) {
    const { type, detail } = await problem(path, { headers: foreign });
    assert.equal(type, '/problems/foreign-origin', path);
    assert.match(detail, /allowedOrigins: \["https:\/\/evil\.example"\]/);
  }
  assert.equal(await socket(foreign), 403);
  assert.equal(await socket({ origin: 'null' }), 403);
  const own = { origin: `http://127.0.0.1:${port}` };
  assert.equal(await status(BUCKETS, { headers: own }), 200);
  assert.equal(await socket(own), 'open');
  assert.equal(await socket({}), 'open', 'a program');
});

test('an allowed origin may read, and is told so before it asks; other origins are told nothing', async (t) => {
  const { send, socket } = await serve(t, { allowedOrigins: ['https://dash.example.org'] });
  const headers = { origin: 'https://dash.example.org' };
  for (const path of [BUCKETS, '/gviz/tq?channels=a']) {
    const response = await send(path, { headers });
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers['access-control-allow-origin'], headers.origin);
    assert.match(String(response.headers.vary), /\bOrigin\b/);
    const asks = {
      ...headers,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'x-datasource-auth',
    };
    const first = await send(path, { method: 'OPTIONS', headers: asks });
    assert.equal(first.statusCode, 204);
    assert.equal(first.headers['access-control-allow-origin'], headers.origin);
    assert.match(first.headers['access-control-allow-methods']!, /\bGET\b/);
    assert.equal(first.headers['access-control-allow-headers'], 'x-datasource-auth');
  }
  assert.equal(await socket(headers), 'open');
  const evil = { origin: 'https://evil.example' };
  for (const method of ['GET', 'OPTIONS']) {
    const response = await send(BUCKETS, { method, headers: evil });
    assert.equal(response.statusCode, 403);
    assert.equal(response.headers['access-control-allow-origin'], undefined);
    assert.match(String(response.headers.vary), /\bOrigin\b/);
  }
  const plain = await send(BUCKETS);
  assert.equal(plain.headers['access-control-allow-origin'], undefined);
  assert.match(String(plain.headers.vary), /\bOrigin\b/, 'a cache must not mix them up');
});

test('a script of another site gets an error instead of the table; an allowed one gets the table', async (t) => {
  const { get } = await serve(t, { allowedOrigins: ['https://dash.example.org'] });
  const load = async (headers: Record<string, string>) => {
    const response = await get('/gviz/tq?channels=a&tqx=responseHandler:f', { headers });
    assert.equal(response.status, 200);
    const text = await response.text();
    return JSON.parse(/^\/\*\*\/f\((.*)\);$/.exec(text)![1]!);
  };
  const site = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
  const refused = await load({ ...site, referer: 'https://evil.example/' });
  assert.equal(refused.status, 'error');
  assert.equal(refused.errors[0].reason, 'access_denied');
  assert.match(refused.errors[0].message, /allowedOrigins: \["https:\/\/evil\.example"\]/);
  assert.equal(refused.table, undefined);
  assert.equal((await load({ ...site, referer: 'https://dash.example.org/' })).status, 'ok');
  assert.equal((await load({})).status, 'ok', 'a program');
});

test('clients of other machines need the right to read, at every door', async (t) => {
  const { problem, status, socket, state } = await serve(t, { trustProxy: ['127.0.0.1'] });
  const headers = { 'x-forwarded-for': '203.0.113.9' };
  for (const path of DOORS) {
    const { type, detail } = await problem(path, { headers });
    assert.equal(type, '/problems/no-access', path);
    assert.match(detail, /write access: { read: public } in channels\.yaml/);
  }
  assert.equal(await socket(headers), 403);
  assert.equal(await status(BUCKETS, { headers: { 'x-forwarded-for': '127.0.0.1' } }), 200);
  state.gate = gateWith({ trustProxy: ['127.0.0.1'], access: { read: 'public' } });
  assert.equal(await status(BUCKETS, { headers }), 200);
  assert.equal(await socket(headers), 'open');
});

test('behind a proxy that changes Host, the public name in allowedHosts is enough for its own page', async (t) => {
  const { status, socket, port } = await serve(t, { allowedHosts: ['weir.example.org'] });
  // As nginx does by default, and with the name kept but the port lost.
  for (const host of [`127.0.0.1:${port}`, 'weir.example.org']) {
    const headers = { host, origin: 'https://weir.example.org:8443' };
    assert.equal(await socket(headers), 'open', host);
    assert.equal(await status(BUCKETS, { headers }), 200, host);
  }
});
