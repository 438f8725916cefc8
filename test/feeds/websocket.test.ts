// `websocket`: what is sent once connected, which frames are messages, how the link is kept alive.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { websocketOptions } from '../../src/feeds/websocket/options.ts';
import { runFeed } from '../support/feed-run.ts';
import { startFeedServer } from '../support/feed-server.ts';

type Frames = readonly (string | Buffer)[];

/** Sends the frames to a feed with these options; what came of them. */
async function read(context: TestContext, options: object, frames: Frames) {
  const server = await startFeedServer(context);
  const { sink } = runFeed(context, [{ kind: 'websocket', url: server.url, ...options }]);
  const peer = await server.accept();
  peer.send(...frames);
  await peer.settled();
  const bodies = sink.all('messages').flatMap((call) => call.bodies);
  return { counted: sink.counted, malformed: sink.malformedCount, bodies };
}

/** The same for a feed of JSON, by number alone. */
async function counts(context: TestContext, options: object, frames: readonly unknown[]) {
  const texts = frames.map((frame) => JSON.stringify(frame));
  const { counted, malformed } = await read(context, options, texts);
  return [counted, malformed];
}

test('json: one value a frame, also from binary frames; anything else is malformed', async (context) => {
  const frames = ['{"a":1}', ' [1,2] ', 'null', '"text"', Buffer.from('{"b":2}'), 'pong', ''];
  const { counted, malformed, bodies } = await read(context, {}, frames);
  assert.deepEqual([counted, malformed], [5, 2]);
  assert.deepEqual(bodies, [{ a: 1 }, [1, 2], null, 'text', { b: 2 }]);
});

test('text: each frame is a message, JSON or not', async (context) => {
  const { bodies, malformed } = await read(context, { format: 'text' }, ['a', '{', '']);
  assert.deepEqual(bodies, ['a', '{', '']);
  assert.equal(malformed, 0);
});

test('binary: each frame is a message, byte for byte', async (context) => {
  const frames = [Buffer.from([0, 255, 193]), Buffer.from('text')];
  const { bodies, malformed } = await read(context, { format: 'binary' }, frames);
  assert.deepEqual(bodies, frames);
  assert.equal(malformed, 0);
});

test('messages: the array at the path is counted, one by one', async (context) => {
  const frames = [{ p: { items: [1, 2, 3] } }, { p: { items: [] } }, { p: { items: [4] } }];
  assert.deepEqual(await counts(context, { messages: 'p.items' }, frames), [4, 0]);
});

test('messages: a frame that passes without the array is malformed', async (context) => {
  const frames = [{ t: 'x', data: 'no' }, { t: 'x' }, { t: 'y' }, { t: 'x', data: [1] }, null];
  const options = { messages: 'data', only: { t: 'x' } };
  assert.deepEqual(await counts(context, options, frames), [1, 2]);
});

test('messages: $ takes the frame itself as the array', async (context) => {
  assert.deepEqual(await counts(context, { messages: '$' }, [[1, 2], [], {}]), [2, 1]);
});

const TYPES = [{ type: 'match' }, { type: 'last_match' }, { type: 'heartbeat', n: 1 }, { n: 2 }, 7];

for (const [law, options, counted] of [
  ['a value', { only: { type: 'match' } }, 1],
  ['either of several values', { only: { type: ['match', 'heartbeat'] } }, 2],
  ['any value at all', { only: { n: '*' } }, 2],
  ['all lines of one condition', { only: { type: 'heartbeat', n: 1 } }, 1],
  ['all lines, or nothing', { only: { type: 'heartbeat', n: 2 } }, 0],
  ['one of several conditions', { only: [{ type: 'match' }, { n: 2 }] }, 2],
  ['no number for a text', { only: { n: '1' } }, 0],
  ['nothing but what is ignored', { ignore: { type: ['last_match', 'heartbeat'] } }, 3],
  ['only what is not ignored', { only: { n: '*' }, ignore: { type: 'heartbeat' } }, 1],
] as const) {
  test(`only and ignore: ${law}`, async (context) => {
    assert.deepEqual(await counts(context, options, TYPES), [counted, 0]);
  });
}

test('only: null and false are values, a missing path is none', async (context) => {
  const frames = [{ a: null }, { a: false }, {}];
  assert.deepEqual(await counts(context, { only: { a: null } }, frames), [1, 0]);
  assert.deepEqual(await counts(context, { only: { a: '*' } }, frames), [2, 0]);
});

test('only: frames that are arrays are told apart by index, as Nostr needs', async (context) => {
  const frames = [
    ['EVENT', 's1', { id: 1 }],
    ['EOSE', 's1'],
    ['EVENT', 's1', { id: 2 }],
    ['NOTICE', 'slow down'],
  ];
  assert.deepEqual(await counts(context, { only: { '[0]': 'EVENT' } }, frames), [2, 0]);
});

test('only: what an object inherits is no value', async (context) => {
  const frames = ['{}', '{"toString":1}', '{"constructor":"x"}'];
  const { counted } = await read(context, { only: { toString: '*' } }, frames);
  assert.equal(counted, 1);
});

test('ignore: a plain text is ignored in a feed of JSON, and is no malformed message', async (context) => {
  const frames = ['pong', '{"a":1}', 'ping'];
  const { counted, malformed } = await read(context, { ignore: ['pong', { b: 1 }] }, frames);
  assert.deepEqual([counted, malformed], [1, 1]);
});

test('ignore: a plain text is ignored in a feed of text', async (context) => {
  const options = { format: 'text', ignore: 'pong' };
  const { bodies } = await read(context, options, ['pong', 'message']);
  assert.deepEqual(bodies, ['message']);
});

test('only: a whole number beyond 2^53 is not its neighbour', async (context) => {
  const only = { id: 9_007_199_254_740_993n };
  const frames = [
    '{"id":9007199254740992}',
    '{"id":9007199254740994}',
    '{"id":"9007199254740993"}',
  ];
  const { counted, malformed } = await read(context, { only }, frames);
  assert.deepEqual([counted, malformed], [0, 0]);
});

test('ready that never comes is given up in time, and tried again', async (context) => {
  const server = await startFeedServer(context);
  const ready = { type: 'welcome' };
  const only = { type: 'match' };
  const given = { kind: 'websocket', url: server.url, ready, only, handshakeTimeout: '3s' };
  const { sink, time } = runFeed(context, [given]);
  const deaf = await server.accept();
  deaf.send({ type: 'error' });
  await sink.next('alive');
  time.pass(2_999);
  assert.deepEqual(sink.names('up', 'down'), []);
  time.pass(1);
  assert.equal((await sink.next('down')).detail, 'no frame matched "ready" within 3s');
  time.pass(time.lastDelayMs);
  const friendly = await server.accept();
  friendly.send({ type: 'welcome' });
  await sink.next('up');
  time.pass(10_000);
  assert.equal(sink.all('down').length, 1, 'a link that is ready is kept');
});

for (const [law, subscribe, sent] of [
  ['a text goes out as it is', 'hello', ['hello']],
  ['an object goes out as JSON', { a: [1] }, ['{"a":[1]}']],
  ['a list of objects is several messages', [{ a: 1 }, { b: 2 }], ['{"a":1}', '{"b":2}']],
  ['an array that starts with a text is one message', ['REQ', 's1', {}], ['["REQ","s1",{}]']],
  ['a list of texts is several messages', ['a\0', 'b'], ['a\0', 'b']],
  ['an array that starts with a number is one message', [1, 'r', {}], ['[1,"r",{}]']],
  ['a list of arrays is several messages', [['REQ', 'a'], ['X']], ['["REQ","a"]', '["X"]']],
] as const) {
  test(`subscribe: ${law}, after each connect`, async (context) => {
    const server = await startFeedServer(context);
    const options = { kind: 'websocket', url: server.url, subscribe };
    const { sink, time } = runFeed(context, [options]);
    for (let round = 0; round < 2; round++) {
      const peer = await server.accept();
      for (const text of sent) assert.equal(await peer.next(), text);
      await peer.settled();
      assert.deepEqual(peer.unread, []);
      peer.socket.close(1000);
      await sink.next('down');
      time.pass(time.lastDelayMs);
    }
  });
}

test('subprotocols are offered', async (context) => {
  const handleProtocols = () => 'b';
  const server = await startFeedServer(context, { handleProtocols });
  const options = { kind: 'websocket', url: server.url, protocols: ['a', 'b'] };
  const { sink } = runFeed(context, [options]);
  const peer = await server.accept();
  assert.equal(peer.request.headers['sec-websocket-protocol'], 'a,b');
  await sink.next('up');
});

test('ping: a protocol ping goes out at its interval, and its pong is life', async (context) => {
  const server = await startFeedServer(context);
  const options = { kind: 'websocket', url: server.url, ping: '7s' };
  const { sink, time } = runFeed(context, [options]);
  const peer = await server.accept();
  let pingCount = 0;
  peer.socket.on('ping', () => {
    pingCount += 1;
  });
  await sink.next('up');
  time.pass(6_999);
  await peer.settled();
  assert.equal(pingCount, 0);
  time.pass(1);
  await sink.next('alive');
  await peer.settled();
  assert.equal(pingCount, 1);
});

test('ping: the default asks every 20 seconds', async (context) => {
  const server = await startFeedServer(context);
  const { sink, time } = runFeed(context, [{ kind: 'websocket', url: server.url }]);
  const peer = await server.accept();
  let pingCount = 0;
  peer.socket.on('ping', () => {
    pingCount += 1;
  });
  await sink.next('up');
  for (let round = 1; round <= 5; round++) {
    time.pass(20_000);
    await peer.settled();
    assert.equal(pingCount, round);
  }
});

test('ping: a message of your own goes out, and its answer is life but no message', async (context) => {
  const server = await startFeedServer(context, { autoPong: false });
  const ping = { every: '30s', send: { method: 'ping' } };
  const ignore = { channel: 'pong' };
  const options = { kind: 'websocket', url: server.url, ping, ignore, silence: '60s' };
  const { sink, time } = runFeed(context, [options]);
  const peer = await server.accept();
  await sink.next('up');
  for (let round = 0; round < 5; round++) {
    time.pass(30_000);
    assert.equal(await peer.next(), '{"method":"ping"}');
    peer.send({ channel: 'pong' });
    await sink.next('alive');
  }
  assert.deepEqual(sink.names('down', 'messages', 'malformed'), []);
});

test('ping: off sends none, and silence still ends the link', async (context) => {
  const server = await startFeedServer(context);
  const options = { kind: 'websocket', url: server.url, ping: 'off', silence: '30s' };
  const { sink, time } = runFeed(context, [options]);
  const peer = await server.accept();
  await sink.next('up');
  let pingCount = 0;
  peer.socket.on('ping', () => {
    pingCount += 1;
  });
  time.pass(29_999);
  await peer.settled();
  assert.equal(pingCount, 0);
  // The test's own ping was a sign of life.
  time.pass(30_000);
  assert.equal((await sink.next('down')).detail, 'no sign of life for 30s');
});

test('a link that outlived the longest wait was good, even if it brought no message', async (context) => {
  const server = await startFeedServer(context);
  const retry = { first: '100ms', most: '5s' };
  const { sink, time } = runFeed(context, [{ kind: 'websocket', url: server.url, retry }]);
  for (const [lastedMs, waitMs] of [
    [0, 50],
    [0, 100],
    [5_000, 50],
    [4_999, 100],
  ] as const) {
    const peer = await server.accept();
    await sink.next('up');
    time.pass(lastedMs);
    peer.socket.close(1000);
    await sink.next('down');
    assert.equal(time.lastDelayMs, waitMs);
    time.pass(waitMs);
  }
});

for (const [law, options] of [
  ['an address that is not WebSocket', { url: 'https://a.example' }],
  ['a path that is none', { messages: 'a..b' }],
  ['a condition without a path', { only: {} }],
  ['messages in a feed of text', { format: 'text', messages: 'data' }],
  ['conditions on bytes', { format: 'binary', only: { a: 1 } }],
  ['a ping that is not a duration', { ping: 'often' }],
  ['an unknown option', { topics: [] }],
] as const) {
  test(`options: ${law} is refused`, () => {
    const given = { kind: 'websocket', url: 'wss://a.example', ...options };
    assert.equal(websocketOptions.safeParse(given).success, false);
  });
}

test('a message whose stream has no name is counted as it comes, and throws nothing', async (context) => {
  const server = await startFeedServer(context);
  const sequence = { path: 'id', kind: 'dense', by: 'by' };
  const { sink } = runFeed(context, [{ kind: 'websocket', url: server.url, sequence }]);
  const peer = await server.accept();
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  for (const by of ['[{"toString":1}]', '{"toString":1,"valueOf":2}', deep, '7', '"7"', 'null']) {
    peer.send(`{"id":1,"by":${by}}`);
  }
  peer.send({ id: 1, by: 'x'.repeat(300) });
  await peer.settled();
  const duplicates = sink.all('duplicate').reduce((sum, { count }) => sum + count!, 0);
  // Numbers and texts name a stream; what is no name does not, so there is nothing to compare with.
  assert.deepEqual([sink.counted, duplicates], [6, 1]);
});

test('a ping is answered with what it carries; of many that have piled up, the newest is', async (context) => {
  const server = await startFeedServer(context);
  runFeed(context, [{ kind: 'websocket', url: server.url }]);
  const { socket } = await server.accept();
  const pongs: string[] = [];
  const nextPong = () =>
    new Promise<void>((done) =>
      socket.once('pong', (data) => {
        pongs.push(data.toString());
        done();
      }),
    );
  const first = nextPong();
  socket.ping('hello');
  await first;
  const newest = nextPong();
  const raw = socket as unknown as { _socket: { cork(): void; uncork(): void } };
  raw._socket.cork();
  for (let i = 0; i < 200; i++) socket.ping(`ping ${i}`);
  raw._socket.uncork();
  await newest;
  assert.deepEqual(pongs, ['hello', 'ping 199']);
  assert.equal(socket.readyState, socket.OPEN);
});
