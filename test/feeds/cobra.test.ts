// `satori` in the Cobra dialect, frame by frame; test/servers/cobra.test.ts does it with the real server.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type RunSetup, runFeed } from '../support/feed-run.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { acceptRtm, satoriOptions } from '../support/rtm-peer.ts';

async function connected(context: TestContext, setup: RunSetup = {}) {
  const server = await startFeedServer(context);
  const run = runFeed(context, [satoriOptions(server, 'a')], setup);
  const rtm = await acceptRtm(server);
  return { server, ...run, rtm };
}

/** A feed that has counted one message at `position`, lost the link, and subscribed again. */
async function resumedAfter(context: TestContext, position: string) {
  const { server, feed, sink, rtm, time } = await connected(context);
  await rtm.subscribed(null, { redis_node: 'r1' });
  rtm.data('a', position, [1]);
  await sink.untilCounted(1);
  rtm.peer.socket.close(1001);
  await sink.next('down');
  time.pass(time.lastDelayMs);
  const second = await acceptRtm(server);
  await second.subscribed(null, { redis_node: 'r1' });
  return { server, feed, sink, second, time, upAtMs: time.now() };
}

const EXPIRED = { error: 'expired_position', reason: 'Invalid PDU', subscription_id: 'a' };

test('the position of its answer is a dummy and is never resumed from', async (context) => {
  const { server, sink, rtm, time } = await connected(context);
  const cobra = { redis_node: 'r1', stream_exists: false, stream_name: '_pubsub::a' };
  const dummy = '1519190184-559034812775';
  await rtm.subscribed(dummy, cobra);
  await sink.next('up');
  assert.equal(sink.held.get(''), undefined);
  rtm.peer.socket.close(1001);
  await sink.next('down');
  time.pass(time.lastDelayMs);
  const second = await acceptRtm(server);
  assert.deepEqual(await second.subscribed(dummy, cobra), { channel: 'a', fast_forward: true });
  second.data('a', '1795225018073-0', [1], { id: 0 });
  await sink.untilCounted(1);
  second.peer.socket.close(1001);
  await sink.next('down');
  time.pass(time.lastDelayMs);
  const third = await acceptRtm(server);
  const before = '1795225018072-18446744073709551615';
  assert.equal((await third.subscribed(dummy, cobra))['position'], before);
  assert.equal(sink.held.get(''), '1795225018073-0');
});

test('the last counted message comes again, which proves the resume and counts once', async (context) => {
  const { sink, second } = await resumedAfter(context, '1795225018073-4');
  second.data('a', '1795225018073-4', [1]);
  second.data('a', '1795225018073-5', [2]);
  await sink.untilCounted(2);
  assert.deepEqual(
    sink.all('duplicate').map(({ count }) => count),
    [1],
  );
  assert.deepEqual(sink.names('missed'), []);
  assert.equal(sink.held.get(''), '1795225018073-5');
});

test('where the last counted message does not come again, nobody knows what was lost', async (context) => {
  const { sink, second } = await resumedAfter(context, '1795225018073-4');
  second.data('a', '1795225018099-0', [2]);
  second.data('a', '1795225018099-1', [3]);
  assert.equal((await sink.next('missed')).count, null);
  await sink.untilCounted(3);
  assert.deepEqual(sink.all('duplicate'), []);
  assert.equal(sink.names('missed').length, 1);
});

test('what was kept is replayed until its own time says otherwise, whatever answers a ping', async (context) => {
  const lastMs = 1_700_000_000_000;
  const { sink, second, upAtMs } = await resumedAfter(context, `${lastMs}-0`);
  // The answer to the ping is on its way before any of these.
  for (const ms of [lastMs, upAtMs - 1, upAtMs, upAtMs + 1]) second.data('a', `${ms}-0`, [ms]);
  await sink.untilCounted(4);
  const replayed = sink.all('messages').map(({ about }) => about?.replayed ?? false);
  assert.deepEqual(replayed, [false, true, false, false]);
});

for (const refused of [false, true]) {
  test(`the tap counts again after a resume that was ${refused ? 'refused' : 'proven'}`, async (context) => {
    const setup = { needsBody: false, positions: ['1795225018073-4'] };
    const { sink, rtm } = await connected(context, setup);
    if (refused) {
      const first = await rtm.request('rtm/subscribe');
      rtm.reply(first, 'error', EXPIRED);
      await rtm.subscribed(null, { redis_node: 'r1' });
      await sink.next('up');
    } else {
      await rtm.subscribed(null, { redis_node: 'r1' });
      rtm.data('a', '1795225018073-4', [1]);
      rtm.data('a', '1795225018099-0', [2]);
      await sink.untilCounted(1);
      assert.equal(sink.tapped, 0, 'the frames of a resume are looked at');
    }
    rtm.data('a', '1795225018100-0', [3]);
    await sink.untilCounted(refused ? 1 : 2);
    assert.equal(sink.tapped, 1);
  });
}

test('data PDUs whose ids collide with requests are data, and answer nothing', async (context) => {
  const server = await startFeedServer(context);
  const options = [satoriOptions(server, 'a'), satoriOptions(server, 'b')];
  const { sinks } = runFeed(context, options);
  const rtm = await acceptRtm(server);
  await rtm.subscribed(null, { stream_name: 'a' });
  const pending = await rtm.request('rtm/subscribe');
  for (let id = 0; id < 5; id++) rtm.data('a', `17-${id}`, [id], { id });
  await sinks[0]!.untilCounted(5);
  assert.deepEqual(sinks[1]!.names('up'), []);
  rtm.reply(pending, 'ok', { subscription_id: 'b', stream_name: 'b' });
  await sinks[1]!.next('up');
});

test('an error without action or id gives the link up', async (context) => {
  const { server, sink, rtm, time } = await connected(context);
  await rtm.subscribed(null, { redis_node: 'r1' });
  rtm.peer.send({ body: { error: 'bad_schema', reason: 'Bad schema' } });
  assert.equal((await sink.next('down')).detail, 'the server said bad_schema (Bad schema)');
  time.pass(time.lastDelayMs);
  await (await acceptRtm(server)).subscribed(null, { redis_node: 'r1' });
  await sink.next('up');
});

test('where nothing comes after a resume, the doubt is booked after a while', async (context) => {
  const { sink, time, second } = await resumedAfter(context, '1795225018073-4');
  await sink.next('up');
  time.pass(29_999);
  assert.deepEqual(sink.names('missed'), []);
  time.pass(1);
  assert.equal((await sink.next('missed')).count, null);
  second.data('a', '1795225018099-0', [2]);
  await sink.untilCounted(2);
  assert.equal(sink.names('missed').length, 1, 'once');
});

test('a server whose positions are others now is doubted once, and its replay ends', async (context) => {
  const { sink, second } = await resumedAfter(context, '1795225018073-4');
  second.data('a', 'other:1', [2]);
  second.data('a', 'other:2', [3]);
  await sink.untilCounted(3);
  assert.equal(sink.names('missed').length, 1);
  const replayed = sink.all('messages').map(({ about }) => about?.replayed ?? false);
  assert.deepEqual(replayed, [false, false, false]);
});

test('after a pause the link is given up: what the server dropped meanwhile shows in the resume', async (context) => {
  const { server, feed, sink, second, time } = await resumedAfter(context, '1795225018073-4');
  second.data('a', '1795225018073-4', [1]);
  second.data('a', '1795225018073-5', [2]);
  await sink.untilCounted(2);
  feed.afterPause();
  assert.match((await sink.next('down')).detail, /nothing was read for a while/);
  time.pass(time.lastDelayMs);
  const third = await acceptRtm(server);
  const { position } = await third.subscribed(null, { redis_node: 'r1' });
  assert.equal(position, '1795225018073-4');
  third.data('a', '1795225018073-9', [3]);
  assert.equal((await sink.next('missed')).count, null);
});

test('after a pause a server that tells what it skips is only asked for a sign of life', async (context) => {
  const { feed, sink, rtm } = await connected(context);
  await rtm.subscribed('1:40');
  await sink.next('up');
  feed.afterPause();
  await sink.next('settled');
  assert.deepEqual(sink.all('down'), []);
});
