/*
 * The tap against what it stands before: the same bytes, cut at random places, once through the tap and once through `ws`
 * alone. What is counted, by key and position, what is malformed, what `ws` says, and the order of it all must be equal.
 * Both scanners take part. How it runs and how a failure is had again: campaign.ts.
 */
import assert from 'node:assert/strict';
import type { Writable } from 'node:stream';
import { test } from 'node:test';
import * as ws from 'ws';
import type { FeedChannel } from '../../src/feeds/feed.ts';
import { type SatoriOptions, satoriOptions } from '../../src/feeds/satori/options.ts';
import { parsePdu, textOf } from '../../src/feeds/satori/pdu.ts';
import { Subscription } from '../../src/feeds/satori/subscription.ts';
import { frameReader } from '../../src/feeds/websocket/frames.ts';
import { websocketOptions } from '../../src/feeds/websocket/options.ts';
import { tapOf } from '../../src/feeds/websocket/tapped.ts';
import { processorKind } from '../../src/processors/index.ts';
import { openTap, type TapLink } from '../../src/tap/index.ts';
import { TapSocket } from '../../src/tap/tap-socket.ts';
import { campaign, isLong } from './campaign.ts';
import { mutate } from './mutate.ts';
import { agree, KEYS_MAX, Recorder } from './tap-recorder.ts';
import { IDS, json, pdu, stream } from './tap-streams.ts';

/** Public, and not in the types. */
const { Receiver } = ws as unknown as { readonly Receiver: new (options: object) => Writable };
const FRAME_BYTES_MAX = 2_000;
const HANDSHAKE = Buffer.from('HTTP/1.1 101 Switching Protocols\r\n\r\n');
/** Of each seed in CI; together they take about a minute. */
const ROUNDS = 2_000;
const STREAMS_AT_ONCE = 50;

const PROCESSORS = [
  { kind: 'count' },
  { kind: 'count-by', key: 'symbol', keys: KEYS_MAX },
  { kind: 'count-by', key: 'data.symbol', keys: KEYS_MAX },
  { kind: 'sum', value: 'price' },
  { kind: 'sum', value: 'data.price', key: 'symbol', keys: KEYS_MAX },
  { kind: 'sum', value: 'price', key: 'data.symbol', keys: KEYS_MAX },
];
const WEBSOCKETS = [
  { format: 'json', messages: undefined },
  { format: 'json', messages: 'data.items' },
  { format: 'json', messages: '$' },
  { format: 'json', messages: undefined, only: { symbol: ['a', 1, null] } },
  { format: 'json', messages: undefined, only: { 'data.symbol': 'a', price: [1, 2.5, '4.125'] } },
  { format: 'json', messages: 'data.items', only: { kind: 'x' } },
  { format: 'text', messages: undefined },
  { format: 'binary', messages: undefined },
];

/** One side: a sink's log, a tap if there is one, and what is done with a frame that `ws` hands on. */
interface Side {
  readonly recorder: Recorder;
  /** For messages. */
  readonly what: unknown;
  readonly tap: TapLink | null;
  frame(data: Buffer): void;
}

type SideOf = () => Side;

test('for any stream, the tap and ws alone say the same', async (t) => {
  const worths = await Promise.all(
    PROCESSORS.map((options) => processorKind(options.kind)!.create(options, '.')),
  );
  await campaign(t, isLong ? 0 : ROUNDS, async (dice, figures) => {
    const note = figures.add.bind(figures);
    const which = () => dice.below(PROCESSORS.length);
    const streams = Array.from({ length: STREAMS_AT_ONCE }, () => {
      const isSatori = dice.once(2);
      const ids = IDS.slice(0, 1 + dice.below(3));
      const kind = dice.pick(WEBSOCKETS);
      const sideOf = isSatori
        ? satoriSide(
            worths,
            ids.map((id) => [id, which()]),
          )
        : websocketSide(worths, kind, which());
      const frameOf = () => (isSatori ? pdu(dice, ids) : json(dice, kind.messages));
      let bytes = stream(dice, frameOf);
      if (dice.once(4)) bytes = mutate(dice, bytes, bytes);
      const places = dice.list(0, 4, () => dice.below(bytes.length + 1));
      return { sideOf, chunks: cut(bytes, places), scanner: dice.once(3) ? 'js' : 'wasm' };
    });
    // Taps of one thread share a scanner, and take turns.
    await Promise.all(streams.map((one) => compare(one.sideOf, one.chunks, note, one.scanner)));
  });
});

test('every way to cut a stream in two says the same', async () => {
  const worths = [await processorKind('count-by')!.create(PROCESSORS[1]!, '.')];
  const text = (n: number) =>
    `{"action":"rtm/subscription/data","body":{"position":"1:${n}","messages":[{"symbol":"a"},{"symbol":"\\u00e9"}],"subscription_id":"c"}}`;
  const frames = [text(7), 'no PDU', text(8), text(9)].flatMap((one) => [
    Buffer.from([0x81, one.length > 125 ? 126 : one.length]),
    Buffer.from(one.length > 125 ? [one.length >> 8, one.length & 0xff] : []),
    Buffer.from(one),
  ]);
  const bytes = Buffer.concat([
    ...frames,
    Buffer.from([0x89, 0]),
    frames[0]!,
    frames[1]!,
    frames[2]!,
  ]);
  for (const scanner of ['js', 'wasm']) {
    for (let at = 0; at <= bytes.length; at++) {
      const sideOf = satoriSide(worths, [['c', 0]], [PROCESSORS[1]!]);
      await compare(sideOf, cut(bytes, [at]), () => {}, scanner);
    }
  }
});

async function compare(
  sideOf: SideOf,
  chunks: readonly Buffer[],
  note: (name: string, count?: number) => void,
  scanner: string,
): Promise<void> {
  process.env['WEIR_TAP'] = scanner;
  const tapped = sideOf();
  process.env['WEIR_TAP'] = 'off';
  const plain = sideOf();
  const dropped = await throughTap(tapped, chunks);
  await throughWs(plain, chunks);
  tapped.tap?.close();
  note('streams');
  note(
    'bytes',
    chunks.reduce((sum, { length }) => sum + length, 0),
  );
  if (dropped > 0) note('streams counted by the tap');
  note('bytes counted by the tap', dropped);
  if (agree(tapped.recorder.log, plain.recorder.log)) return;
  const context = Buffer.concat(chunks).toString('latin1');
  assert.deepEqual(
    tapped.recorder.log,
    plain.recorder.log,
    JSON.stringify([scanner, tapped.what, context]),
  );
}

/** Returns how many bytes the tap kept to itself. */
async function throughTap(side: Side, chunks: readonly Buffer[]): Promise<number> {
  if (!side.tap) {
    await throughWs(side, chunks);
    return 0;
  }
  const socket = new TapSocket(side.tap, () => {});
  let handedOn = -HANDSHAKE.length;
  const receiver = receiverOf(side, () => socket.answered());
  const take = (chunk: Buffer) => {
    handedOn += chunk.length;
    if (handedOn <= 0) return;
    if (receiver.write(chunk.subarray(Math.max(0, chunk.length - handedOn)))) return;
    socket.pause();
    receiver.once('drain', () => socket.resume());
  };
  socket.on('data', take);
  for (const end of ['error', 'conclude']) {
    receiver.on(end, () => {
      socket.off('data', take);
      socket.on('data', (chunk: Buffer) => {
        handedOn += chunk.length;
      });
      socket.resume();
    });
  }
  socket.received(HANDSHAKE);
  await turn();
  socket.opened('');
  for (const chunk of chunks) socket.received(chunk);
  await turn();
  side.recorder.other('');
  socket.destroy();
  receiver.destroy();
  return chunks.reduce((sum, { length }) => sum + length, 0) - handedOn;
}

async function throughWs(side: Side, chunks: readonly Buffer[]): Promise<void> {
  const receiver = receiverOf(side, () => {});
  let over = false;
  for (const end of ['error', 'conclude']) {
    receiver.on(end, () => {
      over = true;
    });
  }
  for (const chunk of chunks) {
    if (!over) receiver.write(chunk);
  }
  await turn();
  side.recorder.other('');
  receiver.destroy();
}

/** The receiver of `ws`, with what `ws` and the connection make of its events. */
function receiverOf({ recorder, frame }: Side, answered: () => void): Writable {
  const receiver = new Receiver({
    maxPayload: FRAME_BYTES_MAX,
    skipUTF8Validation: true,
    allowSynchronousEvents: true,
  });
  receiver.on('message', (data: Buffer) => {
    frame(data);
    answered();
  });
  for (const name of ['ping', 'pong']) {
    receiver.on(name, (data: Buffer) => {
      recorder.other(`${name} ${data.toString('hex')}`);
      answered();
    });
  }
  receiver.on('conclude', (code: number) => recorder.other(`close ${code}`));
  receiver.on('error', (error: Error) => recorder.other(`error ${error.message}`));
  return receiver;
}

/** Channels of one RTM connection, by subscription id and processor. */
function satoriSide(
  worths: readonly Parameters<Recorder['sink']>[1][],
  channels: readonly (readonly [string, number])[],
  processors: readonly object[] = PROCESSORS,
): SideOf {
  return () => {
    const recorder = new Recorder();
    const subscriptions = channels.map(([id, index]) => {
      const options = satoriOptions.parse({
        kind: 'satori',
        url: 'ws://127.0.0.1:1',
        appkey: 'k',
        channel: id,
      });
      return new Subscription(
        channel(
          recorder,
          id,
          options,
          worths[index]!,
          processors[index]!,
        ) as FeedChannel<SatoriOptions>,
        { now: () => 0, elapsed: () => 0, step: null },
      );
    });
    const byId = new Map(subscriptions.map((subscription) => [subscription.id, subscription]));
    const tapped = subscriptions
      .map((subscription) => subscription.tapped)
      .filter((one) => one !== null);
    const plan = {
      envelope: 'satori',
      utf8: false,
      frameBytesMax: FRAME_BYTES_MAX,
      channels: tapped,
    } as const;
    return {
      recorder,
      what: channels,
      tap: openTap(plan),
      frame(data) {
        const read = parsePdu(data.toString('utf8'));
        const subscription = byId.get(textOf(read?.body['subscription_id']) ?? '');
        if (read?.action === 'rtm/subscription/data' && subscription) subscription.data(read);
        else recorder.other(`frame ${data.toString('hex')}`);
      },
    };
  };
}

function websocketSide(
  worths: readonly Parameters<Recorder['sink']>[1][],
  given: object,
  index: number,
): SideOf {
  return () => {
    const recorder = new Recorder();
    const options = websocketOptions.parse({
      kind: 'websocket',
      url: 'ws://127.0.0.1:1',
      frameBytesMax: FRAME_BYTES_MAX,
      ...given,
    });
    const one = channel(recorder, 'c', options, worths[index]!, PROCESSORS[index]!);
    const read = frameReader(options);
    return {
      recorder,
      what: [given, PROCESSORS[index]],
      tap: tapOf(one as Parameters<typeof tapOf>[0], () => {}),
      frame(data) {
        const frame = read(data);
        if (frame.kind === 'messages') one.sink.messages(frame.messages, null);
        else if (frame.kind === 'malformed') one.sink.malformed(1, frame.detail);
        else recorder.other(`frame ${frame.kind}`);
      },
    };
  };
}

function channel(
  recorder: Recorder,
  name: string,
  options: object,
  worthOf: Parameters<Recorder['sink']>[1],
  processor: object,
): FeedChannel {
  const traits = processorKind((processor as { kind: string }).kind)!.traits(processor as never);
  const { needsBody, paths, keysMax } = traits;
  const sink = recorder.sink(name, worthOf, traits);
  return {
    name,
    options: options as FeedChannel['options'],
    sink,
    needsBody,
    look: { ...paths!, keysMax },
  };
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places].sort((a, b) => a - b);
  return [0, ...ends].map((from, index) => bytes.subarray(from, ends[index] ?? bytes.length));
}

function turn(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
