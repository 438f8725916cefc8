/**
 * Readers that do not keep up: nothing queues up for them, and what they missed is told exactly.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { RtmServer } from '../../src/rtm/server.ts';
import { type Client, connect, indexOf, type Pdu, serve } from './support.ts';

/** 60 MB: far more than the sockets' buffers, with the log bounded to 2 MB. */
const COUNT = 3_000;
const MESSAGE = 'x'.repeat(20_000);
const RETENTION = { retention: { messages: 100 } };

/** Subscribes, stops reading, and lets the server publish everything. */
async function fallBehind(client: Client, server: RtmServer, body: object): Promise<string> {
  const { position } = (await client.call('rtm/subscribe', { channel: 'c', ...body })).body;
  client.socket.pause();
  for (let n = 0; n < COUNT; n += 1) {
    server.publish('c', MESSAGE);
    if (n % 10 === 0) await setImmediate();
  }
  return position;
}

test('a slow reader with fast_forward is told exactly how many messages it missed', async (t) => {
  const server = await serve(t, RETENTION);
  const client = await connect(t, server);
  let position = indexOf(await fallBehind(client, server, { fast_forward: true }));
  assert(server.stats().delivered < COUNT, 'the server keeps nothing for it');
  client.socket.resume();
  let [received, missed] = [0, 0];
  while (received + missed < COUNT) {
    const { action, body } = await client.next();
    const step = indexOf(body.position) - position;
    position += step;
    if (action === 'rtm/subscription/data') {
      assert.equal(step, body.messages.length);
      received += step;
    } else {
      assert.equal(action, 'rtm/subscription/info');
      assert.equal(step, body.missed_message_count);
      missed += step;
    }
  }
  assert.equal(received + missed, COUNT);
  assert(missed > 0 && received > 0);
  const stats = server.stats();
  assert.deepEqual([stats.delivered, stats.missed], [received, missed]);
  server.publish('c', 'live again');
  assert.deepEqual((await client.next()).body.messages, ['live again']);
});

test('without fast_forward a slow reader gets out_of_sync, and no more data', async (t) => {
  const server = await serve(t, RETENTION);
  const client = await connect(t, server);
  let position = await fallBehind(client, server, {});
  client.socket.resume();
  let pdu: Pdu;
  let received = 0;
  for (;;) {
    pdu = await client.next();
    if (pdu.action !== 'rtm/subscription/data') break;
    received += pdu.body.messages.length;
    assert.equal(indexOf(pdu.body.position) - indexOf(position), pdu.body.messages.length);
    position = pdu.body.position;
  }
  assert.equal(pdu.action, 'rtm/subscription/error');
  assert.equal(pdu.body.error, 'out_of_sync');
  assert.equal(pdu.body.position, position, 'it says how far delivery got');
  assert.equal(pdu.body.missed_message_count, COUNT - 100 - received);
  server.publish('c', 'unheard');
  await client.silent();
  assert.deepEqual([server.stats().subscriptions, server.stats().outOfSync], [0, 1]);
  const again = await client.call('rtm/subscribe', { channel: 'c' });
  assert.equal(again.action, 'rtm/subscribe/ok');
});

test('a slow reader holds up neither other readers nor its own other subscriptions', async (t) => {
  const server = await serve(t, RETENTION);
  const [slow, fast] = await Promise.all([connect(t, server), connect(t, server)]);
  const { position } = (await fast.call('rtm/subscribe', { channel: 'small' })).body;
  await slow.call('rtm/subscribe', { channel: 'small' });
  await fallBehind(slow, server, { fast_forward: true });
  server.publish('small', 'hello');
  assert.deepEqual(await fast.take(1, position), ['hello']);
  slow.socket.resume();
  let pdu: Pdu;
  do pdu = await slow.next();
  while (pdu.body.subscription_id !== 'small');
  assert.deepEqual(pdu.body.messages, ['hello']);
});

test('a burst in one turn of the event loop is lost to no reader that keeps up', async (t) => {
  for (const messages of [1, 2, 100, 10_000]) {
    const server = await serve(t, { retention: { messages } });
    const client = await connect(t, server);
    const { position } = (await client.call('rtm/subscribe', { channel: 'c' })).body;
    for (let n = 0; n < 1_000; n += 1) server.publish('c', n);
    assert.equal((await client.take(1_000, position)).at(-1), 999);
  }
});

test('a client that does not read its replies is not read either, until it does', async (t) => {
  const server = await serve(t);
  const client = await connect(t, server);
  server.publish('c', 'x'.repeat(200_000));
  client.socket.pause();
  for (let n = 0; n < 60; n += 1) client.request('rtm/read', { channel: 'c' });
  client.socket.resume();
  for (let n = 0; n < 60; n += 1) assert.equal((await client.next()).action, 'rtm/read/ok');
});
