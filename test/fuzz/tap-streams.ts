// Streams of WebSocket frames: mostly what feeds send, in every way in which JSON may be written, and much that is odd.
import type { Dice } from './dice.ts';
import { json as nastyJson } from './nasty-json.ts';

export const IDS = ['c', 'trades', 'é'];
const KEYS = [
  '"a"',
  '"b"',
  '"\\u0061"',
  '"é"',
  '"a\\"b"',
  '1',
  '1.0',
  '-0',
  'true',
  'null',
  '{}',
  '[1]',
  '""',
  '"longer than eight bytes"',
];
const PRICES = [
  '1',
  '2.5',
  '-3.25',
  '"4.125"',
  '0.1',
  '1e3',
  '"x"',
  'null',
  '123456789012345',
  '1234567890123456',
  '"0.30"',
  '-0',
  '"1.0000000000000000000"',
];
/** A value behind a name, or after another one, as `vary` finds it. */
const VALUE = /(?<=[:,]\s*)("(?:[^"\\]|\\.)*"(?!\s*:)|-?[\d.e]+|true|null)/;
const LOUD = ['"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', '.', 'e', '\0', '\n', 'é', ' '];
const SPACES = ['', '', '', ' ', '\n', '\t ', '\r\n'];
const NAMES = ['symbol', 'price', 'data', 'x', 'messages', 'body', 'position', 'ymbol', 'sym bol'];

function oddValue(dice: Dice, depth: number): string {
  return nastyJson(dice, { keys: NAMES, values: KEYS }, depth);
}

/** A stream as a server could send it, handshake not included. */
export function stream(dice: Dice, frameOf: () => string): Buffer {
  const frames = alike(dice, 8, frameOf).map((text) =>
    dice.once(12) ? oddFrames(dice, text) : plainFrame(dice, Buffer.from(text)),
  );
  return Buffer.concat(frames);
}

/** A PDU of Satori RTM, often a data PDU. */
export function pdu(dice: Dice, ids: readonly string[]): string {
  const action = dice.once(12)
    ? dice.pick([
        '"rtm/subscription/info"',
        '"rtm/subscribe/ok"',
        '"rtm/subscription/dat\\u0061"',
        '7',
      ])
    : '"rtm/subscription/data"';
  const messages = dice.once(20)
    ? oddValue(dice, 2)
    : `[${spaced(
        dice,
        alike(dice, 6, () => message(dice)),
      )}]`;
  const members = [
    ['position', dice.once(20) ? oddValue(dice, 1) : `"17:${dice.below(1_000)}"`],
    ['messages', messages],
    [
      'subscription_id',
      dice.once(12) ? dice.pick(['"other"', '"\\u0063"', '5']) : JSON.stringify(dice.pick(ids)),
    ],
  ];
  const body = object(dice, shuffled(dice, members));
  return object(
    dice,
    shuffled(dice, [
      ['action', action],
      ['body', dice.once(30) ? '[]' : body],
    ]),
  );
}

/** A frame of plain JSON: one message, or several at `data.items` or `$`, as `messages` says. */
export function json(dice: Dice, messages: string | undefined): string {
  if (messages === undefined || dice.once(12)) return message(dice);
  const items = dice.once(12)
    ? oddValue(dice, 1)
    : `[${spaced(
        dice,
        alike(dice, 6, () => message(dice)),
      )}]`;
  if (messages === '$') return items;
  const data = object(dice, shuffled(dice, [['items', items]]));
  const kind = dice.pick(['"x"', '"x"', '"y"', '"\\u0078"', '["x"]']);
  return object(
    dice,
    shuffled(dice, [
      ['kind', kind],
      ['data', data],
    ]),
  );
}

function message(dice: Dice): string {
  if (dice.once(6)) return oddValue(dice, 2);
  const members = [
    ['symbol', dice.pick(KEYS)],
    ['price', dice.pick(PRICES)],
    [
      'data',
      object(dice, [
        ['symbol', dice.pick(KEYS)],
        ['price', dice.pick(PRICES)],
      ]),
    ],
  ];
  return object(
    dice,
    shuffled(
      dice,
      members.filter(() => !dice.once(8)),
    ),
  );
}

function object(dice: Dice, members: readonly (readonly string[])[]): string {
  const texts = members.map(([name, value]) => {
    const written = dice.once(60)
      ? `"\\u00${name!.charCodeAt(0).toString(16)}${name!.slice(1)}"`
      : JSON.stringify(name);
    return `${written}${dice.pick(SPACES)}:${dice.pick(SPACES)}${value}`;
  });
  return `{${spaced(dice, texts)}}`;
}

/** Sometimes in another order, with more members, or with one twice. */
function shuffled(dice: Dice, members: readonly (readonly string[])[]): (readonly string[])[] {
  const list = [...members];
  if (dice.once(6))
    list.splice(dice.below(list.length + 1), 0, [dice.pick(NAMES), oddValue(dice, 2)]);
  if (dice.once(30) && list.length > 0) list.push([dice.pick(list)[0]!, oddValue(dice, 1)]);
  if (dice.once(4)) list.reverse();
  return list;
}

function spaced(dice: Dice, parts: readonly string[]): string {
  const [before, after] = dice.once(3) ? [dice.pick(SPACES), dice.pick(SPACES)] : ['', ''];
  return before + parts.join(`${after},${before}`) + after;
}

/** The same with another value here and there, and now and then with a byte that is wrong. */
function vary(dice: Dice, text: string): string {
  const at = dice.below(text.length + 1);
  const rest = text.slice(at);
  const changed = dice.once(3)
    ? rest.replace(/\d/, String(dice.below(10)))
    : rest.replace(VALUE, () => dice.pick(dice.once(2) ? KEYS : PRICES));
  const varied = text.slice(0, at) + changed;
  return dice.once(20) ? varied.slice(0, at) + dice.pick(LOUD) + varied.slice(at + 1) : varied;
}

/** Several of a kind, most of which look alike. */
export function alike(dice: Dice, most: number, make: () => string): string[] {
  const first = make();
  return dice.list(0, most, () =>
    dice.once(4) ? make() : dice.once(4) ? first : vary(dice, first),
  );
}

function plainFrame(dice: Dice, payload: Buffer): Buffer {
  return frame(dice.once(10) ? 0x82 : 0x81, payload, dice.once(15) ? dice.pick([126, 127]) : null);
}

/** Control frames, fragments, and what RFC 6455 forbids. */
function oddFrames(dice: Dice, text: string): Buffer {
  const payload = Buffer.from(text);
  const cut = dice.below(payload.length + 1);
  switch (dice.below(9)) {
    case 0:
      return frame(0x89, payload.subarray(0, 20));
    case 1:
      return frame(0x8a, payload.subarray(0, 20));
    case 2:
      return Buffer.concat([
        frame(0x01, payload.subarray(0, cut)),
        frame(0x80, payload.subarray(cut)),
      ]);
    case 3:
      return Buffer.concat([
        frame(0x01, payload.subarray(0, cut)),
        frame(0x89, Buffer.from('ping')),
        frame(0x80, payload.subarray(cut)),
      ]);
    case 4:
      return frame(0x88, Buffer.from([0x03, 0xe8]));
    case 5:
      return frame(0xc1, payload);
    case 6:
      return frame(0x80, payload);
    case 7:
      return Buffer.concat([frame(0x01, payload.subarray(0, cut)), frame(0x81, payload)]);
    default:
      return frame(0x81 + dice.below(8) * 16, payload);
  }
}

/** A frame with a length of 7, 16 or 64 bits: the shortest that holds it, or the one that is asked for. */
function frame(first: number, payload: Buffer, form: number | null = null): Buffer {
  const { length } = payload;
  const short = form ?? (length < 126 ? length : length < 65_536 ? 126 : 127);
  const head = Buffer.alloc(short === 127 ? 10 : short === 126 ? 4 : 2);
  head[0] = first;
  head[1] = short;
  if (short === 126) head.writeUInt16BE(length, 2);
  if (short === 127) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}
