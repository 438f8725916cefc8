// Messages that look like one before: those that really do, and those that differ in one byte.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Heap } from '../../src/tap/heap.ts';
import type { Kernel } from '../../src/tap/kernel.ts';
import { TapLink } from '../../src/tap/link.ts';
import type { Guard } from '../../src/tap/program.ts';
import {
  ENVELOPE_JSON,
  ENVELOPE_SATORI,
  HOLE_END,
  PIECE_HOLE,
  PIECE_SIZE,
  PIECES_MAX,
  READ_AT,
  SHAPE_PIECES,
  SHAPE_SIZE,
  SHAPE_STATE,
  SHAPES_AT,
  SHAPES_DEBT,
  SHAPES_MAX,
  SHAPES_REST,
  SHAPES_SIZE,
  STATE_EMPTY,
  STATE_USED,
} from '../../wasm/layout.ts';
import { Dice } from '../fuzz/dice.ts';
import { alike, json } from '../fuzz/tap-streams.ts';
import { KERNELS } from './scan.ts';

const LOUD = [...Buffer.from('"\\{}[],:0-+. deEDmx1u'), 0, 0x0a, 0x1f, 0x80, 0xc3];
const MESSAGE =
  '{"k":"a\\"b","o":{"w":true,"p":[]},"v":-10.25,"s":"more than sixteen bytes","l":[0,"x",1e5,{}]}';

interface Wanted {
  readonly envelope: number;
  readonly list: readonly string[] | null;
  readonly key: readonly string[] | null;
  readonly value: readonly string[] | null;
  readonly guards?: readonly Guard[];
}

/** `shapes`: none rests, whatever it costs. `blocks`: all rest. */
const MODES = ['as it comes', 'shapes', 'blocks'] as const;

/** What one frame after the other is counted as, by a link of its own; null for what is left to the parser. */
function count(
  kernel: Kernel,
  { envelope, list, key, value, guards = [] }: Wanted,
  payloads: readonly Buffer[],
  mode: (typeof MODES)[number] = 'as it comes',
): { readonly told: (string | null)[]; readonly fitted: boolean } {
  let found: string | null = null;
  const keys: unknown[] = [];
  const { heap, words } = kernel;
  let shapes = 0;
  const take = (size: number) => {
    const at = heap.take(size);
    if (size === SHAPES_SIZE) shapes = at >> 2;
    return at;
  };
  const give = heap.give.bind(heap);
  const link = new TapLink(
    { ...kernel, heap: { take, give } as Heap },
    {
      envelope,
      utf8: true,
      frameBytesMax: 65_536,
      channels: [
        {
          id: 'c',
          program: { list, key, value, guards },
          slotCount: key ? 1_000 : 0,
          counted: ({ count, sum, slots, counts }) => {
            const seen = Array.from(slots, (slot) => [keys[slot - 1], counts[slot]!]);
            found = tell(count, sum, seen as [unknown, number][]);
          },
          slotOf: (wanted) => {
            const at = keys.indexOf(wanted);
            return at < 0 ? keys.push(wanted) : at + 1;
          },
        },
      ],
    },
  );
  const told = payloads.map((payload) => {
    found = null;
    if (shapes > 0 && mode !== 'as it comes') {
      words[shapes + (SHAPES_REST >> 2)] = mode === 'blocks' ? 0x7fffffff : 0;
      words[shapes + (SHAPES_DEBT >> 2)] = 0;
    }
    kernel.bytes.set([0x81, 126, payload.length >> 8, payload.length & 0xff], READ_AT);
    kernel.bytes.set(payload, READ_AT + 4);
    // What a socket left there before: quotes, and the rest of a longer frame.
    kernel.bytes.fill(0x22, READ_AT + 4 + payload.length, READ_AT + 8 + payload.length);
    link.scan(READ_AT, READ_AT + 4 + payload.length);
    return found;
  });
  const learned = shapesAt(kernel, shapes);
  link.close();
  for (const { isWhole } of learned) assert.ok(isWhole, 'a shape has an end');
  return { told, fitted: learned.some(({ state }) => state === STATE_USED) };
}

/** The shapes in memory, from that word on; 0 for none. */
function shapesAt({ words, bytes }: Kernel, from: number) {
  return Array.from({ length: from > 0 ? SHAPES_MAX : 0 }, (_, i) => {
    const shape = from * 4 + SHAPES_AT + i * SHAPE_SIZE;
    const holes = Array.from(
      { length: PIECES_MAX },
      (_, piece) => bytes[shape + SHAPE_PIECES + piece * PIECE_SIZE + PIECE_HOLE],
    );
    return { state: words[(shape + SHAPE_STATE) >> 2]!, isWhole: holes.includes(HOLE_END) };
  }).filter(({ state }) => state !== STATE_EMPTY);
}

/** Frames are counted alike in every mode, and, where they are counted, as the parser says. Returns how many were. */
function checkAll(kernel: Kernel, wanted: Wanted, payloads: readonly Buffer[]): number {
  const [first, ...others] = MODES.map((mode) => count(kernel, wanted, payloads, mode).told);
  for (const other of others) assert.deepEqual(other, first);
  return first!.filter((told, i) => {
    if (told !== null) assert.equal(told, parsed(wanted, payloads[i]!), payloads[i]!.toString());
    return told !== null;
  }).length;
}

function tell(count: number, sum: number, keys: readonly [unknown, number][]): string {
  const sorted = keys.map(([key, n]) => `${JSON.stringify(key)}×${n}`).sort();
  return `${count} ${sum.toFixed(6)} ${sorted.join(' ')}`;
}

/** The same by the parser; null where it is no JSON, or no UTF-8, which RTM does not look at. */
function parsed(
  { envelope, list, key, value, guards = [] }: Wanted,
  payload: Buffer,
): string | null {
  try {
    const frame = JSON.parse(
      new TextDecoder('utf-8', { fatal: envelope === ENVELOPE_JSON }).decode(payload),
    );
    const at = (from: unknown, path: readonly string[]) =>
      path.reduce((one, step) => (Object(one) as Record<string, unknown>)[step], from);
    if (!guards.every(({ path, values }) => values.includes(at(frame, path) as never))) return null;
    const messages = (list ? at(frame, list) : [frame]) as unknown[];
    const byKey = new Map<unknown, number>();
    let sum = 0;
    for (const message of messages) {
      if (key) byKey.set(at(message, key), (byKey.get(at(message, key)) ?? 0) + 1);
      if (value) sum += Number(at(message, value));
    }
    return tell(messages.length, sum, [...byKey]);
  } catch {
    return null;
  }
}

const frame = { envelope: ENVELOPE_JSON, list: null };
const pdu = { envelope: ENVELOPE_SATORI, list: ['body', 'messages'] };
const WANTED: Record<string, Wanted> = {
  'frames, counted': { ...frame, key: null, value: null },
  'frames, by key': { ...frame, key: ['k'], value: null },
  'frames, by word': { ...frame, key: ['o', 'w'], value: ['v'] },
  'frames, by value': { ...frame, key: ['v'], value: ['v'] },
  'frames, where a word is true': {
    ...frame,
    key: ['o', 'w'],
    value: null,
    guards: [{ path: ['o', 'w'], values: [true, 'x'] }],
  },
  'frames, where a text is one, by another': {
    ...frame,
    key: ['s'],
    value: ['v'],
    guards: [{ path: ['k'], values: ['a"b', 'c'] }],
  },
  'PDUs, counted': { ...pdu, key: null, value: null },
  'PDUs, by key, summed': { ...pdu, key: ['k'], value: ['v'] },
  'PDUs, by a key that is not there': { ...pdu, key: ['x'], value: null },
};

/** For `json` of the campaigns. */
const RANDOM: readonly Wanted[] = [
  { ...frame, key: null, value: null },
  { ...frame, key: ['symbol'], value: null },
  { ...frame, key: ['data', 'symbol'], value: ['price'] },
  {
    ...frame,
    key: ['symbol'],
    value: null,
    guards: [{ path: ['symbol'], values: ['a', 1, true] }],
  },
  {
    ...frame,
    key: null,
    value: ['price'],
    guards: [{ path: ['price'], values: [1, 2.5, '4.125'] }],
  },
];

/** Messages as the payload of a frame; a PDU has three. */
function payloadOf({ envelope }: Wanted, message: string, next = message): Buffer {
  if (envelope === ENVELOPE_JSON) return Buffer.from(message);
  const messages = `[${MESSAGE}, ${message} ,${next}]`;
  return Buffer.from(
    `{"action":"rtm/subscription/data","body":{"position":"1:7","messages":${messages},"subscription_id":"c"}}`,
  );
}

for (const [name, kernel] of Object.entries(KERNELS)) {
  describe(name, () => {
    for (const [what, wanted] of Object.entries(WANTED)) {
      // The twin leaves frames with guards to the parser.
      if (name === 'js' && wanted.guards) continue;
      test(`one byte of a frame is another one, or one more: ${what}`, () => {
        const usual = payloadOf(wanted, MESSAGE);
        let valid = 0;
        let counted = 0;
        for (let at = 0; at < usual.length; at++) {
          for (const byte of LOUD) {
            for (const rest of [usual.subarray(at), usual.subarray(at + 1)]) {
              const changed = Buffer.concat([usual.subarray(0, at), Buffer.of(byte), rest]);
              // The first time a PDU is scanned whole; the second time its shapes are learned, the third time used.
              const frames = [usual, usual, changed, changed, changed, usual];
              const { told } = count(kernel, wanted, frames, 'shapes');
              const right = parsed(wanted, changed);
              for (const i of [0, 1, 5]) assert.equal(told[i], parsed(wanted, usual));
              for (const i of [3, 4]) assert.equal(told[i], told[2], changed.toString('latin1'));
              valid += Number(right !== null);
              counted += Number(told[2] !== null);
              if (told[2] !== null) assert.equal(told[2], right, changed.toString('latin1'));
            }
          }
        }
        assert.ok(counted > 500 && counted > valid * 0.6, `${counted} of ${valid} were counted`);
      });
    }

    for (const what of ['frames, by key', 'PDUs, by key, summed'] as const) {
      test(`other values of all lengths in the same places are counted: ${what}`, () => {
        const wanted = WANTED[what]!;
        const numbers = ['0', '-1', '12.5', '123456789012345', '0.00000000000001', '-99999.125'];
        const others = [
          '1e30',
          '-0.5E-7',
          '123456789012345678901234567890.5',
          'null',
          'false',
          '0',
        ];
        const texts = [
          '',
          'x',
          '\\u00e9\\n',
          '日本語',
          'y'.repeat(15),
          'z'.repeat(16),
          'é'.repeat(40),
        ];
        const payloads = numbers.flatMap((number, i) =>
          texts.map((text, j) => {
            const other = others[(i + j) % others.length];
            const one = `{"k":"${text}","v":${number},"x":${other},"t":"${texts[(i * j) % 7]}"}`;
            return payloadOf(wanted, one);
          }),
        );
        assert.equal(checkAll(kernel, wanted, payloads), payloads.length);
      });
    }

    test('any mixture of shapes, of more kinds than are remembered', () => {
      const wanted = WANTED['PDUs, by key, summed']!;
      const kinds = Array.from(
        { length: 12 },
        (_, i) => `${`"n${i}":${i},`.repeat(i % 2)}"m${i}":[]`,
      );
      const payloads = Array.from({ length: 3_000 }, (_, i) => {
        const one = (n: number) => `{${kinds[n % (1 + (i >> 8))]},"k":"${n % 5}","v":${n}}`;
        return payloadOf(wanted, one(i), one(i * 7));
      });
      assert.equal(checkAll(kernel, wanted, payloads), payloads.length);
    });

    test('a message of any number of values, and of any length of key', () => {
      const wanted = WANTED['PDUs, by key, summed']!;
      const values = Array.from({ length: 60 }, (_, i) => Array(i).fill(i).join());
      const long = values.map((list, i) => `{"k":"${i % 3}","v":1,"l":[${list}]}`);
      for (const one of long) {
        const payloads = Array(6).fill(payloadOf(wanted, one));
        assert.equal(checkAll(kernel, wanted, payloads), 6);
      }
      // One after the other, each twice, with a short one in between: none is written over another.
      const mixed = long.flatMap((one) => [one, one, MESSAGE, one]);
      const keys = Array.from({ length: 8 }, (_, i) => `{"k":"${'k'.repeat(250 + i)}","v":1}`);
      const short = checkAll(
        kernel,
        wanted,
        mixed.map((one) => payloadOf(wanted, one)),
      );
      assert.equal(short, mixed.length);
      // Of 256 bytes with its quotes at most.
      const some = ['{"k":"k","v":1}', ...keys].map((one) => payloadOf(wanted, one));
      assert.equal(checkAll(kernel, wanted, some), 6);
    });

    test('white space around a frame is none of its message', () => {
      const wanted = WANTED['frames, by key']!;
      const texts = ['', ' ', '\n\t'].flatMap((pad) => [
        pad + MESSAGE,
        MESSAGE + pad,
        pad,
        `${pad}{}`,
      ]);
      const counted = checkAll(
        kernel,
        wanted,
        [...texts, ...texts].map((one) => Buffer.from(one)),
      );
      assert.equal(counted, 18);
    });

    test('any frames say the same by shapes and by blocks', () => {
      const dice = new Dice(17);
      let counted = 0;
      for (let round = 0; round < 3_000; round++) {
        const wanted = dice.pick(RANDOM);
        const texts = alike(dice, 12, () => json(dice, undefined));
        counted += checkAll(
          kernel,
          wanted,
          texts.map((one) => Buffer.from(one)),
        );
      }
      assert.ok(counted > 3_000, `${counted} were counted`);
    });

    test('a message like the one before fits its shape', {
      skip: name === 'js',
    }, () => {
      for (const wanted of Object.values(WANTED)) {
        const usual = payloadOf(wanted, MESSAGE);
        assert.ok(count(kernel, wanted, [usual, usual, usual]).fitted);
        assert.ok(!count(kernel, wanted, [usual, usual, usual], 'blocks').fitted);
      }
    });
  });
}
