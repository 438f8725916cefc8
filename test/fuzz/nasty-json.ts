// JSON as nobody should send it: a grammar of odd values, and frames that broke somebody's parser once.
import type { Dice } from './dice.ts';

const NUMBERS = [
  ...[
    '0',
    '-0',
    '1',
    '-1',
    '1.5',
    '1e3',
    '1e999',
    '-1e999',
    '9007199254740991',
    '9007199254740993',
  ],
  ...[
    '1e-400',
    '123456789012345678901234567890',
    '1700000000',
    '1700000000123',
    '1700000000123456',
  ],
  ...['-1700000000', '0.1e1', '4294967296', '2147483648', '253402300800000', '8640000000000001'],
];
const TEXTS = [
  ...['""', '"x"', '"a.b"', '"NaN"', '"Infinity"', '"1"', '"-1"', '"007"', '"9007199254740993"'],
  ...[
    '"\\u0000"',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\uD83D\\uDE80"',
    '"\u{1f30a}"',
    '"\\/\\b\\f"',
  ],
  ...['"2026-11-21T14:05:00Z"', '"2026-13-45T99:99:99Z"', '"2026-11-21 14:05:00.123456789+05:45"'],
  ...['"__proto__"', '"constructor"', '"toString"', '"(other)"', '"ping"', '"trade"', '"error"'],
];
const WORDS = ['null', 'true', 'false'];
/** What throws when somebody makes a text or a number of it. */
const UNWILLING = [
  '{"toString":1,"valueOf":1}',
  '[{"toString":null}]',
  '{"toJSON":1}',
  '{"then":1}',
];
/** What JSON is not. */
const WRONG = [
  'NaN',
  'Infinity',
  '-Infinity',
  'undefined',
  '01',
  '1.',
  '.5',
  '+1',
  "'x'",
  '0x10',
  '""""',
];
const KEYS = [
  'id',
  'type',
  'data',
  'time',
  'x',
  '',
  '__proto__',
  'constructor',
  'toString',
  'length',
];

export interface JsonStyle {
  /** Names that mean something to who reads it. */
  readonly keys: readonly string[];
  /** Texts of values that mean something to who reads it. */
  readonly values: readonly string[];
}

/** JSON text, now and then with something in it that is none. */
export function json(dice: Dice, style: JsonStyle, depth: number): string {
  if (depth <= 0 || dice.once(3)) return scalar(dice, style);
  const space = dice.once(8) ? dice.pick([' ', '\n', '\t', '\r\n  ']) : '';
  if (dice.once(3)) {
    const items = dice.list(0, 5, () => json(dice, style, depth - 1));
    return `[${items.join(`${space},`)}${space}]`;
  }
  const members = dice.list(0, 5, () => member(dice, style, depth - 1));
  return `{${space}${members.join(`,${space}`)}}`;
}

function member(dice: Dice, style: JsonStyle, depth: number): string {
  const key = dice.once(3) ? dice.pick(KEYS) : dice.pick(style.keys);
  const name = dice.once(30)
    ? `"\\u00${key.charCodeAt(0).toString(16).padStart(2, '0')}"`
    : quote(key);
  return `${name}:${json(dice, style, depth)}`;
}

function scalar(dice: Dice, { values }: JsonStyle): string {
  if (dice.once(60)) return dice.pick(WRONG);
  if (values.length > 0 && dice.once(2)) return dice.pick(values);
  return dice.pick(dice.pick([NUMBERS, NUMBERS, TEXTS, TEXTS, WORDS, UNWILLING]));
}

function quote(text: string): string {
  return JSON.stringify(text);
}

/** Whole frames. The deep ones are 100,000 levels. */
export const NASTY_FRAMES: readonly Buffer[] = [
  ...['', ' ', '\ufeff{}', '{', '[', '"', '\0', '{}{}', '[]]', 'null', '0', '""', '{"":{"":{}}}'],
  ...['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}'],
  ...['{"id":1,"id":2}', '{"data":[null,null,null]}', '{"data":{"length":1e9}}', '{"data":"abc"}'],
  `{"data":[${'0,'.repeat(20_000)}0]}`,
  `{"data":[${'{"id":1},'.repeat(2_000)}{}]}`,
  '['.repeat(100_000),
  '['.repeat(100_000) + ']'.repeat(100_000),
  '{"data":'.repeat(50_000),
  `{"data":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`,
  `"${'a'.repeat(300_000)}"`,
  `"${'\\u0041'.repeat(30_000)}"`,
  `{"${'k'.repeat(100_000)}":1}`,
  `${'9'.repeat(50_000)}`,
]
  .map((text) => Buffer.from(text))
  .concat([
    Buffer.from([0xff, 0xfe, 0x7b, 0x00]),
    Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
    Buffer.from([0x22, 0xc0, 0x80, 0x22]),
    Buffer.from([0xc3]),
  ]);
