/** The server as a whole: who gets in, bounds, closing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import test from 'node:test';
import { WebSocket } from 'ws';
import { rtmOptions } from '../../src/rtm/options.ts';
import { type RtmServer, startRtmServer } from '../../src/rtm/server.ts';
import { TEST_GATE } from '../support/gate.ts';
import { connect, serve } from './support.ts';

/** The HTTP status with which an upgrade is refused. */
async function refusal(server: RtmServer, path: string): Promise<number> {
  const socket = new WebSocket(`${server.url}${path}`);
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  response.resume();
  socket.terminate();
  return response.statusCode;
}

test('an unknown appkey or path is refused before the upgrade', async (t) => {
  const server = await serve(t, { appkey: 'known' });
  assert.equal(await refusal(server, '/v2?appkey=other'), 403);
  assert.equal(await refusal(server, '/v2'), 403);
  assert.equal(await refusal(server, '/v3?appkey=known'), 404);
  assert.equal(await refusal(server, '//?appkey=known'), 400);
  assert.equal(server.stats().refusedUpgrades, 4);
  await connect(t, server, '/v2?appkey=known');
  await connect(t, server, '/v2/?appkey=known&x=1');
  assert.equal((await fetch(server.url.replace('ws', 'http'))).status, 426);
});

test('json is the only subprotocol, and may be left out', async (t) => {
  const server = await serve(t);
  const offered = new WebSocket(`${server.url}/v2?appkey=demo`, ['cbor', 'json']);
  t.after(() => offered.terminate());
  await once(offered, 'open');
  assert.equal(offered.protocol, 'json');
  const cbor = new WebSocket(`${server.url}/v2?appkey=demo`, ['cbor']);
  const [error] = await once(cbor, 'error');
  assert.match(error.message, /subprotocol/);
  assert.equal((await connect(t, server)).socket.protocol, '');
});

test('JSON is taken from binary frames as well', async (t) => {
  const client = await connect(t, await serve(t));
  client.socket.send(Buffer.from('{"action":"rtm/read","id":1,"body":{"channel":"ü"}}'));
  assert.equal((await client.next()).action, 'rtm/read/ok');
});

test('an oversize PDU closes its connection with 1009, invalid UTF-8 with 1007', async (t) => {
  const server = await serve(t, { pduBytesMax: 2_000 });
  const large = await connect(t, server);
  large.socket.send('x'.repeat(2_001));
  assert.equal((await once(large.socket, 'close'))[0], 1009);
  const broken = await connect(t, server);
  broken.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
  assert.equal((await once(broken.socket, 'close'))[0], 1007);
  await (await connect(t, server)).silent();
});

test('each bound refuses in its own words, and is counted', async (t) => {
  const server = await serve(t, { channelsMax: 2, connectionsMax: 1 });
  const client = await connect(t, server);
  assert.equal(await refusal(server, '/v2?appkey=demo'), 503);
  for (const channel of ['a', 'b']) await client.call('rtm/subscribe', { channel });
  for (const action of ['subscribe', 'publish', 'write', 'delete']) {
    const reply = await client.call(`rtm/${action}`, { channel: 'c', message: 1 });
    assert.equal(reply.body.error, 'channel_quota_exceeded');
  }
  const { refusedConnections, refusedChannels } = server.stats();
  assert.deepEqual([refusedConnections, refusedChannels], [1, 4]);
});

test('a connection holds a bounded number of subscriptions', async (t) => {
  const server = await serve(t, { channelsMax: 2_000 });
  const client = await connect(t, server);
  for (let n = 0; n < 1_000; n += 1) {
    client.send({ action: 'rtm/subscribe', body: { channel: `c${n}` } });
  }
  const reply = await client.call('rtm/subscribe', { channel: 'one more' });
  assert.equal(reply.body.error, 'subscription_quota_exceeded');
  assert.equal(server.stats().refusedSubscriptions, 1);
});

test('all channels together keep bounded bytes, and the largest gives way', async (t) => {
  const server = await serve(t, { retention: { bytes: 100_000 } });
  server.publish('small', 'kept');
  for (let n = 0; n < 1_000; n += 1) {
    server.publish('large', 'x'.repeat(1_000));
    assert(server.stats().keptBytes <= 100_000);
  }
  assert(server.stats().shrunkChannels > 0);
  const client = await connect(t, server);
  assert.equal((await client.call('rtm/read', { channel: 'small' })).body.message, 'kept');
});

test('a lost connection leaves no subscription behind', async (t) => {
  const server = await serve(t);
  const client = await connect(t, server);
  const witness = await connect(t, server);
  await client.call('rtm/subscribe', { channel: 'c' });
  client.socket.terminate();
  while (server.stats().connections > 1) await witness.silent();
  assert.equal(server.stats().subscriptions, 0);
  server.publish('c', 1);
  await witness.silent();
  assert.equal(server.stats().delivered, 0);
});

test('close says 1001 to clients and ends within a second, stragglers or not', async () => {
  const server = await startRtmServer(rtmOptions.parse({}), {
    clock: Date.now,
    gate: () => TEST_GATE,
  });
  const polite = new WebSocket(`${server.url}/v2?appkey=demo`);
  await once(polite, 'open');
  const straggler = new WebSocket(`${server.url}/v2?appkey=demo`);
  await once(straggler, 'open');
  straggler.pause();
  const silent = connectTcp(server.port, '127.0.0.1');
  silent.on('error', () => {});
  await once(silent, 'connect');
  const code = once(polite, 'close');
  const started = performance.now();
  await Promise.all([server.close(), server.close()]);
  assert(performance.now() - started < 1_000);
  assert.equal((await code)[0], 1001);
  straggler.terminate();
  silent.destroy();
  assert.equal(server.stats().connections, 0);
});

test('an address that cannot be had is a clear error', async (t) => {
  const { port } = await serve(t);
  const options = rtmOptions.parse({ listen: `127.0.0.1:${port}` });
  const started = startRtmServer(options, { clock: Date.now, gate: () => TEST_GATE });
  await assert.rejects(started, new RegExp(`cannot listen on 127.0.0.1:${port}: .*EADDRINUSE`));
});

test('publish from within refuses what clients could not publish', async (t) => {
  const server = await serve(t);
  assert.throws(() => server.publish('$x', 1), /cannot be the name/);
  assert.throws(() => server.publish('', 1), /cannot be the name/);
  assert.throws(() => server.publish('c', undefined), /not a JSON value/);
});
