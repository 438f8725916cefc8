/** Roles: proving a secret, and what is refused without. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { authHash } from '../../src/rtm/auth.ts';
import { type Client, connect, serve } from './support.ts';

const SECRET = 's3cr3t-of-counter';
const ROLES = {
  counter: { secret: SECRET, allow: ['subscribe' as const] },
  all: { secret: 'other' },
};

async function serveRoles(t: TestContext): Promise<Client> {
  return connect(t, await serve(t, { roles: ROLES }, { random: () => 'a1b2c3d4' }));
}

function handshake(client: Client, role: unknown, method = 'role_secret') {
  return client.call('auth/handshake', { method, data: { role } });
}

function authenticate(client: Client, hash: unknown) {
  return client.call('auth/authenticate', { method: 'role_secret', credentials: { hash } });
}

test('the hash is the one that official clients send', () => {
  assert.equal(authHash(SECRET, 'a1b2c3d4'), 'AptfEjRtwGde6xpoyWSWeg==');
  assert.equal(authHash('secret-key', 'nonce'), 'G12A8Dt0RdjHNx8P0lci9w==');
  assert.equal(authHash('B37Ab888CAB4343434bAE98AAAAAABC1', 'nonce'), 'B510MG+AsMpvUDlm7oFsRg==');
});

test('with roles, nothing is allowed before the secret is proven', async (t) => {
  const client = await serveRoles(t);
  const bodies = {
    subscribe: { channel: 'c' },
    unsubscribe: { subscription_id: 'c' },
    publish: { channel: 'c', message: 1 },
    read: { channel: 'c' },
    write: { channel: 'c', message: 1 },
    delete: { channel: 'c' },
    search: { prefix: '' },
  };
  for (const [operation, body] of Object.entries(bodies)) {
    const reply = await client.call(`rtm/${operation}`, body);
    assert.equal(reply.action, `rtm/${operation}/error`);
    assert.deepEqual(reply.body, { error: 'authorization_denied', reason: 'Unauthorized' });
  }
});

test('a proven role may do what it is allowed, and no more', async (t) => {
  const client = await serveRoles(t);
  assert.deepEqual((await handshake(client, 'counter')).body, { data: { nonce: 'a1b2c3d4' } });
  const proven = await authenticate(client, 'AptfEjRtwGde6xpoyWSWeg==');
  assert.equal(proven.action, 'auth/authenticate/ok');
  assert.deepEqual(proven.body, {});
  const subscribed = await client.call('rtm/subscribe', { channel: 'c' });
  assert.equal(subscribed.action, 'rtm/subscribe/ok');
  const refused = await client.call('rtm/publish', { channel: 'c', message: 1 });
  assert.equal(refused.body.error, 'authorization_denied');
  await handshake(client, 'all');
  await authenticate(client, authHash('other', 'a1b2c3d4'));
  const allowed = await client.call('rtm/publish', { channel: 'c', message: 1 });
  assert.equal(allowed.action, 'rtm/publish/ok');
});

test('a wrong hash fails, and uses the nonce up', async (t) => {
  const client = await serveRoles(t);
  await handshake(client, 'counter');
  const right = 'AptfEjRtwGde6xpoyWSWeg==';
  for (const hash of ['AptfEjRtwGde6xpoyWSWew==', right, '', 'ü'.repeat(24)]) {
    const reply = await authenticate(client, hash);
    assert.equal(reply.action, 'auth/authenticate/error');
    assert.deepEqual(reply.body, { error: 'authentication_failed', reason: 'Unauthenticated' });
  }
});

test('unknown roles, other methods and malformed requests are told apart', async (t) => {
  const client = await serveRoles(t);
  for (const role of ['nobody', '__proto__', 'constructor']) {
    assert.equal((await handshake(client, role)).body.error, 'authentication_failed');
  }
  assert.equal((await handshake(client, 'counter', 'token')).body.error, 'auth_method_not_allowed');
  for (const role of ['', 7, null, undefined]) {
    assert.equal((await handshake(client, role)).body.error, 'invalid_format');
  }
  assert.equal((await authenticate(client, 7)).body.error, 'invalid_format');
  assert.equal((await client.call('auth/handshake', null)).body.error, 'invalid_format');
});

test('nonces are fresh for each handshake', async (t) => {
  const client = await connect(t, await serve(t, { roles: ROLES }));
  const first = await handshake(client, 'counter');
  const second = await handshake(client, 'counter');
  assert.notDeepEqual(first.body.data, second.body.data);
});

test('without roles, everybody may do everything', async (t) => {
  const client = await connect(t, await serve(t));
  const reply = await client.call('rtm/publish', { channel: 'c', message: 1 });
  assert.equal(reply.action, 'rtm/publish/ok');
  assert.equal((await handshake(client, 'any')).body.error, 'authentication_failed');
});
