/** Positions, history and retention: where a subscription starts, and what is no longer there. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { connect, fakeClock, indexOf, serve } from './support.ts';

const OLD = '1600000000000:5';

test('history goes back by count, as far as messages are kept', async (t) => {
  const server = await serve(t, { retention: { messages: 5 } });
  for (let n = 0; n < 8; n += 1) server.publish('c', n);
  const client = await connect(t, server);
  const some = await client.call('rtm/subscribe', { channel: 'c', history: { count: 2 } });
  assert.deepEqual(await client.take(2, some.body.position), [6, 7]);
  const all = await client.call('rtm/subscribe', {
    channel: 'c',
    history: { count: 99 },
    force: true,
  });
  assert.deepEqual(await client.take(5, all.body.position), [3, 4, 5, 6, 7]);
  const none = await client.call('rtm/subscribe', { channel: 'c', history: {}, force: true });
  assert.equal(indexOf(none.body.position), 8);
  await client.silent();
});

test('history goes back by age in seconds, from the position or from now', async (t) => {
  const clock = fakeClock();
  const server = await serve(t, {}, { clock: clock.read });
  const positions: string[] = [];
  for (let n = 0; n < 10; n += 1) {
    positions.push(server.publish('c', n));
    clock.now += 1_000;
  }
  const client = await connect(t, server);
  const now = await client.call('rtm/subscribe', { channel: 'c', history: { age: 3 } });
  assert.deepEqual(await client.take(3, now.body.position), [7, 8, 9]);
  const body = { channel: 'c', position: positions[5], history: { age: 2 }, force: true };
  const then = await client.call('rtm/subscribe', body);
  assert.deepEqual(await client.take(7, then.body.position), [3, 4, 5, 6, 7, 8, 9]);
  const counted = { channel: 'c', position: positions[5], history: { count: 1 }, force: true };
  assert.equal((await client.call('rtm/subscribe', counted)).body.position, positions[4]);
});

test('an expired position is refused, or skipped with the exact loss', async (t) => {
  const server = await serve(t, { retention: { messages: 5 } });
  const client = await connect(t, server);
  const position = server.publish('c', 0);
  for (let n = 1; n < 20; n += 1) server.publish('c', n);
  const refused = await client.call('rtm/subscribe', { channel: 'c', position });
  assert.equal(refused.body.error, 'expired_position');
  assert.equal(refused.body.subscription_id, 'c');
  const body = { channel: 'c', position, fast_forward: true };
  assert.equal((await client.call('rtm/subscribe', body)).body.position, position);
  const info = await client.next();
  assert.equal(info.action, 'rtm/subscription/info');
  assert.equal(info.body.info, 'fast_forward');
  assert.equal(info.body.missed_message_count, 15);
  assert.equal(indexOf(info.body.position) - indexOf(position), 15);
  assert.deepEqual(await client.take(5, info.body.position), [15, 16, 17, 18, 19]);
});

test('a position of another server has expired, and the loss is not guessed', async (t) => {
  const server = await serve(t);
  const client = await connect(t, server);
  const own = server.publish('c', 1);
  const ahead = own.replace(/\d+$/, '7');
  for (const position of [OLD, ahead, '0:3']) {
    const refused = await client.call('rtm/subscribe', { channel: 'c', position });
    assert.equal(refused.body.error, 'expired_position');
    const body = { channel: 'c', position, fast_forward: true };
    assert.equal((await client.call('rtm/subscribe', body)).action, 'rtm/subscribe/ok');
    const info = await client.next();
    assert.equal(info.body.info, 'fast_forward');
    assert(!('missed_message_count' in info.body));
    assert.equal(info.body.position, own);
    assert.deepEqual(await client.take(1, own), [1]);
    await client.call('rtm/unsubscribe', { subscription_id: 'c' });
  }
});

test('messages older than the retention are forgotten, except the last', async (t) => {
  const clock = fakeClock();
  const server = await serve(t, { retention: { age: '60s' } }, { clock: clock.read });
  const client = await connect(t, server);
  for (let n = 0; n < 5; n += 1) server.publish('c', n);
  clock.now += 30_000;
  server.publish('c', 5);
  clock.now += 31_000;
  const one = await client.call('rtm/subscribe', { channel: 'c', history: { count: 99 } });
  assert.deepEqual(await client.take(1, one.body.position), [5]);
  clock.now += 3_600_000;
  assert.equal((await client.call('rtm/read', { channel: 'c' })).body.message, 5);
});

test('a channel that comes back does not issue the positions of its earlier life', async (t) => {
  const clock = fakeClock();
  const options = { channelsMax: 1, retention: { age: '1s' } };
  const server = await serve(t, options, { clock: clock.read });
  const client = await connect(t, server);
  const before = server.publish('a', 1);
  assert.throws(() => server.publish('b', 1), /channelsMax/);
  clock.now += 2_000;
  server.publish('b', 1);
  clock.now += 2_000;
  const after = server.publish('a', 2);
  assert.notEqual(after, before);
  const refused = await client.call('rtm/subscribe', { channel: 'a', position: before });
  assert.equal(refused.body.error, 'expired_position');
});

test('the origin is the first message while it is kept', async (t) => {
  const server = await serve(t, { retention: { messages: 2 } });
  const client = await connect(t, server);
  server.publish('c', 'first');
  const start = { channel: 'c', position: '0:0' };
  await client.call('rtm/subscribe', start);
  assert.deepEqual((await client.next()).body.messages, ['first']);
  await client.call('rtm/unsubscribe', { subscription_id: 'c' });
  for (let n = 0; n < 3; n += 1) server.publish('c', n);
  assert.equal((await client.call('rtm/subscribe', start)).body.error, 'expired_position');
});
