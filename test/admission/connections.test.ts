// Bounds on connections: over one, the newcomer is turned away, and those that are in go on.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { boundConnections, HTTP_PATIENCE } from '../../src/admission/connections.ts';
import { until } from '../support/weir.ts';

async function serve(
  t: TestContext,
  bounds: { total: number; perAddress: number; isShared?: (address: string) => boolean },
  patience: Partial<Record<keyof typeof HTTP_PATIENCE, number>> = {},
) {
  const refused: string[] = [];
  const server = createServer({ ...HTTP_PATIENCE, ...patience }, (_request, response) => {
    response.end('served');
  });
  const onRefused = (bound: string) => refused.push(bound);
  boundConnections(server, { isShared: () => false, ...bounds, onRefused });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const open = async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  return { refused, open };
}

async function answerOf(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await until('an answer', () => text !== '' || socket.destroyed);
  return text;
}

test('one address gets so many connections, and a new one when an old one has closed', async (t) => {
  const { refused, open } = await serve(t, { total: 10, perAddress: 2 });
  const [first, second] = [await open(), await open()];
  assert.match(await answerOf(first), /served/);
  const third = await open();
  let text = '';
  third.on('data', (chunk) => {
    text += chunk;
  });
  await once(third, 'close');
  assert.match(text, /^HTTP\/1\.1 503 .*Retry-After: \d+/s);
  assert.deepEqual(refused, ['perAddress']);
  assert.match(await answerOf(second), /served/, 'those that are in stay');
  second.destroy();
  const served = await until('room again', async () => {
    const socket = await open();
    return /served/.test(await answerOf(socket));
  });
  assert.ok(served);
});

test('an address that many share is bounded by the total alone', async (t) => {
  const { refused, open } = await serve(t, { total: 3, perAddress: 1, isShared: () => true });
  const sockets = [await open(), await open(), await open()];
  for (const socket of sockets) assert.match(await answerOf(socket), /served/);
  const over = await open();
  await once(over, 'close');
  assert.deepEqual(refused, ['total']);
});

test('a client that does not end its request is cut off; one that is idle between two is not', async (t) => {
  const short = { headersTimeout: 200, requestTimeout: 200, connectionsCheckingInterval: 50 };
  const { open } = await serve(t, { total: 10, perAddress: 10 }, short);
  const [idle, slow] = [await open(), await open()];
  assert.match(await answerOf(idle), /served/);
  slow.write('GET / HTTP/1.1\r\nHost: loc');
  const closed = once(slow.resume(), 'close');
  await closed;
  assert.match(await answerOf(idle), /served/);
});

test('an idle connection outlives the 60 s of a load balancer', () => {
  assert.ok(HTTP_PATIENCE.keepAliveTimeout > 60_000);
  assert.ok(HTTP_PATIENCE.headersTimeout <= 15_000 && HTTP_PATIENCE.requestTimeout <= 60_000);
});
