// `satori`: what the server says of lost messages and ended subscriptions.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { rtmOptions } from '../../src/rtm/options.ts';
import { startRtmServer } from '../../src/rtm/server.ts';
import { type RunSetup, runFeed } from '../support/feed-run.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { TEST_GATE } from '../support/gate.ts';
import { acceptRtm, satoriOptions } from '../support/rtm-peer.ts';

async function connected(context: TestContext, setup: RunSetup = {}) {
  const server = await startFeedServer(context);
  const run = runFeed(context, [satoriOptions(server, 'a')], setup);
  const rtm = await acceptRtm(server);
  return { server, ...run, rtm };
}

const EXPIRED = { error: 'expired_position', reason: 'Invalid PDU', subscription_id: 'a' };

for (const count of [857, undefined, -1, 'many']) {
  test(`fast_forward with missed_message_count ${count} is told as what is known`, async (context) => {
    const { sink, rtm } = await connected(context);
    await rtm.subscribed('1:40');
    const known = count === undefined ? {} : { missed_message_count: count };
    const info = { subscription_id: 'a', info: 'fast_forward', reason: 'Client too slow' };
    rtm.push('info', { ...info, position: '1:900', ...known });
    const missed = await sink.next('missed');
    assert.equal(missed.count, count === 857 ? 857 : null);
    assert.equal(missed.position, '1:900');
    assert.equal(missed.detail, 'the server skipped ahead: Client too slow');
    assert.deepEqual(sink.all('down'), []);
  });
}

for (const code of ['expired_position', 'invalid_format']) {
  test(`a position refused as ${code} is given up once, the loss is told, and counting goes on`, async (context) => {
    const { sink, rtm } = await connected(context, { positions: ['1:1'] });
    const first = await rtm.request('rtm/subscribe');
    assert.equal(first.body['position'], '1:1');
    rtm.reply(first, 'error', { ...EXPIRED, error: code });
    assert.deepEqual(await rtm.subscribed('1:500'), { channel: 'a', fast_forward: true });
    const missed = await sink.next('missed');
    assert.equal(missed.count, null);
    await sink.next('up');
    assert.equal(sink.held.get(''), '1:500');
    rtm.data('a', '1:501', [1]);
    await sink.untilCounted(1);
    assert.deepEqual(sink.all('down'), []);
  });
}

test('expired_position without a position asked for waits before it asks again', async (context) => {
  const { sink, rtm, time } = await connected(context);
  rtm.reply(await rtm.request('rtm/subscribe'), 'error', EXPIRED);
  await sink.next('down');
  await rtm.peer.settled();
  assert.deepEqual(rtm.peer.unread, []);
  time.pass(14_999);
  await rtm.peer.settled();
  assert.deepEqual(rtm.peer.unread, []);
  time.pass(1);
  await rtm.subscribed('1:0');
  await sink.next('up');
});

test('out_of_sync is down with what was missed, then subscribed again without position', async (context) => {
  const { sink, rtm } = await connected(context);
  await rtm.subscribed('1:40');
  rtm.data('a', '1:43', [1, 2, 3]);
  const ended = { subscription_id: 'a', error: 'out_of_sync', reason: 'Client too slow' };
  rtm.push('error', { ...ended, position: '1:43', missed_message_count: 857 });
  const again = await rtm.subscribed('1:900');
  assert.deepEqual(again, { channel: 'a', fast_forward: true });
  assert.match((await sink.next('down')).detail, /out_of_sync \(Client too slow\)/);
  assert.equal((await sink.next('missed')).count, 857);
  await sink.next('up');
  assert.equal(sink.held.get(''), '1:900');
});

test('a server that ends each subscription at once is not asked in a circle', async (context) => {
  const { sink, rtm } = await connected(context);
  await rtm.subscribed('1:40');
  const ended = { subscription_id: 'a', error: 'out_of_sync', missed_message_count: 1 };
  for (let times = 0; times < 20; times++) rtm.push('error', ended);
  await rtm.peer.settled();
  assert.deepEqual(rtm.peer.unread, []);
  assert.deepEqual(sink.names('up', 'down', 'missed'), ['up', 'down', 'missed']);
});

test('other ends of a subscription keep the position and are asked again later', async (context) => {
  const { sink, rtm, time } = await connected(context);
  await rtm.subscribed('1:40');
  rtm.push('error', { subscription_id: 'a', error: 'channel_deleted' });
  await sink.next('down');
  time.pass(15_000);
  assert.equal((await rtm.subscribed('1:40'))['position'], '1:40');
  await sink.next('up');
  assert.deepEqual(sink.all('missed'), []);
});

test('of two subscriptions one is refused: the other counts on', async (context) => {
  const server = await startFeedServer(context);
  const options = [satoriOptions(server, 'good'), satoriOptions(server, 'bad')];
  const { sinks, time } = runFeed(context, options);
  const [good, bad] = sinks;
  const rtm = await acceptRtm(server);
  await rtm.subscribed('1:0');
  const denied = { error: 'authorization_denied', reason: 'Unauthorized' };
  rtm.reply(await rtm.request('rtm/subscribe'), 'error', denied);
  rtm.data('good', '1:2', [1, 2]);
  await good!.untilCounted(2);
  const { detail } = await bad!.next('down');
  assert.equal(detail, 'subscribing failed: authorization_denied (Unauthorized)');
  time.pass(15_000);
  assert.equal((await rtm.subscribed('1:0'))['channel'], 'bad');
  await bad!.next('up');
  assert.deepEqual(good!.all('down'), []);
  assert.equal(server.handshakeCount, 1);
});

test('a frame that is no PDU may have held anything: loss unknown for all', async (context) => {
  const server = await startFeedServer(context);
  const options = [satoriOptions(server, 'a'), satoriOptions(server, 'b')];
  const { sinks } = runFeed(context, options);
  const rtm = await acceptRtm(server);
  await rtm.subscribed('1:0');
  await rtm.subscribed('1:0');
  rtm.peer.send('not a PDU');
  for (const sink of sinks) assert.equal((await sink.next('missed')).count, null);
  assert.equal(sinks[0]!.malformedCount + sinks[1]!.malformedCount, 1);
});

test('a data PDU without a position leaves no older one to resume from', async (context) => {
  const { server, sink, rtm, time } = await connected(context);
  await rtm.subscribed('1:0');
  await sink.next('up');
  rtm.data('a', '1:1', [1]);
  rtm.peer.send({
    action: 'rtm/subscription/data',
    body: { subscription_id: 'a', messages: [2] },
  });
  await sink.untilCounted(2);
  rtm.peer.socket.close(1001);
  await sink.next('down');
  time.pass(time.lastDelayMs);
  const second = await acceptRtm(server);
  assert.deepEqual(await second.subscribed('1:9'), { channel: 'a', fast_forward: true });
  assert.equal((await sink.next('missed')).count, null);
});

test("with Weir's own server no message is lost or doubled over a broken link", async (context) => {
  const own = await startRtmServer(rtmOptions.parse({ listen: '127.0.0.1:0', appkey: 'key' }), {
    clock: Date.now,
    gate: () => TEST_GATE,
  });
  context.after(() => own.close());
  const options = { kind: 'satori', url: own.url, appkey: 'key', channel: 'a' };
  const { sink, time } = runFeed(context, [options]);
  await sink.next('up');
  for (let n = 0; n < 10; n++) own.publish('a', { n });
  await sink.untilCounted(10);
  time.pass(60_000);
  await sink.next('down');
  for (let n = 10; n < 25; n++) own.publish('a', { n });
  time.pass(time.lastDelayMs);
  await sink.untilCounted(25);
  const bodies = sink.all('messages').flatMap((call) => call.bodies);
  assert.deepEqual(
    bodies,
    Array.from({ length: 25 }, (_, n) => ({ n })),
  );
});
