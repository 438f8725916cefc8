/**
 * Whatever clients send, the server answers or stays silent, and goes on. Seeded; the seed is
 * printed.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { readRequest } from '../../src/rtm/request.ts';
import { connect, serve } from './support.ts';
import { random } from './support-random.ts';

type Random = (below: number) => number;

const ACTIONS = [
  'subscribe',
  'unsubscribe',
  'publish',
  'read',
  'write',
  'delete',
  'search',
  'no',
].map((operation) => `rtm/${operation}`);
ACTIONS.push('auth/handshake', 'auth/authenticate', 'a/b', 'rtm', '/', '');
const KEYS = [
  ...['channel', 'subscription_id', 'message', 'position', 'history', 'count', 'age', 'force'],
  ...['fast_forward', 'only', 'filter', 'prefix', 'purge', 'method', 'data', 'role', 'credentials'],
  ...['hash', '__proto__', 'constructor', 'toString', 'then', ''],
];
const SCALARS = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '-1',
    '1.5',
    '1e999',
    '9007199254740993',
    '""',
    '"c"',
    '"$heartbeat"',
  ],
  ...[
    '"0:0"',
    '"1:1"',
    '"value_changes"',
    '"role_secret"',
    '"\\u0000"',
    '"\\ud800"',
    '"\u{1f30a}"',
    '"x"',
  ],
];

function pick<T>(next: Random, from: readonly T[]): T {
  return from[next(from.length)]!;
}

/** Random JSON text, mostly with keys that mean something. */
function randomJson(next: Random, depth: number): string {
  if (depth === 0 || next(3) === 0) return pick(next, SCALARS);
  const parts = Array.from({ length: next(6) }, () => randomJson(next, depth - 1));
  if (next(5) === 0) return `[${parts.join(',')}]`;
  return `{${parts.map((part) => `${JSON.stringify(pick(next, KEYS))}:${part}`).join(',')}}`;
}

function randomFrame(next: Random): Buffer {
  const id = next(2) === 0 ? '' : `"id":${randomJson(next, 1)},`;
  const action = JSON.stringify(pick(next, ACTIONS));
  const text = `{"action":${action},${id}"body":${randomJson(next, 3)}}`;
  const frame = Buffer.from(next(20) === 0 ? randomJson(next, 4) : text);
  const kind = next(10);
  if (kind === 0) return frame.subarray(0, next(frame.length + 1));
  if (kind === 1 && frame.length > 0) frame[next(frame.length)] = next(256);
  return frame;
}

test('no frame makes the parser throw', (t) => {
  const next = random(t);
  for (let n = 0; n < 20_000; n += 1) readRequest(randomFrame(next));
  for (const text of ['['.repeat(1_000_000), '{"a":'.repeat(200_000), '"'.repeat(1_000_001)]) {
    assert('fault' in readRequest(Buffer.from(text)));
  }
});

test('no sequence of frames brings the server down, or changes Object.prototype', async (t) => {
  const next = random(t);
  const server = await serve(t, { roles: {}, retention: { messages: 50 }, channelsMax: 20 });
  const client = await connect(t, server);
  for (let n = 0; n < 20_000; n += 1) client.socket.send(randomFrame(next), { binary: true });
  const witness = await connect(t, server);
  await witness.silent();
  client.send({ action: 'rtm/search', id: 'the last one', body: { prefix: '' } });
  while ((await client.next()).id !== 'the last one');
  const stats = server.stats();
  assert.equal(stats.internalErrors, 0);
  assert.equal(stats.requests + stats.malformed, 20_002);
  assert.equal(Object.keys(Object.prototype).length, 0);
});
