/** The sending half of a connection, on a socket that takes nothing until the test says so. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Outbox, type Socket, UNSENT_BYTES_MAX, UNSENT_BYTES_SHED } from '../../src/rtm/outbox.ts';
import type { Subscription } from '../../src/rtm/subscription.ts';

/** A socket that keeps what is sent until `drain`. */
class StuckSocket {
  readonly readyState = 1;
  bufferedAmount = 0;
  isPaused = false;
  terminated = false;
  sent: string[] = [];
  #callbacks: (() => void)[] = [];

  send(pdu: string, callback: () => void): void {
    this.sent.push(pdu);
    this.bufferedAmount += pdu.length;
    this.#callbacks.push(callback);
  }

  drain(): void {
    this.bufferedAmount = 0;
    for (const callback of this.#callbacks.splice(0)) callback();
  }

  pong(data: Buffer): void {
    this.sent.push(`pong ${data}`);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  terminate(): void {
    this.terminated = true;
  }
}

function stuck(): { socket: StuckSocket; outbox: Outbox; shed: () => number } {
  const socket = new StuckSocket();
  let shedCount = 0;
  const outbox = new Outbox(socket as unknown as Socket, () => {
    shedCount += 1;
  });
  return { socket, outbox, shed: () => shedCount };
}

/** A subscription with `count` PDUs of `bytes` to give. */
function source(name: string, count: number, bytes: number): Subscription {
  let left = count;
  const take = () => {
    left -= 1;
    return left < 0 ? null : name.padEnd(bytes, '.');
  };
  return { take } as unknown as Subscription;
}

test('data is taken only while the socket has room, and again when it has drained', () => {
  const { socket, outbox } = stuck();
  outbox.wake(source('a', 12, 100_000));
  assert.equal(socket.sent.length, 3);
  outbox.wake(source('b', 1, 10));
  assert.equal(socket.sent.length, 3);
  for (const total of [7, 10, 13, 13]) {
    socket.drain();
    assert.equal(socket.sent.length, total);
    assert(socket.bufferedAmount < UNSENT_BYTES_MAX + 100_000);
  }
});

test('subscriptions of one connection take turns', () => {
  const { socket, outbox } = stuck();
  const heavy = source('heavy', 100, 200_000);
  outbox.wake(heavy);
  outbox.wake(source('light', 2, 10));
  for (let n = 0; n < 4; n += 1) socket.drain();
  assert.equal(socket.sent.filter((pdu) => pdu.startsWith('light')).length, 2);
});

test('one connection with much to read leaves the others their turns', async () => {
  const { socket, outbox } = stuck();
  outbox.wake(source('a', 40, 10));
  assert.equal(socket.sent.length, 16);
  socket.drain();
  assert.equal(socket.sent.length, 16);
  await setImmediate();
  assert.equal(socket.sent.length, 32);
  await setImmediate();
  assert.equal(socket.sent.length, 40);
});

test('unread replies stop further reading, and reading goes on when they are taken', () => {
  const { socket, outbox } = stuck();
  outbox.reply('x'.repeat(UNSENT_BYTES_MAX));
  assert.equal(socket.isPaused, false);
  outbox.reply('x');
  assert.equal(socket.isPaused, true);
  socket.drain();
  assert.equal(socket.isPaused, false);
});

test('a connection with far too many unread replies is cut off, and said', () => {
  const { socket, outbox, shed } = stuck();
  outbox.reply('x'.repeat(UNSENT_BYTES_SHED));
  outbox.reply('x');
  assert.equal(shed(), 0);
  outbox.reply('x');
  assert.equal(shed(), 1);
  assert(socket.terminated);
  assert.equal(socket.sent.length, 2);
});

test('a ping is answered after what is ready to be sent, and at once when nothing is', async () => {
  const { socket, outbox } = stuck();
  outbox.pong(Buffer.from('1'));
  assert.deepEqual(socket.sent, ['pong 1']);
  outbox.wakeSoon(source('a', 40, 10));
  outbox.pong(Buffer.from('2'));
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  assert.equal(socket.sent.length, 42);
  assert.equal(socket.sent.at(-1), 'pong 2');
});
