// The stream between the socket and ws, with a socket that only records.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { openTap } from '../../src/tap/index.ts';
import { TapSocket } from '../../src/tap/tap-socket.ts';

const HANDSHAKE = Buffer.from('HTTP/1.1 101 Switching Protocols\r\n\r\n');
const PAYLOAD = Buffer.from(JSON.stringify('x'.repeat(1_000)));
const FRAME = Buffer.concat([
  Buffer.from([0x81, 126, PAYLOAD.length >> 8, PAYLOAD.length & 0xff]),
  PAYLOAD,
]);

class RecordingSocket extends Duplex {
  readonly written: Buffer[] = [];
  hasDelay = true;

  setNoDelay(): void {
    this.hasDelay = false;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written.push(chunk);
    setImmediate(done);
  }
}

/** A tap behind its handshake; what it counts, and what it hands on. */
function openedTap(context: TestContext) {
  const seen = { count: 0, handedOn: Buffer.alloc(0) };
  const link = openTap({
    envelope: 'json',
    utf8: true,
    frameBytesMax: 10_000,
    channels: [
      {
        id: '',
        program: { list: null, key: null, value: null },
        slotCount: 0,
        counted: ({ count }) => {
          seen.count += count;
        },
        slotOf: () => null,
      },
    ],
  })!;
  const socket = new RecordingSocket();
  const tap = new TapSocket(link, () => {});
  tap.attach(socket as unknown as Socket);
  tap.received(HANDSHAKE);
  tap.read();
  tap.opened('');
  tap.on('data', (chunk: Buffer) => {
    seen.handedOn = Buffer.concat([seen.handedOn, chunk]);
  });
  context.after(() => {
    tap.destroy();
    link.close();
  });
  return { tap, socket, seen };
}

function inBytes(tap: TapSocket, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at++) tap.received(bytes.subarray(at, at + 1));
}

test('a frame byte by byte is counted, and copied once', (t) => {
  const { tap, seen } = openedTap(t);
  const copy = t.mock.method(Buffer.prototype, 'copy');
  inBytes(tap, Buffer.concat([FRAME, FRAME]));
  let copied = 0;
  for (const { result } of copy.mock.calls) copied += result ?? 0;
  assert.deepEqual(seen, { count: 2, handedOn: Buffer.alloc(0) });
  // Into the rest, and out of it.
  assert.ok(copied < 2.1 * 2 * FRAME.length, `${copied} bytes`);
});

for (const cut of [1, 3, 4, 500, FRAME.length - 1]) {
  test(`${cut} bytes of a frame, and then the tap stops: ws gets all of it`, (t) => {
    const { tap, seen } = openedTap(t);
    inBytes(tap, FRAME.subarray(0, cut));
    tap.stop();
    inBytes(tap, Buffer.concat([FRAME.subarray(cut), FRAME]));
    assert.deepEqual(seen, { count: 0, handedOn: Buffer.concat([FRAME, FRAME]) });
  });

  test(`${cut} bytes of a frame, and then the end: ws gets what there is`, async (t) => {
    const { tap, socket, seen } = openedTap(t);
    inBytes(tap, FRAME.subarray(0, cut));
    socket.resume();
    socket.push(null);
    await new Promise((ended) => tap.once('end', ended));
    assert.deepEqual(seen, { count: 0, handedOn: FRAME.subarray(0, cut) });
  });
}

test('what ws writes together leaves together, and at once', async (t) => {
  const { tap, socket } = openedTap(t);
  assert.equal(socket.hasDelay, false);
  tap.cork();
  tap.write(Buffer.from('head '));
  await new Promise((done) => {
    tap.write('payload', done);
    tap.uncork();
  });
  assert.deepEqual(socket.written.map(String), ['head payload']);
});
