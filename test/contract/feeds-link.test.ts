// The contract of feeds, second half: how every kind connects, is refused, falls silent and comes back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { feedDrivers } from '../support/feed-drivers.ts';
import { runFeed } from '../support/feed-run.ts';
import { startFeedServer } from '../support/feed-server.ts';

for (const driver of feedDrivers) {
  const title = (law: string) => `${driver.kind}: ${law}`;

  test(title('up comes only after the feed is connected and subscribed'), async (context) => {
    const server = await startFeedServer(context);
    const { sink } = runFeed(context, [driver.options(server.url)]);
    assert.deepEqual(sink.names('up', 'down', 'messages'), []);
    const peer = await server.accept();
    await driver.welcome(peer);
    peer.send(driver.frame(1));
    await sink.untilCounted(1);
    const names = sink.names('up', 'down');
    assert.deepEqual(names, ['up']);
    const firstBodies = sink.calls.findIndex((call) => call.call === 'messages' && call.count! > 0);
    assert.ok(sink.calls.findIndex(({ call }) => call === 'up') < firstBodies);
  });

  test(title('a closing server is down with its code, then connected anew'), async (context) => {
    const server = await startFeedServer(context);
    const { sink, time } = runFeed(context, [driver.options(server.url)]);
    const peer = await server.accept();
    await driver.welcome(peer);
    peer.send(driver.frame(2));
    await sink.untilCounted(2);
    peer.socket.close(4321, 'moving house');
    assert.equal((await sink.next('down')).detail, 'closed with code 4321: moving house');
    time.pass(time.lastDelayMs);
    const next = await server.accept();
    await driver.welcome(next);
    await sink.next('up');
    next.send(driver.frame(3));
    await sink.untilCounted(5);
    assert.equal(sink.counted, 5);
  });

  test(title('a torn connection is down with code 1006'), async (context) => {
    const server = await startFeedServer(context);
    const { sink } = runFeed(context, [driver.options(server.url)]);
    const peer = await server.accept();
    await driver.welcome(peer);
    await sink.next('up');
    peer.socket.terminate();
    assert.match((await sink.next('down')).detail, /1006|ECONNRESET/);
  });

  test(title('waits are random below a bound that doubles, and start anew'), async (context) => {
    const server = await startFeedServer(context);
    server.refusal = { status: '503 Busy' };
    const retry = { first: '100ms', most: '800ms' };
    const options = { ...driver.options(server.url), retry };
    const { sink, time, chance } = runFeed(context, [options]);
    for (const [boundMs, random] of [
      [100, 0.5],
      [200, 0.999],
      [400, 0],
      [800, 0.25],
      [800, 0.75],
    ] as const) {
      chance.value = random;
      await sink.next('down');
      assert.equal(time.lastDelayMs, random * boundMs);
      if (boundMs === 800 && random === 0.75) server.refusal = null;
      time.pass(time.lastDelayMs);
    }
    const peer = await server.accept();
    await driver.welcome(peer);
    peer.send(driver.frame(1));
    await sink.untilCounted(1);
    time.pass(800);
    peer.socket.close(1001);
    await sink.next('down');
    assert.equal(time.lastDelayMs, 0.75 * 100);
  });

  test(title('a server that sends one message and hangs up is not hammered'), async (context) => {
    const server = await startFeedServer(context);
    const retry = { first: '100ms', most: '30s' };
    const { sink, time } = runFeed(context, [{ ...driver.options(server.url), retry }]);
    for (const [round, waitMs] of [50, 100, 200, 400].entries()) {
      const peer = await server.accept();
      await driver.welcome(peer);
      peer.send(driver.frame(1));
      await sink.untilCounted(round + 1);
      time.pass(4_999);
      peer.socket.close(1001);
      await sink.next('down');
      assert.equal(time.lastDelayMs, waitMs);
      time.pass(waitMs);
    }
    const peer = await server.accept();
    await driver.welcome(peer);
    peer.send(driver.frame(1));
    await sink.untilCounted(5);
    time.pass(5_000);
    peer.socket.close(1001);
    await sink.next('down');
    assert.equal(time.lastDelayMs, 50, 'a link that lived for 5 s was good');
  });

  for (const [what, status, asked, waitMs] of [
    ['seconds', '429 Too Many Requests', () => '7', 7_000],
    ['a date', '503 Busy', (now: number) => new Date(now + 90_000).toUTCString(), 90_000],
    ['more than an hour', '429 Too Many Requests', () => '999999', 3_600_000],
    ['a time that is past', '429 Too Many Requests', () => new Date(0).toUTCString(), 0],
    ['nonsense', '429 Too Many Requests', () => 'soon', 0],
    ['seconds, where nothing is busy', '404 Not Found', () => '7', 0],
  ] as const) {
    test(title(`Retry-After with ${what} is waited for, within a bound`), async (context) => {
      const server = await startFeedServer(context);
      const retry = { first: '100ms', most: '800ms' };
      const { sink, time, chance } = runFeed(context, [{ ...driver.options(server.url), retry }]);
      chance.value = 0.5;
      // A date has no fractions of a second.
      const headers = `retry-after: ${asked(Math.ceil(time.now() / 1_000) * 1_000)}\r\n`;
      server.refusal = { status, headers };
      const { detail } = await sink.next('down');
      const leastMs = Math.max(waitMs, 50);
      assert.ok(
        time.lastDelayMs >= leastMs && time.lastDelayMs < leastMs + 1_000,
        String(time.lastDelayMs),
      );
      assert.equal(/come again/.test(detail), waitMs > 0, detail);
      server.refusal = null;
      time.pass(time.lastDelayMs);
      await driver.welcome(await server.accept());
      await sink.next('up');
    });
  }

  test(title('a server that accepts and hangs up is not hammered'), async (context) => {
    const server = await startFeedServer(context);
    const retry = { first: '100ms', most: '30s' };
    const { sink, time } = runFeed(context, [{ ...driver.options(server.url), retry }]);
    for (const waitMs of [50, 100, 200, 400]) {
      const peer = await server.accept();
      peer.send({ action: 'go away', id: null });
      peer.socket.close(1008);
      await sink.next('down');
      assert.equal(time.lastDelayMs, waitMs);
      time.pass(waitMs);
    }
  });

  for (const status of ['401 Unauthorized', '404 Not Found', '503 Service Unavailable']) {
    test(title(`HTTP ${status} is told, and tried again`), async (context) => {
      const server = await startFeedServer(context);
      server.refusal = { status };
      const { sink, time } = runFeed(context, [driver.options(server.url)]);
      assert.equal((await sink.next('down')).detail, `refused with HTTP ${status}`);
      server.refusal = null;
      time.pass(time.lastDelayMs);
      await driver.welcome(await server.accept());
      await sink.next('up');
      assert.equal(server.handshakeCount, 2);
    });
  }

  test(title('a redirect is refused and not followed'), async (context) => {
    const elsewhere = await startFeedServer(context);
    const server = await startFeedServer(context);
    const headers = `location: ${elsewhere.url.replace('ws', 'http')}/\r\n`;
    server.refusal = { status: '302 Found', headers };
    const { sink, time } = runFeed(context, [driver.options(server.url)]);
    assert.match((await sink.next('down')).detail, /HTTP 302 Found; redirects are not followed/);
    time.pass(time.lastDelayMs);
    await sink.next('down');
    assert.equal(server.handshakeCount, 2);
    assert.equal(elsewhere.handshakeCount, 0);
  });

  test(title('nobody at the address is down, and tried again'), async (context) => {
    const { sink, time } = runFeed(context, [driver.options('ws://127.0.0.1:1')]);
    assert.match((await sink.next('down')).detail, /ECONNREFUSED/);
    time.pass(time.lastDelayMs);
    assert.match((await sink.next('down')).detail, /ECONNREFUSED/);
  });

  test(title('a handshake without answer is given up in time'), async (context) => {
    const server = await startFeedServer(context);
    server.refusal = 'silent';
    const options = { ...driver.options(server.url), handshakeTimeout: '3s' };
    const { sink, time } = runFeed(context, [options]);
    time.pass(2_999);
    assert.deepEqual(sink.calls, []);
    time.pass(1);
    assert.equal((await sink.next('down')).detail, 'not connected within 3s');
    server.refusal = null;
    time.pass(time.lastDelayMs);
    await driver.welcome(await server.accept());
    await sink.next('up');
    assert.equal(sink.all('down').length, 1);
  });

  test(title('a silent link is given up and connected anew'), async (context) => {
    const server = await startFeedServer(context, { autoPong: false });
    const options = { ...driver.options(server.url), silence: '40s', ping: '15s' };
    const { sink, time } = runFeed(context, [options]);
    await driver.welcome(await server.accept());
    await sink.next('up');
    time.pass(39_999);
    assert.deepEqual(sink.all('down'), []);
    time.pass(1);
    assert.equal((await sink.next('down')).detail, 'no sign of life for 40s');
    time.pass(time.lastDelayMs);
    await driver.welcome(await server.accept());
    await sink.next('up');
  });

  test(title('a quiet link that answers pings is kept'), async (context) => {
    const server = await startFeedServer(context);
    const options = { ...driver.options(server.url), silence: '40s', ping: '15s' };
    const { sink, time } = runFeed(context, [options]);
    await driver.welcome(await server.accept());
    await sink.next('up');
    for (let round = 0; round < 10; round++) {
      time.pass(15_000);
      await sink.next('alive');
    }
    assert.deepEqual(sink.all('down'), []);
    assert.equal(server.handshakeCount, 1);
  });

  test(title('a frame over the bound closes the link at once and is told'), async (context) => {
    const server = await startFeedServer(context);
    const options = { ...driver.options(server.url), frameBytesMax: 1_024 };
    const { sink, time } = runFeed(context, [options]);
    const peer = await server.accept();
    await driver.welcome(peer);
    // A peer that reads nothing never answers the goodbye.
    peer.socket.pause();
    peer.send(driver.frame(1), driver.frame(2_000), driver.frame(1));
    assert.match((await sink.next('down')).detail, /max payload size/i);
    assert.equal(sink.counted, 1);
    time.pass(time.lastDelayMs);
    await driver.welcome(await server.accept());
    await sink.next('up');
  });

  test(title('TLS with an authority of our own works, without it is refused'), async (context) => {
    const server = await startFeedServer(context, { tls: true });
    const stranger = runFeed(context, [driver.options(server.url)]);
    assert.match((await stranger.sink.next('down')).detail, /certificate/);
    const friend = runFeed(context, [{ ...driver.options(server.url), ca: 'ca.pem' }]);
    await driver.welcome(await server.accept());
    await friend.sink.next('up');
    assert.deepEqual(stranger.sink.names('up'), []);
  });

  test(title('a missing CA file is told, and looked for again'), async (context) => {
    const server = await startFeedServer(context, { tls: true });
    const options = { ...driver.options(server.url), ca: 'nowhere.pem' };
    const { sink, time } = runFeed(context, [options]);
    assert.match(sink.all('down')[0]!.detail, /ENOENT.*nowhere\.pem/);
    time.pass(time.lastDelayMs);
    assert.equal(sink.all('down').length, 2);
  });

  test(title('compression is offered only when asked for'), async (context) => {
    const server = await startFeedServer(context, { perMessageDeflate: true });
    for (const [compress, offered] of [
      [undefined, undefined],
      [true, /permessage-deflate/],
    ] as const) {
      const options = { ...driver.options(server.url), ...(compress ? { compress } : {}) };
      const { sink, feed } = runFeed(context, [options]);
      const peer = await server.accept();
      const header = peer.request.headers['sec-websocket-extensions'];
      if (offered) assert.match(header!, offered);
      else assert.equal(header, undefined);
      await driver.welcome(peer);
      peer.send(driver.frame(4_000));
      await sink.untilCounted(4_000);
      await feed.close();
    }
  });

  test(title('headers of the options go out with the handshake'), async (context) => {
    const server = await startFeedServer(context);
    const headers = { Authorization: 'Bearer abc' };
    runFeed(context, [{ ...driver.options(server.url), headers }]);
    assert.equal((await server.accept()).request.headers.authorization, 'Bearer abc');
  });
}
