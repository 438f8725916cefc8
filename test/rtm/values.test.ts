/** Channels as keys: read, write, compare-and-set, delete, search. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type Client, connect, indexOf, serve } from './support.ts';

const read = (client: Client, body = {}) => client.call('rtm/read', { channel: 'cfg', ...body });

test('the value of a key is its last message', async (t) => {
  const client = await connect(t, await serve(t));
  assert.deepEqual((await read(client)).body, { position: '0:0', message: null });
  const first = await client.call('rtm/write', { channel: 'cfg', message: { v: 1 } });
  const second = await client.call('rtm/publish', { channel: 'cfg', message: [2] });
  assert.deepEqual((await read(client)).body, { position: second.body.position, message: [2] });
  const { position } = first.body;
  assert.deepEqual((await read(client, { position })).body, { position, message: { v: 1 } });
  const ahead = second.body.position.replace(/\d+$/, '2');
  assert.deepEqual((await read(client, { position: ahead })).body, {
    position: ahead,
    message: null,
  });
  assert.equal((await read(client, { position: '5:5' })).body.error, 'expired_position');
});

test('of two writers that compare and set, exactly one succeeds, always', async (t) => {
  const server = await serve(t);
  const writers = await Promise.all([connect(t, server), connect(t, server)]);
  for (let round = 0; round < 3; round += 1) {
    const seen = await Promise.all(writers.map((writer) => read(writer)));
    const replies = await Promise.all(
      writers.map((writer, w) => {
        const { position } = seen[w]!.body;
        return writer.call('rtm/write', { channel: 'cfg', message: { round, w }, position });
      }),
    );
    assert.deepEqual(replies.map(({ body }) => body.error ?? 'ok').sort(), [
      'expired_position',
      'ok',
    ]);
  }
  assert.equal(server.stats().published, 3);
});

test('delete publishes null, advances the position, and reaches subscribers', async (t) => {
  const client = await connect(t, await serve(t));
  const { body } = await client.call('rtm/write', { channel: 'cfg', message: 1 });
  const deleted = await client.call('rtm/delete', { channel: 'cfg' });
  assert.equal(deleted.action, 'rtm/delete/ok');
  assert.equal(indexOf(deleted.body.position), indexOf(body.position) + 1);
  assert.equal((await read(client)).body.message, null);
  await client.call('rtm/subscribe', { channel: 'cfg', position: body.position });
  assert.deepEqual(await client.take(2, body.position), [1, null]);
});

test('delete with purge forgets everything before it', async (t) => {
  const client = await connect(t, await serve(t));
  const { position } = (await client.call('rtm/write', { channel: 'cfg', message: 1 })).body;
  await client.call('rtm/delete', { channel: 'cfg', purge: true });
  assert.equal((await read(client, { position })).body.error, 'expired_position');
  assert.equal((await read(client)).body.message, null);
});

test('search lists the channels with a prefix, a bounded number in each PDU', async (t) => {
  const server = await serve(t);
  for (let n = 0; n < 600; n += 1) server.publish(`tr${n}`, n);
  server.publish('other', 1);
  const client = await connect(t, server);
  const id = client.request('rtm/search', { prefix: 'tr' });
  const names: unknown[] = [];
  for (const [action, count] of [
    ['data', 256],
    ['data', 256],
    ['ok', 88],
  ] as const) {
    const pdu = await client.next();
    assert.equal(pdu.action, `rtm/search/${action}`);
    assert.equal(pdu.id, id);
    const channels = pdu.body.channels as string[];
    assert.equal(channels.length, count);
    names.push(...channels);
  }
  assert.equal(new Set(names).size, 600);
  assert.deepEqual((await client.call('rtm/search', { prefix: 'no' })).body, { channels: [] });
});
