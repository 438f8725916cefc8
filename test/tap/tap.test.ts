// The tap on real sockets: what it counts, what it leaves to ws, and that nobody is the wiser.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { keyText } from '../../src/model/worth.ts';
import { feedDrivers } from '../support/feed-drivers.ts';
import { type FeedRun, runFeed } from '../support/feed-run.ts';
import { startFeedServer } from '../support/feed-server.ts';

/** One key, then another, in all forms that JSON has for them. */
const KEYS = ['1', '1.0', '"1"', '10e-1', '9007199254740993', '"9007199254740993"'];
const FRAME_COUNT = 500;
const PER_FRAME = 3;

afterEach(() => {
  delete process.env['WEIR_TAP'];
});

for (const driver of feedDrivers) {
  describe(driver.kind, () => {
    for (const tls of [false, true]) {
      for (const scanner of ['wasm', 'js', 'off']) {
        const how = `${tls ? 'wss' : 'ws'}, ${scanner}`;
        test(`${how}: all messages are counted, and ws sees none of them`, async (t) => {
          process.env['WEIR_TAP'] = scanner;
          const server = await startFeedServer(t, { tls });
          const options = { ...driver.options(server.url), ...(tls ? { ca: 'ca.pem' } : {}) };
          const run = runFeed(t, [options], { needsBody: false });
          const { sink } = run;
          const peer = await welcomed(run, server, driver);
          for (let sent = 0; sent < FRAME_COUNT; sent++) peer.send(driver.frame(PER_FRAME));
          await peer.settled();
          assert.equal(sink.counted, FRAME_COUNT * PER_FRAME);
          assert.equal(sink.tapped, scanner === 'off' ? 0 : sink.counted);
        });
      }
    }

    test('messages are counted by key, and summed, without ws', async (t) => {
      const look = { key: 'n', value: 'n', keysMax: 100 };
      const server = await startFeedServer(t);
      const run = runFeed(t, [driver.options(server.url)], { look });
      const { sink } = run;
      const peer = await welcomed(run, server, driver);
      for (let sent = 0; sent < FRAME_COUNT; sent++) peer.send(driver.frame(PER_FRAME));
      await peer.settled();
      assert.equal(sink.tapped, FRAME_COUNT * PER_FRAME);
      assert.equal(sink.summed, FRAME_COUNT * (0 + 1 + 2));
      assert.deepEqual(
        sink.keys,
        new Map([0, 1, 2].map((key) => [key, { count: FRAME_COUNT, sum: key * FRAME_COUNT }])),
      );
    });

    test('what is odd goes to ws, in its turn', async (t) => {
      const server = await startFeedServer(t);
      const run = runFeed(t, [driver.options(server.url)], { needsBody: false });
      const { sink } = run;
      const peer = await welcomed(run, server, driver);
      const text = driver.frame(PER_FRAME);
      const half = text.length >> 1;
      peer.send(text);
      peer.socket.send(text.slice(0, half), { fin: false });
      peer.socket.send(text.slice(half), { fin: true });
      peer.send('no JSON', text);
      await peer.settled();
      assert.equal(sink.counted, 3 * PER_FRAME);
      assert.equal(sink.tapped, 2 * PER_FRAME);
      assert.equal(sink.malformedCount, 1);
    });

    test('with an extension, frames are not what they seem: ws takes all', async (t) => {
      const server = await startFeedServer(t, { perMessageDeflate: { threshold: 0 } });
      const options = { ...driver.options(server.url), compress: true };
      const { sink } = runFeed(t, [options], { needsBody: false });
      const peer = await server.accept();
      await driver.welcome(peer);
      await sink.next('up');
      for (let sent = 0; sent < FRAME_COUNT; sent++) peer.send(driver.frame(PER_FRAME));
      await peer.settled();
      assert.equal(sink.counted, FRAME_COUNT * PER_FRAME);
      assert.equal(sink.tapped, 0);
    });

    test('frames of all lengths, in pieces of all lengths', async (t) => {
      const server = await startFeedServer(t);
      const run = runFeed(t, [driver.options(server.url)], { needsBody: false });
      const { sink } = run;
      const peer = await welcomed(run, server, driver);
      // Past 7 and 16 bits of length, past a chunk, and past what the tap keeps of an unfinished frame.
      const counts = [0, 1, 2, 20, 4_000, 20_000, 1, 60_000, 3];
      const wire = Buffer.concat(counts.map((count) => frameOf(driver.frame(count))));
      await sendInPieces(peer.socket as unknown as { readonly _socket: Socket }, wire);
      await peer.settled();
      assert.equal(
        sink.counted,
        counts.reduce((sum, count) => sum + count, 0),
      );
      const { tapped } = sink;
      assert.ok(tapped > 0 && tapped < sink.counted);
      // What went to ws in pieces has an end, behind which frames are counted again.
      peer.send(driver.frame(PER_FRAME));
      await peer.settled();
      assert.equal(sink.tapped, tapped + PER_FRAME);
    });

    test('after the connection was lost, the next one is counted from its first frame', async (t) => {
      const server = await startFeedServer(t);
      const run = runFeed(t, [driver.options(server.url)], { needsBody: false });
      const first = await welcomed(run, server, driver);
      first.send(driver.frame(PER_FRAME));
      await first.settled();
      // Cut off within a frame: what there is of it is nobody's.
      const raw = (first.socket as unknown as { readonly _socket: Socket })._socket;
      raw.write(frameOf(driver.frame(PER_FRAME)).subarray(0, -1));
      raw.end();
      await run.sink.next('down');
      run.time.pass(run.time.lastDelayMs);
      const second = await welcomed(run, server, driver);
      second.send(driver.frame(PER_FRAME));
      await second.settled();
      assert.equal(run.sink.counted, 2 * PER_FRAME);
    });
  });
}

for (const scanner of ['wasm', 'js']) {
  test(`${scanner}: a key is one key in any form, with all its digits; a number beyond all doubles is malformed`, async (t) => {
    process.env['WEIR_TAP'] = scanner;
    const server = await startFeedServer(t);
    const look = { key: 'k', value: 'v', keysMax: 100 };
    const options = { kind: 'websocket', url: server.url };
    const { sink } = runFeed(t, [options], { look });
    const peer = await server.accept();
    await sink.next('up');
    await peer.settled();
    peer.send(...KEYS.map((key) => `{"k":${key},"v":1}`), '{"k":1,"v":1e400}');
    await peer.settled();
    assert.deepEqual([sink.tapped, sink.malformedCount], [KEYS.length, 1]);
    const byKey = new Map<string | null, number>();
    for (const [key, { count }] of sink.keys) {
      byKey.set(keyText(key), (byKey.get(keyText(key)) ?? 0) + count);
    }
    assert.deepEqual(
      [...byKey],
      [
        ['1', 4],
        ['9007199254740993', 2],
      ],
    );
  });
}

async function welcomed(
  run: FeedRun,
  server: Awaited<ReturnType<typeof startFeedServer>>,
  driver: (typeof feedDrivers)[number],
) {
  const peer = await server.accept();
  await driver.welcome(peer);
  await run.sink.next('up');
  await peer.settled();
  return peer;
}

/** A whole text frame, unmasked (RFC 6455 §5.2). */
function frameOf(text: string): Buffer {
  const { length } = Buffer.from(text);
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x81;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, Buffer.from(text)]);
}

/** In pieces from one byte to a quarter of a megabyte. */
async function sendInPieces({ _socket: socket }: { readonly _socket: Socket }, wire: Buffer) {
  for (let at = 0; at < wire.length; ) {
    const size = 2 ** (randomBytes(1)[0]! % 19);
    const isFree = socket.write(wire.subarray(at, at + size));
    at += size;
    if (!isFree) await once(socket, 'drain');
  }
}
