// `satori`: connecting, authentication, positions and the Cobra dialect, against a server scripted PDU by PDU.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roleSecretHash } from '../../src/feeds/satori/session.ts';
import { runFeed } from '../support/feed-run.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { acceptRtm, satoriOptions } from '../support/rtm-peer.ts';

test('the address gets version and appkey, and keeps what it has', async (context) => {
  const server = await startFeedServer(context);
  for (const [path, expected] of [
    ['', '/v2?appkey=key'],
    ['/', '/v2?appkey=key'],
    ['/rtm', '/rtm/v2?appkey=key'],
    ['/v3', '/v3?appkey=key'],
    ['/?x=1', '/v2?x=1&appkey=key'],
  ] as const) {
    runFeed(context, [satoriOptions(server, 'a', { url: server.url + path })]);
    assert.equal((await server.accept()).request.url, expected);
  }
});

test('the hash of role and secret is that of the reference', () => {
  for (const [secret, nonce, hash] of [
    ['s3cr3t-of-counter', 'a1b2c3d4', 'AptfEjRtwGde6xpoyWSWeg=='],
    ['secret-key', 'nonce', 'G12A8Dt0RdjHNx8P0lci9w=='],
    ['B37Ab888CAB4343434bAE98AAAAAABC1', 'nonce', 'B510MG+AsMpvUDlm7oFsRg=='],
  ] as const) {
    assert.equal(roleSecretHash(secret, nonce), hash);
  }
});

test('authentication comes first, and the secret never crosses the wire', async (context) => {
  const server = await startFeedServer(context);
  const role = { role: 'counter', secret: 's3cr3t-of-counter' };
  const { sink } = runFeed(context, [satoriOptions(server, 'a', role)]);
  const rtm = await acceptRtm(server);
  const handshake = await rtm.request('auth/handshake');
  assert.deepEqual(handshake.body, { method: 'role_secret', data: { role: 'counter' } });
  rtm.reply(handshake, 'ok', { data: { nonce: 'a1b2c3d4', version: 'cobra' } });
  const authenticate = await rtm.request('auth/authenticate');
  const credentials = { hash: 'AptfEjRtwGde6xpoyWSWeg==' };
  assert.deepEqual(authenticate.body, { method: 'role_secret', credentials });
  rtm.reply(authenticate, 'ok', {});
  await rtm.subscribed('1:0');
  await sink.next('up');
});

test('refused authentication is told, and tried anew with backoff', async (context) => {
  const server = await startFeedServer(context);
  const role = { role: 'counter', secret: 'wrong-secret' };
  const { sink, time } = runFeed(context, [satoriOptions(server, 'a', role)]);
  const refused = { error: 'authentication_failed', reason: 'Unauthenticated' };
  for (const waitMs of [250, 500, 1_000]) {
    const rtm = await acceptRtm(server);
    const handshake = await rtm.request('auth/handshake');
    rtm.reply(handshake, 'ok', { data: { nonce: 'n' } });
    rtm.reply(await rtm.request('auth/authenticate'), 'error', refused);
    const { detail } = await sink.next('down');
    assert.equal(detail, 'authentication failed: authentication_failed (Unauthenticated)');
    assert.equal(time.lastDelayMs, waitMs);
    time.pass(waitMs);
  }
  assert.deepEqual(sink.names('up'), []);
});

test('channels of one endpoint share a connection, each counted for itself', async (context) => {
  const server = await startFeedServer(context);
  const names = Array.from({ length: 50 }, (_, index) => `c${index}`);
  const { sinks } = runFeed(
    context,
    names.map((name) => satoriOptions(server, name)),
  );
  const rtm = await acceptRtm(server);
  const bodies = [];
  for (const _ of names) bodies.push(await rtm.subscribed('1:0'));
  assert.deepEqual(
    bodies.map(({ channel }) => channel),
    names,
  );
  for (const [index, name] of names.entries()) rtm.data(name, '1:9', new Array(index).fill(null));
  await rtm.peer.settled();
  assert.deepEqual(
    sinks.map(({ counted }) => counted),
    names.map((_, index) => index),
  );
  assert.equal(server.handshakeCount, 1);
});

test('two channels on one RTM channel get a connection each, and positions of their own', async (context) => {
  const server = await startFeedServer(context);
  const options = [satoriOptions(server, 'same'), satoriOptions(server, 'same')];
  const { sinks } = runFeed(context, options, { positions: ['1:5', '1:9'] });
  const asked = [];
  for (const rtm of [await acceptRtm(server), await acceptRtm(server)]) {
    const { position } = await rtm.subscribed('1:99');
    asked.push(position);
    rtm.data('same', '1:100', position === '1:5' ? [1, 2] : [1]);
    await rtm.peer.settled();
  }
  assert.deepEqual(asked.sort(), ['1:5', '1:9']);
  assert.deepEqual(
    sinks.map(({ counted }) => counted),
    [2, 1],
  );
});

test('a view is asked for under the name of the channel, with its filter and period', async (context) => {
  const server = await startFeedServer(context);
  const filter = 'SELECT COUNT(*) FROM `a`';
  const view = { kind: 'satori', url: server.url, appkey: 'key', filter, period: 5 };
  const { sink } = runFeed(context, [view], { names: ['big'] });
  const rtm = await acceptRtm(server);
  const body = await rtm.subscribed('1:0');
  assert.deepEqual(body, { subscription_id: 'big', filter, period: 5, fast_forward: true });
  rtm.data('big', '1:1', [{}]);
  await sink.untilCounted(1);
});

test('resuming asks for the position after the last counted message', async (context) => {
  const server = await startFeedServer(context);
  const { sink, time } = runFeed(context, [satoriOptions(server, 'a')]);
  const first = await acceptRtm(server);
  assert.deepEqual(await first.subscribed('1:0'), { channel: 'a', fast_forward: true });
  first.data('a', '1:3', [1, 2, 3]);
  first.data('a', '1:5', [4, 5]);
  await sink.untilCounted(5);
  first.peer.socket.terminate();
  await sink.next('down');
  time.pass(time.lastDelayMs);
  const second = await acceptRtm(server);
  assert.equal((await second.subscribed('1:8'))['position'], '1:5');
  await sink.next('up');
  assert.equal(
    sink.held.get(''),
    '1:5',
    'an answer alone moves nothing that is still to be delivered',
  );
});

test('the position of an earlier run is where the first subscription starts', async (context) => {
  const server = await startFeedServer(context);
  runFeed(context, [satoriOptions(server, 'a')], { positions: ['7:7'] });
  const rtm = await acceptRtm(server);
  assert.equal((await rtm.subscribed('7:7'))['position'], '7:7');
});

test('an idle channel resumes from where it subscribed', async (context) => {
  const server = await startFeedServer(context);
  const { sink, time } = runFeed(context, [satoriOptions(server, 'a')]);
  await (await acceptRtm(server)).subscribed('1:40');
  await sink.next('up');
  time.pass(60_000);
  await sink.next('down');
  time.pass(time.lastDelayMs);
  assert.equal((await (await acceptRtm(server)).subscribed('1:44'))['position'], '1:40');
});

test('history is asked for only the very first time, never with a position', async (context) => {
  const server = await startFeedServer(context);
  const history = { count: 10 };
  const { sink, time } = runFeed(context, [satoriOptions(server, 'a', { history })]);
  const first = await acceptRtm(server);
  assert.deepEqual(await first.subscribed('1:31'), { channel: 'a', history, fast_forward: true });
  first.data('a', '1:41', new Array(10).fill(0));
  await sink.untilCounted(10);
  first.peer.socket.close(1001);
  await sink.next('down');
  time.pass(time.lastDelayMs);
  const again = await (await acceptRtm(server)).subscribed('1:41');
  assert.deepEqual(again, { channel: 'a', position: '1:41', fast_forward: true });
});

test('an empty list of messages moves the position and counts nothing', async (context) => {
  const server = await startFeedServer(context);
  const { sink } = runFeed(context, [satoriOptions(server, 'a')]);
  const rtm = await acceptRtm(server);
  await rtm.subscribed('1:0');
  rtm.data('a', '1:70', []);
  await rtm.peer.settled();
  assert.equal(sink.counted, 0);
  assert.equal(sink.held.get(''), '1:70');
});

test('a request without an answer means the link is dead', async (context) => {
  const server = await startFeedServer(context);
  const { sink, time } = runFeed(context, [satoriOptions(server, 'a', { replyTimeout: '7s' })]);
  const rtm = await acceptRtm(server);
  await rtm.request('rtm/subscribe');
  await rtm.peer.settled();
  time.pass(7_000);
  assert.equal((await sink.next('down')).detail, 'no answer to rtm/subscribe in 7s');
  time.pass(time.lastDelayMs);
  await (await acceptRtm(server)).subscribed('1:0');
  await sink.next('up');
});

test('/error gives the link up, and what stands behind it is not counted twice', async (context) => {
  const server = await startFeedServer(context);
  const { sink, time } = runFeed(context, [satoriOptions(server, 'a')]);
  const rtm = await acceptRtm(server);
  await rtm.subscribed('1:0');
  await sink.next('up');
  rtm.peer.send({ action: '/error', body: { error: 'json_parse_error', reason: 'not JSON' } });
  rtm.data('a', '1:3', [1, 2, 3]);
  assert.equal((await sink.next('down')).detail, 'the server said json_parse_error (not JSON)');
  time.pass(time.lastDelayMs);
  const next = await acceptRtm(server);
  assert.equal((await next.subscribed('1:0'))['position'], '1:0');
  next.data('a', '1:3', [1, 2, 3]);
  await next.peer.settled();
  assert.equal(sink.counted, 3);
});
