/** Who may connect to the RTM server, and what for: the same gate as before REST, and roles behind it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import type { GateRules } from '../../src/admission/gate.ts';
import { authHash } from '../../src/rtm/auth.ts';
import type { RtmServer } from '../../src/rtm/server.ts';
import { gateWith } from '../support/gate.ts';
import { Client, connect, serve } from './support.ts';

type Headers = Record<string, string>;

async function serveWith(t: TestContext, rules: Partial<GateRules>): Promise<RtmServer> {
  const gate = gateWith(rules);
  return serve(t, {}, { gate: () => gate });
}

/** The status and the sentence of a refusal; null for a connection that is taken. */
function refusalOf(server: RtmServer, headers: Headers, path = '/v2?appkey=demo') {
  return new Promise<{ status: number; detail: string } | null>((resolve) => {
    const socket = new WebSocket(`${server.url}${path}`, { headers });
    socket.on('error', () => {});
    socket.on('unexpected-response', async (_request, response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      const detail = text === '' ? '' : JSON.parse(text).detail;
      resolve({ status: response.statusCode!, detail });
    });
    socket.on('open', () => {
      socket.terminate();
      resolve(null);
    });
  });
}

async function connectFrom(t: TestContext, server: RtmServer, headers: Headers): Promise<Client> {
  const socket = new WebSocket(`${server.url}/v2?appkey=demo`, { headers });
  t.after(() => socket.terminate());
  const client = new Client(socket);
  await once(socket, 'open');
  return client;
}

test('a page of another site cannot connect, whatever it names; its origin is in the line to write', async (t) => {
  const server = await serveWith(t, { allowedOrigins: ['https://dash.example.org'] });
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1']) {
    assert.equal((await refusalOf(server, { origin }))?.status, 403, origin);
  }
  const refusal = await refusalOf(server, { origin: 'https://evil.example' });
  assert.match(refusal!.detail, /write allowedOrigins: \["https:\/\/evil\.example"\]/);
  assert.equal(server.stats().connections, 0);
  // Python's clients send the server's own address as their origin.
  for (const origin of [
    'https://dash.example.org',
    `http://127.0.0.1:${server.port}`,
    `ws://127.0.0.1:${server.port}`,
  ]) {
    assert.equal(await refusalOf(server, { origin }), null, origin);
  }
});

test('a name that was pointed at this machine is refused', async (t) => {
  const server = await serveWith(t, { allowedHosts: ['rtm.example.org'] });
  const refusal = await refusalOf(server, { host: 'evil.example' });
  assert.equal(refusal?.status, 403);
  assert.match(refusal!.detail, /write allowedHosts: \[evil\.example\]/);
  for (const host of ['localhost', '127.0.0.1:1', 'rtm.example.org:443']) {
    assert.equal(await refusalOf(server, { host }), null, host);
  }
});

test('clients of other machines may do what access says, and are told the line for the rest', async (t) => {
  const from = { 'x-forwarded-for': '203.0.113.9' };
  const trustProxy = ['127.0.0.1'];
  const closed = await serveWith(t, { trustProxy });
  const refusal = await refusalOf(closed, from);
  assert.equal(refusal?.status, 403);
  assert.match(refusal!.detail, /write access: { read: public }/);
  assert.equal(await refusalOf(closed, {}), null, 'a client of this machine');

  const readers = await connectFrom(
    t,
    await serveWith(t, { trustProxy, access: { read: 'public' } }),
    from,
  );
  assert.equal((await readers.call('rtm/subscribe', { channel: 'c' })).action, 'rtm/subscribe/ok');
  assert.equal((await readers.call('rtm/read', { channel: 'c' })).action, 'rtm/read/ok');
  for (const verb of ['publish', 'write', 'delete']) {
    const { action, body } = await readers.call(`rtm/${verb}`, { channel: 'c', message: 1 });
    assert.equal(action, `rtm/${verb}/error`);
    assert.equal(body['error'], 'authorization_denied');
    assert.match(String(body['reason']), /write access: { publish: public }/);
  }

  const writers = await connectFrom(
    t,
    await serveWith(t, { trustProxy, access: { publish: 'public' } }),
    from,
  );
  const published = await writers.call('rtm/publish', { channel: 'c', message: 1 });
  assert.equal(published.action, 'rtm/publish/ok');
  const heard = await writers.call('rtm/subscribe', { channel: 'c' });
  assert.equal(heard.body['error'], 'authorization_denied');
});

test('anonymous and role clients at once, each with its own rights', async (t) => {
  const server = await serve(t, {
    roles: {
      default: { allow: ['subscribe', 'publish'] },
      superuser: { secret: 's3cret' },
      reader: { secret: 'other', allow: ['subscribe', 'read'] },
    },
    restricted: ['free-but-mine'],
  });
  const restricted = 'free-but-mine';
  const anonymous = await connect(t, server);
  const proven = async (role: string, secret: string) => {
    const client = await connect(t, server);
    const method = 'role_secret';
    const { body } = await client.call('auth/handshake', { method, data: { role } });
    const { nonce } = body['data'] as { nonce: string };
    const credentials = { hash: authHash(secret, nonce) };
    const answer = await client.call('auth/authenticate', { method, credentials });
    assert.equal(answer.action, 'auth/authenticate/ok');
    return client;
  };
  const superuser = await proven('superuser', 's3cret');
  const reader = await proven('reader', 'other');
  const outcome = async (client: Client, verb: string, channel: string) =>
    (await client.call(`rtm/${verb}`, { channel, message: 1 })).action.split('/')[2];

  assert.equal(await outcome(superuser, 'write', restricted), 'ok');
  assert.equal(await outcome(superuser, 'publish', 'free'), 'ok');
  assert.equal(await outcome(anonymous, 'publish', 'free'), 'ok');
  assert.equal(await outcome(anonymous, 'read', 'free'), 'error', 'not allowed to anyone unproven');
  assert.equal(await outcome(anonymous, 'delete', 'free'), 'error');
  for (const verb of ['publish', 'subscribe']) {
    assert.equal(await outcome(anonymous, verb, restricted), 'error', `${verb}: restricted`);
  }
  assert.equal(await outcome(reader, 'read', restricted), 'ok');
  assert.equal(await outcome(reader, 'publish', 'free'), 'error');
  const found = await superuser.call('rtm/search', { prefix: 'free' });
  assert.deepEqual(found.body['channels'], ['free', restricted]);
  assert.equal(await outcome(anonymous, 'subscribe', 'free'), 'ok');
});

test('a search shows nobody the channels that are not for him', async (t) => {
  const server = await serve(t, {
    roles: { default: { allow: ['read'] }, all: { secret: 's' } },
    restricted: ['mine'],
  });
  server.publish('mine', 1);
  server.publish('my-own', 1);
  const anonymous = await connect(t, server);
  const { body } = await anonymous.call('rtm/search', { prefix: 'm' });
  assert.deepEqual(body['channels'], ['my-own']);
});

test('the role of clients that prove nothing cannot be proven', async (t) => {
  const server = await serve(t, { roles: { default: {}, all: { secret: 's' } } });
  const client = await connect(t, server);
  const asked = { method: 'role_secret', data: { role: 'default' } };
  const { body } = await client.call('auth/handshake', asked);
  assert.equal(body['error'], 'authentication_failed');
  assert.equal((await client.call('rtm/read', { channel: 'c' })).action, 'rtm/read/ok');
});
