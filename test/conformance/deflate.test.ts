/*
 * Compression by the book (cases 12.* and 13.* of the Autobahn test suite, reduced): every answer a server may give to
 * our offer. Window bits of 8 are left out: zlib has no raw deflate with them, and takes 9 instead.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../rtm/support.ts';
import { seeded } from '../support/seeded.ts';
import { type DeflateAnswer, headerOf, MessageZip } from './deflate.ts';
import { closeFeed, openFeed } from './feed-side.ts';
import { connectByHand, type Frame, header, listenByHand, OP, type Wire } from './wire.ts';

const BITS = [null, 9, 10, 11, 12, 13, 14, 15];
const ANSWERS: readonly DeflateAnswer[] = BITS.flatMap((serverBits) =>
  BITS.flatMap((clientBits) =>
    [true, false].flatMap((serverTakeover) =>
      [true, false].map((clientTakeover) => ({
        serverBits,
        clientBits,
        serverTakeover,
        clientTakeover,
      })),
    ),
  ),
);
const MESSAGES = [0, 16, 128, 1_024, 8_192, 65_536].map(words);
/** Long enough to be compressed, and alike, so that what is remembered matters. */
const SUBSCRIBE = ['first', 'second', 'third'].map((name) => `${name} ${words(4_000)}`);

/** Words of a small vocabulary: compressible, and with repetitions near and far. */
function words(length: number): string {
  const random = seeded(length);
  let text = '';
  while (text.length < length) text += `${Math.floor(random() * 500).toString(36)} `;
  return text.slice(0, length);
}

/** A message in one compressed frame, or in three of which the first says so. */
function frames(payload: Buffer, parts: number): Frame[] {
  const size = Math.ceil(payload.length / parts);
  return Array.from({ length: parts }, (_, index) => ({
    op: index === 0 ? OP.text : OP.more,
    rsv: index === 0 ? 4 : 0,
    fin: index === parts - 1,
    payload: payload.subarray(index * size, (index + 1) * size),
  }));
}

/** The texts that the feed sends first, restored. */
async function sentBy(wire: Wire, answer: DeflateAnswer, count: number): Promise<string[]> {
  const zip = new MessageZip('inflate', answer.clientBits, answer.clientTakeover);
  const texts: string[] = [];
  while (texts.length < count) {
    const frame = await wire.next();
    assert.equal(frame?.rsv, 4, 'a long text goes out compressed');
    texts.push((await zip.inflate(frame.payload)).toString());
  }
  return texts;
}

test('whatever a server answers to our offer, both directions are understood', async (t) => {
  let answer = ANSWERS[0]!;
  const server = await listenByHand((request) => {
    assert.match(header(request, 'sec-websocket-extensions') ?? '', /^permessage-deflate/);
    return headerOf(answer);
  });
  for (answer of ANSWERS) {
    const options = { url: server.url, format: 'text', compress: true, subscribe: SUBSCRIBE };
    const opened = openFeed({ ...options, subscribe: SUBSCRIBE.map((text) => ({ text })) });
    const wire = await server.accept();
    const wanted = SUBSCRIBE.map((text) => JSON.stringify({ text }));
    assert.deepEqual(await sentBy(wire, answer, 3), wanted, headerOf(answer));
    const zip = new MessageZip('deflate', answer.serverBits, answer.serverTakeover);
    for (const [index, text] of MESSAGES.entries()) {
      wire.send(frames(await zip.deflate(Buffer.from(text)), index % 2 === 0 ? 1 : 3));
      wire.send([{ op: OP.text, payload: Buffer.from('plain') }]);
    }
    await opened.sink.untilCounted(2 * MESSAGES.length);
    const bodies = opened.sink.all('messages').flatMap((call) => call.bodies);
    assert.deepEqual(
      bodies,
      MESSAGES.flatMap((text) => [text, 'plain']),
      headerOf(answer),
    );
    await closeFeed(opened, wire);
  }
  await server.close();
  t.diagnostic(`${ANSWERS.length} answers, ${2 * MESSAGES.length} messages each`);
});

test('an answer that was not asked for, or makes no sense, is refused', async () => {
  let extensions = '';
  const server = await listenByHand(() => extensions);
  for (const [compress, given] of [
    [false, 'permessage-deflate'],
    [true, 'permessage-bzip2'],
    [true, 'permessage-deflate; server_max_window_bits=7'],
    [true, 'permessage-deflate; server_max_window_bits=16'],
    [true, 'permessage-deflate; client_max_window_bits'],
    [true, 'permessage-deflate; server_no_context_takeover=1'],
    [true, 'permessage-deflate; unheard_of'],
    [true, 'permessage-deflate; server_max_window_bits=9; server_max_window_bits=9'],
  ] as const) {
    extensions = given;
    const opened = openFeed({ url: server.url, compress });
    const wire = await server.accept();
    await opened.sink.next('down');
    assert.deepEqual(opened.sink.all('up'), [], given);
    await closeFeed(opened, wire);
  }
  await server.close();
});

test('bytes that do not inflate, or inflate beyond the bound, close the link', async () => {
  const server = await listenByHand(() => 'permessage-deflate');
  const bomb = await new MessageZip('deflate', null, true).deflate(Buffer.alloc(64 * 1_048_576));
  assert.ok(bomb.length < 100_000);
  for (const [payload, code] of [
    [bomb, 1009],
    [Buffer.from('07ffffff', 'hex'), 1007],
    [Buffer.from('Hello, world!'), 1007],
  ] as const) {
    const opened = openFeed({ url: server.url, compress: true, frameBytesMax: 1_048_576 });
    const wire = await server.accept();
    await opened.sink.next('up');
    wire.send(frames(payload, 1));
    await opened.sink.next('down');
    const frame = await wire.next();
    assert.equal(frame?.op, OP.close);
    assert.equal(frame.payload.readUInt16BE(), code);
    assert.equal(opened.sink.counted, 0);
    await closeFeed(opened, wire);
  }
  await server.close();
});

test('the RTM server declines compression, and goes on without', async (t) => {
  const server = await serve(t);
  for (const offer of [
    'permessage-deflate',
    'permessage-deflate; client_max_window_bits',
    ...BITS.slice(1).map((bits) => `permessage-deflate; server_max_window_bits=${bits}`),
    'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
    'permessage-deflate; server_max_window_bits=9, permessage-deflate',
    'unheard-of',
  ]) {
    const wire = await connectByHand(`${server.url}/v2?appkey=demo`, offer);
    assert.match(wire.head, /^HTTP\/1.1 101/, offer);
    assert.equal(header(wire.head, 'sec-websocket-extensions'), null, offer);
    const search = { action: 'rtm/search', id: 1, body: { prefix: '' } };
    wire.send([{ op: OP.text, payload: Buffer.from(JSON.stringify(search)) }]);
    assert.match(String((await wire.next())?.payload), /rtm\/search\/ok/);
    wire.send([{ op: OP.text, payload: Buffer.from('x'), rsv: 4 }]);
    assert.equal((await wire.next())?.payload.readUInt16BE(), 1002);
    wire.destroy();
  }
});
