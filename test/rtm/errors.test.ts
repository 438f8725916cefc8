/** Bad requests: each gets the protocol's code, and the connection goes on. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { connect, serve } from './support.ts';

test('what cannot be attributed is answered with /error, and the connection goes on', async (t) => {
  const server = await serve(t);
  const client = await connect(t, server);
  const frames: [string | Buffer, string, unknown][] = [
    ['not JSON', 'json_parse_error', undefined],
    ['', 'json_parse_error', undefined],
    [Buffer.from([0xa1, 0x66, 0xff]), 'json_parse_error', undefined],
    ['[]', 'invalid_format', undefined],
    ['null', 'invalid_format', undefined],
    ['7', 'invalid_format', undefined],
    ['{}', 'invalid_format', undefined],
    ['{"id":3}', 'invalid_format', 3],
    ['{"id":"x","action":7}', 'invalid_format', 'x'],
    ['{"id":4,"action":"rtm"}', 'invalid_format', 4],
    ['{"id":4,"action":"/"}', 'invalid_format', 4],
    ['{"id":1.5,"action":"rtm/publish"}', 'invalid_format', undefined],
    ['{"id":12345678901234567890,"action":"rtm/publish"}', 'invalid_format', undefined],
    ['{"id":{},"action":"rtm/publish"}', 'invalid_format', undefined],
  ];
  for (const [frame, error, id] of frames) {
    client.socket.send(frame);
    const reply = await client.next();
    assert.equal(reply.action, '/error');
    assert.equal(reply.id, id);
    assert.equal(reply.body.error, error, String(frame));
  }
  await client.silent();
  assert.equal(server.stats().malformed, frames.length);
});

test('unknown services and operations are told apart', async (t) => {
  const client = await connect(t, await serve(t));
  for (const [action, error] of [
    ['no/such', 'invalid_service'],
    ['__proto__/toString', 'invalid_service'],
    ['rtm/nothing', 'invalid_operation'],
    ['rtm/__proto__', 'invalid_operation'],
    ['auth/token', 'invalid_operation'],
  ]) {
    const reply = await client.call(action!, {});
    assert.equal(reply.action, `${action}/error`);
    assert.equal(reply.body.error, error);
    assert.equal(typeof reply.body.reason, 'string');
  }
});

test('a missing or mistyped field is invalid_format, and is named', async (t) => {
  const client = await connect(t, await serve(t));
  const cases: [string, unknown, RegExp][] = [
    ['rtm/publish', undefined, /'body'/],
    ['rtm/publish', [], /'body'/],
    ['rtm/publish', { message: 1 }, /'channel'/],
    ['rtm/publish', { channel: 7, message: 1 }, /'channel'/],
    ['rtm/publish', { channel: '', message: 1 }, /'channel'/],
    ['rtm/publish', { channel: 'ü'.repeat(129), message: 1 }, /256 bytes/],
    ['rtm/publish', { channel: 'c' }, /'message' is missing/],
    ['rtm/write', { channel: 'c', message: 1, position: 'x' }, /'position' was invalid/],
    ['rtm/read', { channel: 'c', position: '1' }, /'position' was invalid/],
    ['rtm/search', {}, /'prefix'/],
    ['rtm/unsubscribe', {}, /'subscription_id'/],
    ['rtm/subscribe', {}, /'channel' is missing/],
    ['rtm/subscribe', { subscription_id: 's' }, /'channel' is missing/],
    ['rtm/subscribe', { channel: 'c', subscription_id: 's' }, /differs/],
    ['rtm/subscribe', { channel: 'c', position: '-1:0' }, /'position' was invalid/],
    ['rtm/subscribe', { channel: 'c', position: 7 }, /'position'/],
    ['rtm/subscribe', { channel: 'c', only: 'evens' }, /'only'/],
    [
      'rtm/subscribe',
      { channel: 'c', prefix: true },
      /'prefix': prefix subscriptions are not supported/,
    ],
    ['rtm/subscribe', { channel: 'c', history: { count: -1 } }, /'history.count'/],
    ['rtm/subscribe', { channel: 'c', history: { count: 1, age: 1 } }, /not both/],
  ];
  for (const [action, body, reason] of cases) {
    const reply = await client.call(action, body);
    assert.equal(reply.action, `${action}/error`);
    assert.equal(reply.body.error, 'invalid_format');
    assert.match(String(reply.body.reason), reason);
  }
});

test('what is not supported or not there is refused in its own words', async (t) => {
  const server = await serve(t);
  const client = await connect(t, server);
  const sql = 'SELECT * FROM `c`';
  const cases: [string, unknown, string][] = [
    ['rtm/subscribe', { subscription_id: 's', filter: sql }, 'invalid_filter'],
    ['rtm/subscribe', { subscription_id: 's', view: sql }, 'invalid_filter'],
    ['rtm/subscribe', { channel: '$system' }, 'authorization_denied'],
    ['rtm/publish', { channel: '$system', message: 1 }, 'authorization_denied'],
    ['rtm/delete', { channel: '$system', purge: true }, 'authorization_denied'],
    ['rtm/unsubscribe', { subscription_id: 's' }, 'not_subscribed'],
  ];
  for (const [action, body, error] of cases) {
    assert.equal((await client.call(action, body)).body.error, error);
  }
  assert.equal(server.stats().channels, 0, 'a refused request leaves no channel behind');
});

test('a message nested deeper than can be written is refused', async (t) => {
  const client = await connect(t, await serve(t));
  const deep = '['.repeat(400_000) + ']'.repeat(400_000);
  client.socket.send(`{"action":"rtm/publish","id":1,"body":{"channel":"c","message":${deep}}}`);
  const reply = await client.next();
  assert.equal(reply.body.error, 'invalid_format');
  assert.match(String(reply.body.reason), /too deeply/);
});
