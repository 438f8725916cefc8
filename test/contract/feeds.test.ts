// The contract of feeds: every kind of the register keeps these laws. Counting, closing and garbage are here;
// connecting, refusals, silence and TLS in feeds-link.test.ts.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { feedKinds } from '../../src/feeds/index.ts';
import { feedDrivers } from '../support/feed-drivers.ts';
import { runFeed } from '../support/feed-run.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { seeded } from '../support/seeded.ts';

/** Kinds that cannot keep a law, and why. */
const SKIPPED: Readonly<Record<string, string>> = {};

test('every kind of the register has a driver, so it is under contract', () => {
  const driven = [...feedDrivers.map(({ kind }) => kind), ...Object.keys(SKIPPED)];
  assert.deepEqual(driven.sort(), feedKinds.map(({ kind }) => kind).sort());
});

for (const driver of feedDrivers) {
  const title = (law: string) => `${driver.kind}: ${law}`;

  for (const needsBody of [true, false]) {
    const how = needsBody ? 'with bodies' : 'by number';
    test(title(`messages are counted, not frames, ${how}`), async (context) => {
      const server = await startFeedServer(context);
      const { sink } = runFeed(context, [driver.options(server.url)], { needsBody });
      const peer = await server.accept();
      await driver.welcome(peer);
      peer.send(driver.frame(3), driver.frame(1), driver.frame(0), driver.frame(1000));
      await peer.settled();
      assert.equal(sink.counted, 1004);
      assert.equal(sink.malformedCount, 0);
    });
  }

  test(title('bodies are handed on as they were sent'), async (context) => {
    const server = await startFeedServer(context);
    const { sink } = runFeed(context, [driver.options(server.url)], { needsBody: true });
    const peer = await server.accept();
    await driver.welcome(peer);
    peer.send(driver.frame(3));
    await sink.untilCounted(3);
    assert.equal(sink.all('messages').at(-1)!.bodies.length, 3);
  });

  test(title('frames of a superseded socket are discarded'), async (context) => {
    const server = await startFeedServer(context);
    const { sink, time } = runFeed(context, [driver.options(server.url)]);
    const peer = await server.accept();
    await driver.welcome(peer);
    await sink.next('up');
    peer.send(driver.frame(5), driver.frame(5));
    time.pass(60_000);
    await sink.next('down');
    time.pass(time.lastDelayMs);
    const next = await server.accept();
    await driver.welcome(next);
    next.send(driver.frame(1));
    await next.settled();
    assert.equal(sink.counted, 1);
  });

  test(title('closing ends all sockets, leaves no timer and calls no sink'), async (context) => {
    const server = await startFeedServer(context);
    const { sink, time, feed } = runFeed(context, [driver.options(server.url)]);
    const peer = await server.accept();
    await driver.welcome(peer);
    await sink.next('up');
    const code = once(peer.socket, 'close');
    const closed = feed.close();
    const callCount = sink.calls.length;
    peer.send(driver.frame(7));
    await closed;
    assert.equal((await code)[0], 1000);
    await server.untilEmpty();
    assert.equal(time.waiting, 0);
    time.pass(3_600_000);
    assert.equal(sink.calls.length, callCount);
    assert.equal(server.handshakeCount, 1);
  });

  test(title('closing when the link is lost is final: no other try'), async (context) => {
    const server = await startFeedServer(context);
    const { sink, time, feed } = runFeed(context, [driver.options(server.url)]);
    const peer = await server.accept();
    const closed = new Promise<void>((resolve) => {
      sink.down = () => resolve(feed.close());
    });
    await driver.welcome(peer);
    await sink.next('up');
    peer.socket.close(1001);
    await closed;
    assert.equal(time.waiting, 0);
  });

  test(title('closing cuts off a peer that does not answer'), async (context) => {
    const server = await startFeedServer(context);
    const { sink, time, feed } = runFeed(context, [driver.options(server.url)]);
    const peer = await server.accept();
    await driver.welcome(peer);
    await sink.next('up');
    peer.socket.pause();
    const closed = feed.close();
    time.pass(1_000);
    await closed;
    assert.equal(time.waiting, 0);
  });

  test(title('closing while connecting, or between tries, is quiet too'), async (context) => {
    const server = await startFeedServer(context);
    server.refusal = 'silent';
    const connecting = runFeed(context, [driver.options(server.url)]);
    await connecting.feed.close();
    server.refusal = { status: '503 Busy' };
    const waiting = runFeed(context, [driver.options(server.url)]);
    await waiting.sink.next('down');
    await waiting.feed.close();
    await waiting.feed.close();
    for (const { time, sink } of [connecting, waiting]) {
      const callCount = sink.calls.length;
      assert.equal(time.waiting, 0);
      time.pass(3_600_000);
      assert.equal(sink.calls.length, callCount);
    }
    await server.untilEmpty();
  });

  for (const { title: what, frame, ...expected } of driver.garbage) {
    test(title(`garbage hurts nobody: ${what}`), async (context) => {
      const server = await startFeedServer(context);
      const { sink, time } = runFeed(context, [driver.options(server.url)]);
      let peer = await server.accept();
      await driver.welcome(peer);
      await sink.next('up');
      peer.send(frame);
      if (expected.reconnects) {
        await sink.next('down');
        time.pass(time.lastDelayMs);
        peer = await server.accept();
        await driver.welcome(peer);
      }
      peer.send(driver.frame(2));
      await peer.settled();
      assert.equal(sink.malformedCount, expected.malformed);
      assert.equal(sink.counted, expected.counted + 2);
      assert.equal(sink.all('down').length, expected.reconnects ? 1 : 0);
    });
  }

  test(title('a text that is not UTF-8 is malformed, and the link stays'), async (context) => {
    const server = await startFeedServer(context);
    const { sink } = runFeed(context, [driver.options(server.url)]);
    const peer = await server.accept();
    await driver.welcome(peer);
    peer.socket.send(Buffer.from([0xc3, 0x28, 0xff]), { binary: false });
    peer.send(driver.frame(1));
    await peer.settled();
    assert.equal(sink.malformedCount, 1);
    assert.equal(sink.counted, 1);
    assert.deepEqual(sink.all('down'), []);
  });

  test(title('a thousand random frames are a thousand malformed messages'), async (context) => {
    const server = await startFeedServer(context);
    const { sink } = runFeed(context, [driver.options(server.url)]);
    const peer = await server.accept();
    await driver.welcome(peer);
    const random = seeded(9);
    for (let index = 0; index < 1_000; index++) {
      const length = 1 + Math.floor(random() * 300);
      const frame = Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
      // No JSON starts with a zero byte.
      frame[0] = 0;
      peer.socket.send(frame, { binary: random() < 0.5 });
    }
    peer.send(driver.frame(1));
    await peer.settled();
    assert.equal(sink.malformedCount, 1_000);
    assert.equal(sink.counted, 1);
  });
}
