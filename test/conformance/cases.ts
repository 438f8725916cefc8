// The cases, in the order and with the numbers of the Autobahn test suite (0.8.2), told in our own words. Texts that
// are and are not UTF-8 (6.*) are in cases-utf8.ts, compression (12.*, 13.*) in deflate.test.ts.
import {
  binary,
  type Case,
  closeFrame,
  frame,
  makeCase,
  ping,
  raw,
  type Step,
  text,
} from './case.ts';
import { utf8Cases } from './cases-utf8.ts';
import { OP } from './wire.ts';

const HELLO = text('Hello, world!');
const KIB = 1_024;
const PROTOCOL = { ends: [1002] };
const OCTETS = { chop: 1 };
const stars = (length: number): Buffer => Buffer.alloc(length, '*');
const bytes = (length: number): Buffer => Buffer.alloc(length, 0xfe);
const open = (op: number, payload: string) => frame(op, payload, { fin: false });

export const CASES: readonly Case[] = [
  ...lengths('1.1', 'text', (length) => text(stars(length))),
  ...lengths('1.2', 'binary', (length) => binary(bytes(length))),
  ...pings(),
  ...reserved(),
  ...opcodes('4.1', [3, 4, 5, 6, 7]),
  ...opcodes('4.2', [11, 12, 13, 14, 15]),
  ...fragments(),
  ...utf8Cases(),
  ...closing(),
  ...sizes(),
  makeCase('10.1.1', 'a text of 64 KiB in frames of 1,300 bytes', [text(stars(64 * KIB), 51)]),
];

function lengths(group: string, type: string, message: (length: number) => Step): Case[] {
  const list = [0, 125, 126, 127, 128, 65_535, 65_536];
  const cases = list.map((length, index) =>
    makeCase(`${group}.${index + 1}`, `${type} of ${length} bytes`, [message(length)], {
      exactLength: true,
    }),
  );
  const chopped = makeCase(
    `${group}.8`,
    `${type} of 65536 bytes in writes of 997`,
    [message(65_536)],
    { chop: 997 },
  );
  return [...cases, chopped];
}

function pings(): Case[] {
  const ten = Array.from({ length: 10 }, (_, index) => ping(`payload-${index}`));
  const odd = Buffer.from([0, 255, 254, 253, 252, 251, 0, 255]);
  const answer = (payload: string) => raw(frame(OP.pong, payload));
  return [
    makeCase('2.1', 'an empty ping', [ping()]),
    makeCase('2.2', 'a ping with text', [ping('Hello, world!')]),
    makeCase('2.3', 'a ping with bytes', [ping(odd)]),
    makeCase('2.4', 'a ping of 125 bytes', [ping(bytes(125))]),
    makeCase('2.5', 'a ping of 126 bytes', [raw(frame(OP.ping, bytes(126)))], PROTOCOL),
    makeCase('2.6', 'a ping of 125 bytes, byte by byte', [ping(bytes(125))], OCTETS),
    makeCase('2.7', 'an empty pong that nobody asked for', [answer('')]),
    makeCase('2.8', 'a pong with text that nobody asked for', [answer('unasked')]),
    makeCase('2.9', 'such a pong, then a ping', [answer('unasked'), ping('asked')]),
    makeCase('2.10', 'ten pings', ten),
    makeCase('2.11', 'ten pings, byte by byte', ten, OCTETS),
  ];
}

function reserved(): Case[] {
  const send = (op: number, rsv: number) => raw(frame(op, 'Hello, world!', { rsv }));
  const close = closeFrame(1000);
  return [
    makeCase('3.1', 'a text with reserved bits 1', [send(OP.text, 1)], PROTOCOL),
    makeCase('3.2', 'then bits 2', [HELLO, send(OP.text, 2), ping()], PROTOCOL),
    makeCase('3.3', 'then bits 3', [HELLO, send(OP.text, 3), ping()], PROTOCOL),
    makeCase('3.4', 'then bits 4, byte by byte', [HELLO, send(OP.text, 4), ping()], {
      ...PROTOCOL,
      ...OCTETS,
    }),
    makeCase('3.5', 'bytes with bits 5', [send(OP.binary, 5)], PROTOCOL),
    makeCase('3.6', 'a ping with bits 6', [send(OP.ping, 6)], PROTOCOL),
    makeCase('3.7', 'a close with bits 7', [raw({ ...close, rsv: 7 })], PROTOCOL),
  ];
}

/** Five opcodes that mean nothing yet: alone, with a payload, after a message, and byte by byte. */
function opcodes(group: string, list: readonly number[]): Case[] {
  return list.map((op, index) => {
    const sent = raw(frame(op, index % 2 === 1 ? 'reserved opcode payload' : ''));
    const steps = index < 2 ? [sent] : [HELLO, sent, ping()];
    const chop = index > 2 ? 1 : null;
    const what = `opcode ${op}${index < 2 ? '' : ' after a text'}`;
    return makeCase(`${group}.${index + 1}`, what, steps, { ...PROTOCOL, chop });
  });
}

function fragments(): Case[] {
  const two = 'fragment1fragment2';
  const five = text('fragment1fragment2fragment3fragment4fragment5', 5, 'between');
  const nothing = [frame(OP.more, 'non-continuation'), frame(OP.text, 'Hello, world!')];
  const unfinished = [open(OP.more, 'non-continuation'), frame(OP.text, 'Hello, world!')];
  const again = [open(OP.text, 'fragment1'), frame(OP.text, 'fragment2')];
  const bad = (id: string, what: string, steps: readonly Step[], chop: number | null) =>
    makeCase(id, what, steps, { ...PROTOCOL, chop });
  return [
    bad('5.1', 'a ping in two frames', [raw(open(OP.ping, 'a'), frame(OP.more, 'b'))], null),
    bad('5.2', 'a pong in two frames', [raw(open(OP.pong, 'a'), frame(OP.more, 'b'))], null),
    ...[null, 18, 1].map((chop, i) =>
      makeCase(`5.${3 + i}`, 'two frames', [text(two, 2)], { chop }),
    ),
    ...[null, 18, 1].map((chop, i) =>
      makeCase(`5.${6 + i}`, 'two frames, a ping between', [text(two, 2, 'ping')], { chop }),
    ),
    ...[null, 18, 1].map((chop, i) =>
      bad(`5.${9 + i}`, 'an end without start', [raw(...nothing)], chop),
    ),
    ...[null, 18, 1].map((chop, i) =>
      bad(`5.${12 + i}`, 'a middle without start', [raw(...unfinished)], chop),
    ),
    ...[null, 18, 1].map((chop, i) =>
      bad(`5.${15 + i}`, 'two frames, then a middle', [text(two, 2), raw(...unfinished)], chop),
    ),
    bad('5.18', 'a text within a text', [raw(...again)], null),
    makeCase('5.19', 'five frames, pings between', [five]),
    makeCase('5.20', 'the same, byte by byte', [five], OCTETS),
  ];
}

function closing(): Case[] {
  const ended = (code: number) => ({ ends: [code] });
  const close = closeFrame(1000);
  const part = open(OP.text, 'fragment1');
  const big = text(stars(256 * KIB));
  const notUtf8 = Buffer.from('cebae1bdb9cf83cebcceb5eda080656469746564', 'hex');
  const one = (id: string, what: string, sent: ReturnType<typeof closeFrame>, ends: number[]) =>
    makeCase(id, what, [raw(sent)], { ends });
  const codes = (group: string, list: readonly number[], ends: (code: number) => number[]) =>
    list.map((code, i) => one(`${group}.${i + 1}`, `close ${code}`, closeFrame(code), ends(code)));
  return [
    makeCase('7.1.1', 'a text, then a close', [HELLO, raw(close)], ended(1000)),
    makeCase('7.1.2', 'two closes', [raw(close, close)], ended(1000)),
    makeCase('7.1.3', 'a ping after the close', [raw(close), ping('late')], ended(1000)),
    makeCase('7.1.4', 'a text after the close', [raw(close), HELLO], ended(1000)),
    makeCase('7.1.5', 'a close within a text', [raw(part, close, frame(OP.more))], ended(1000)),
    makeCase('7.1.6', '256 KiB, a text, a close', [big, HELLO, raw(close), ping()], ended(1000)),
    one('7.3.1', 'a close without code', closeFrame(null), [1000, 1005]),
    one('7.3.2', 'a close of one byte', frame(OP.close, 'a'), [1002]),
    one('7.3.3', 'a close with a code', close, [1000]),
    one('7.3.4', 'a close with a reason', closeFrame(1000, 'Hello World!'), [1000]),
    one('7.3.5', 'a reason of 123 bytes', closeFrame(1000, stars(123)), [1000]),
    one('7.3.6', 'a reason of 124 bytes', closeFrame(1000, stars(124)), [1002]),
    one('7.5.1', 'a reason that is not UTF-8', closeFrame(1000, notUtf8), [1002, 1007]),
    ...codes(
      '7.7',
      [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999],
      (code) => [1000, code],
    ),
    ...codes('7.9', [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999], () => [1002]),
    ...codes('7.13', [5000, 65_535], () => [1002]),
  ];
}

/** Reduced: the suite goes to 16 MiB, and repeats small messages a thousand times. */
function sizes(): Case[] {
  const list = [64 * KIB, 256 * KIB, KIB * KIB, 4 * KIB * KIB];
  const frameSizes = [KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, KIB * KIB];
  const chops = [64, 128, 256, 512, KIB, 2 * KIB];
  const many = [0, 16, 64, 256, KIB, 4 * KIB];
  const whole = KIB * KIB;
  const repeat = (message: Step) => Array.from({ length: 200 }, () => message);
  return [
    ...list.map((n, i) => makeCase(`9.1.${i + 1}`, `text of ${n} bytes`, [text(stars(n))])),
    ...list.map((n, i) => makeCase(`9.2.${i + 1}`, `binary of ${n} bytes`, [binary(bytes(n))])),
    ...frameSizes.map((n, i) =>
      makeCase(`9.3.${i + 3}`, `text of 1 MiB, frames of ${n}`, [text(stars(whole), whole / n)]),
    ),
    ...frameSizes.map((n, i) =>
      makeCase(`9.4.${i + 3}`, `binary of 1 MiB, frames of ${n}`, [
        binary(bytes(whole), whole / n),
      ]),
    ),
    ...chops.map((chop, i) =>
      makeCase(`9.5.${i + 1}`, `text in writes of ${chop}`, [text(stars(256 * KIB))], { chop }),
    ),
    ...chops.map((chop, i) =>
      makeCase(`9.6.${i + 1}`, `binary in writes of ${chop}`, [binary(bytes(256 * KIB))], { chop }),
    ),
    ...many.map((n, i) => makeCase(`9.7.${i + 1}`, `200 texts of ${n}`, repeat(text(stars(n))))),
    ...many.map((n, i) => makeCase(`9.8.${i + 1}`, `200 binary of ${n}`, repeat(binary(bytes(n))))),
  ];
}
