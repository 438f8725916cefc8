/** Publishing and subscribing as clients see it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { connect, indexOf, serve } from './support.ts';

test('a subscriber gets every message once, in order, and positions count them', async (t) => {
  const server = await serve(t);
  const reader = await connect(t, server);
  const writer = await connect(t, server);
  const { body } = await reader.call('rtm/subscribe', { channel: 'trades' });
  assert.equal(body.subscription_id, 'trades');
  const sent = Array.from({ length: 2_000 }, (_, n) => ({ n, text: 'Grüße \u{1f30a}' }));
  for (const message of sent)
    writer.send({ action: 'rtm/publish', body: { channel: 'trades', message } });
  assert.deepEqual(await reader.take(sent.length, body.position), sent);
});

test('what is ready together travels together, 256 messages or 64 kB in a PDU', async (t) => {
  const server = await serve(t);
  const reader = await connect(t, server);
  await reader.call('rtm/subscribe', { channel: 'c' });
  for (let n = 0; n < 300; n += 1) server.publish('c', n);
  assert.equal((await reader.next()).body.messages.length, 256);
  assert.equal((await reader.next()).body.messages.length, 44);
  for (let n = 0; n < 3; n += 1) server.publish('c', 'x'.repeat(40_000));
  server.publish('c', 'y'.repeat(200_000));
  for (let n = 0; n < 4; n += 1) assert.equal((await reader.next()).body.messages.length, 1);
});

test('a publish is answered with its own position: subscribing there begins with it', async (t) => {
  const server = await serve(t);
  const client = await connect(t, server);
  await client.call('rtm/publish', { channel: 'c', message: 'before' });
  const { body } = await client.call('rtm/publish', { channel: 'c', message: 'this' });
  const start = await client.call('rtm/subscribe', { channel: 'c', position: body.position });
  assert.equal(start.body.position, body.position);
  assert.deepEqual(await client.take(1, body.position), ['this']);
});

test('resubscribing after the last data PDU neither loses nor repeats a message', async (t) => {
  const server = await serve(t);
  const first = await connect(t, server);
  await first.call('rtm/subscribe', { channel: 'c' });
  server.publish('c', 1);
  const { position } = (await first.next()).body;
  first.socket.terminate();
  server.publish('c', 2);
  server.publish('c', 3);
  const second = await connect(t, server);
  await second.call('rtm/subscribe', { channel: 'c', position });
  assert.deepEqual(await second.take(2, position), [2, 3]);
});

test('any JSON value is a message, null and odd keys included', async (t) => {
  const server = await serve(t);
  const client = await connect(t, server);
  const { position } = (await client.call('rtm/subscribe', { channel: 'c' })).body;
  const texts = ['null', '0', '""', '[]', '{"__proto__":{"a":1}}', '"\\ud800"', 'true'];
  for (const text of texts) {
    client.socket.send(`{"action":"rtm/publish","body":{"channel":"c","message":${text}}}`);
  }
  const messages = await client.take(texts.length, position);
  assert.deepEqual(
    messages.map((message) => JSON.stringify(message)),
    texts,
  );
});

test('an id comes back in its own type, and no id means no reply, not even an error', async (t) => {
  const server = await serve(t);
  const client = await connect(t, server);
  client.send({ action: 'rtm/publish', body: { channel: 'c', message: 1 } });
  client.send({ action: 'rtm/unsubscribe', body: { subscription_id: 'none' } });
  client.send({ action: 'no/such', body: {} });
  client.send({ action: 'rtm/publish', id: '7', body: { channel: 'c', message: 1 } });
  client.send({ action: 'rtm/publish', id: 7, body: { channel: 'c', message: 1 } });
  client.send({ action: 'rtm/publish', id: 0, body: { channel: 'c', message: 1 } });
  for (const id of ['7', 7, 0]) assert.strictEqual((await client.next()).id, id);
  assert.equal(server.stats().published, 4);
});

test('no data follows the reply to unsubscribe, and its position resumes exactly', async (t) => {
  const server = await serve(t);
  const client = await connect(t, server);
  await client.call('rtm/subscribe', { channel: 'c' });
  server.publish('c', 1);
  const seen = (await client.next()).body.position;
  const reply = await client.call('rtm/unsubscribe', { subscription_id: 'c' });
  assert.equal(reply.body.position, seen);
  assert.equal(reply.body.subscription_id, 'c');
  server.publish('c', 2);
  await client.silent();
  await client.call('rtm/subscribe', { channel: 'c', position: seen });
  assert.deepEqual(await client.take(1, seen), [2]);
});

test('a second subscription of one id is refused, or replaces the first with force', async (t) => {
  const server = await serve(t);
  const client = await connect(t, server);
  await client.call('rtm/subscribe', { channel: 'c' });
  const refused = await client.call('rtm/subscribe', { channel: 'c' });
  assert.equal(refused.body.error, 'already_subscribed');
  assert.equal(refused.body.subscription_id, 'c');
  const forced = await client.call('rtm/subscribe', { channel: 'c', force: true });
  assert.equal(forced.action, 'rtm/subscribe/ok');
  server.publish('c', 1);
  assert.deepEqual(await client.take(1, forced.body.position), [1]);
  await client.silent();
  assert.equal(server.stats().subscriptions, 1);
});

test('value_changes passes over repeated messages, and positions still count them', async (t) => {
  const server = await serve(t);
  const client = await connect(t, server);
  const { position } = (await client.call('rtm/subscribe', { channel: 'c', only: 'value_changes' }))
    .body;
  for (const message of [{ v: 1 }, { v: 1 }, { v: 2 }, { v: 1 }]) server.publish('c', message);
  const { body } = await client.next();
  assert.deepEqual(body.messages, [{ v: 1 }, { v: 2 }, { v: 1 }]);
  assert.equal(indexOf(body.position) - indexOf(position), 4);
  for (let n = 0; n < 1_000; n += 1) server.publish('c', { v: 1 });
  server.publish('c', 'changed');
  const later = (await client.next()).body;
  assert.deepEqual(later.messages, ['changed']);
  assert.equal(indexOf(later.position), indexOf(body.position) + 1_001);
});

test('every subscription of a server sees one and the same order', async (t) => {
  const server = await serve(t);
  const readers = await Promise.all([1, 2, 3].map(() => connect(t, server)));
  const writers = await Promise.all([1, 2].map(() => connect(t, server)));
  const starts = await Promise.all(
    readers.map((reader) => reader.call('rtm/subscribe', { channel: 'c' })),
  );
  for (let n = 0; n < 500; n += 1) {
    for (const [w, writer] of writers.entries()) {
      writer.send({ action: 'rtm/publish', body: { channel: 'c', message: [w, n] } });
    }
  }
  const seen = await Promise.all(
    readers.map((reader, r) => reader.take(1_000, starts[r]!.body.position)),
  );
  assert.deepEqual(seen[1], seen[0]);
  assert.deepEqual(seen[2], seen[0]);
});

test('heartbeats are answered and leave nothing behind', async (t) => {
  const server = await serve(t, { roles: { reader: { secret: 's' } } });
  const client = await connect(t, server);
  const reply = await client.call('rtm/publish', { channel: '$heartbeat', message: '' });
  assert.equal(reply.action, 'rtm/publish/ok');
  assert.equal(server.stats().channels, 0);
});
