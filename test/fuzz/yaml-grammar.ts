// channels.yaml as people, editors and adversaries write it: made from a grammar, in every style that YAML has.
import { readdirSync, readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { Dice } from './dice.ts';
import { PROCESSORS, websocketFeed } from './websocket-options.ts';

const root = new URL('../../', import.meta.url);

/** What is in the environment. No value may be in any problem. */
export const SECRETS: Readonly<Record<string, string>> = {
  APPKEY: 'sesame-open-17',
  TOKEN: 'Bearer zzyzx.quux',
  URL_OF_FEED: 'wss://user:hunter2hunter2@feed.example/path',
  ODD: 'c0rrect: [horse] "battery" \\ staple',
};

/** Files that are right. */
const GOOD: readonly string[] = [
  'channels.yaml',
  ...readdirSync(new URL('examples/', root))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `examples/${name}`),
].map((path) => readFileSync(new URL(path, root), 'utf8'));

const LEVELS = 'abcdefghij'.split('');
/** Texts that broke somebody's parser once. */
export const NASTY_YAML: readonly string[] = [
  ...[
    '',
    ' ',
    '\t',
    '\n',
    '---',
    '--- ---',
    '...',
    '\ufeff',
    '\0',
    '%YAML 1.2\n---\n',
    '%TAG ! x',
    '!',
  ],
  ...[
    '&a [*a]',
    'a: &a *a',
    '*a',
    '<<: *x',
    '? [a, b]\n: c',
    '? {a: b}\n: c',
    '{[a]: b}',
    '1: 2\n1: 3',
  ],
  ...['~: 1', 'null: 1', '.nan: .inf', 'a: !!binary /w==', 'a: !!js/function "x"', 'a: !!set {b}'],
  ...[
    'a: !secret x',
    'a: !x',
    'a: ${APPKEY}',
    'a: ${ODD}',
    '${APPKEY}: 1',
    'a: 0x1fffffffffffffffff',
  ],
  ...['%YAML 1.1\n---\na: yes', '007: a\n"7": b', 'null: a', 'a: +1_0', 'a: -0', 'a: 1.0e400'],
  ...['a: !!timestamp 2026-11-21', 'a: !!omap [b: 1]', 'a: 0x1F', 'a: 1e999', 'a: 0o17', '- - - a'],
  ...[
    'a: |\n  b\n c',
    'a: >+\n\n\n',
    "a: 'b",
    'a: "\\x',
    'a: "\\ud800"',
    'a: b: c',
    '{',
    '[',
    '{]',
    '[}',
  ],
  ...[
    '\r',
    'a: 1\r\nb: 2\r',
    'a:\tb',
    '\ta: b',
    '__proto__: {polluted: 1}',
    'constructor: 1',
    '<<: [1, 2]',
  ],
  '['.repeat(100_000),
  '{a: '.repeat(5_000),
  '- '.repeat(5_000),
  '? '.repeat(5_000),
  `a: ${'x'.repeat(500_000)}`,
  `${'k'.repeat(2_000)}: 1`,
  `"${'\\'.repeat(50_001)}"`,
  LEVELS.map((key, i) => `${key}: &${key} [${`*${LEVELS[i - 1] ?? 'none'},`.repeat(9)}]`).join(
    '\n',
  ),
  LEVELS.map(
    (key, i) => `${key}: &${key} [${(i === 0 ? 'x,' : `*${LEVELS[i - 1]},`).repeat(9)}]`,
  ).join('\n'),
];
/** What stands where something else should. */
const ODD_VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e308, Number.NaN, Number.POSITIVE_INFINITY, '', ' ', [], {}, [null]],
  ...['1h', '0s', '99999999999y', '5x', 'PT5M', '1mo', 'self', '${APPKEY}', '${UNSET}', '${ODD}'],
  ...['${file:x}', '${TOKEN:?no}', '${TOKEN-x}', '${X:-${APPKEY}}', '${TOKEN:-{"a":1}}', '${X:-'],
  ...['9007199254740993', '1.10', 9_007_199_254_740_993n, '007', 'True'],
  ...['${TOKEN:-x}', '$${x}', '${', 'x${URL_OF_FEED}y', 'Europe/Berlin', '127.0.0.1:0', '[::1]:80'],
  ...[
    '\u0000',
    '\ud800',
    'a\nb',
    '__proto__',
    'constructor',
    '# no comment',
    '*a',
    '&a',
    '!b',
    '%',
  ],
];
const KEYS = [
  ...[
    'channels',
    'feed',
    'processor',
    'chart',
    'kind',
    'url',
    'appkey',
    'title',
    'was',
    'interval',
  ],
  ...[
    'range',
    'listen',
    'store',
    'timezone',
    'retain',
    'threads',
    'rtm',
    'charts',
    'secret',
    'headers',
  ],
  ...['__proto__', 'constructor', 'toString', '', ' ', '1', 'null', 'true', 'Channels', 'chanels'],
];

/** A text: from the grammar, a good file, or a nasty one. */
export function yamlText(dice: Dice): string {
  if (dice.once(25)) return dice.pick(NASTY_YAML);
  if (dice.once(100)) return deep(dice);
  if (dice.once(6)) return dice.pick(GOOD);
  const text = stringify(fileData(dice), {
    ...(dice.once(3) ? { collectionStyle: 'flow' as const } : {}),
    ...(dice.once(3) ? { defaultStringType: dice.pick(['QUOTE_DOUBLE', 'QUOTE_SINGLE']) } : {}),
    lineWidth: dice.pick([0, 20, 80]),
    aliasDuplicateObjects: dice.once(2),
    indent: dice.pick([1, 2, 4, 8]),
  });
  if (dice.once(12)) return text.replaceAll('\n', '\r\n');
  return dice.once(20) ? `\ufeff${text}` : text;
}

/** Nested as deep as parsers go, and closed again. */
function deep(dice: Dice): string {
  const [open, close] = dice.pick([
    ['[', ']'],
    ['{a: ', '}'],
    ['[{a: ', '}]'],
  ] as const);
  const depth = dice.below(4_000);
  const value = `${open.repeat(depth)}1${close.repeat(depth)}`;
  return dice.pick([
    value,
    `channels: ${value}`,
    `channels: {a: {feed: {kind: websocket, url: "wss://a.example", subscribe: ${value}}}}`,
  ]);
}

function fileData(dice: Dice): unknown {
  const names = ['a', 'b', 'trades', 'x-1', 'Bad Name', '__proto__', 'constructor'];
  const channels = Object.fromEntries(
    dice.list(0, 3, () => [dice.pick(names.slice(0, dice.once(4) ? 7 : 4)), channelData(dice)]),
  );
  const some = (inHowMany: number, value: Record<string, unknown>) =>
    dice.once(inHowMany) ? value : {};
  const data = {
    channels,
    ...some(3, { listen: dice.pick(['127.0.0.1:0', '[::1]:9347', 'localhost:80']) }),
    ...some(3, { timezone: dice.pick(['UTC', 'Asia/Kathmandu', 'CET', 'Nowhere/Land']) }),
    ...some(3, { retain: { '1s': '2h', '1m': '40d', '15m': dice.pick(['1y', '99999999999y']) } }),
    ...some(4, { threads: dice.pick([1, 2, 64, 65, 0]) }),
    ...some(4, { charts: dice.pick(['google', 'builtin']) }),
    ...some(3, {
      rtm: dice.pick<unknown>([{}, { machine: 'm' }, { roles: { r: { secret: 's' } } }]),
    }),
    ...some(4, { store: { kind: dice.pick(['sqlite', 'mysql']), path: './x.weir' } }),
  };
  return dice.once(2) ? data : spoil(dice, data, 3);
}

function channelData(dice: Dice): unknown {
  const url = dice.pick(['wss://a.example', 'ws://127.0.0.1:1/x?y=z', '${URL_OF_FEED}', 'self']);
  const satori = { kind: 'satori', url, appkey: dice.pick(['k', '${APPKEY}']), channel: 'c' };
  const chart = dice.pick<unknown>([
    { interval: '1m', range: '2h' },
    { interval: '1d', range: '35d' },
  ]);
  return {
    feed: dice.once(2) ? satori : { ...websocketFeed(dice), url },
    ...(dice.once(2) ? { processor: dice.pick(PROCESSORS) } : {}),
    ...(dice.once(3) ? { chart } : {}),
    ...(dice.once(4) ? { title: dice.pick(['T', '${TOKEN}', 'ü 🚀', 'a: b # c']) } : {}),
    ...(dice.once(6) ? { was: dice.pick<unknown>(['old', ['o1', 'o2'], '${APPKEY}']) } : {}),
  };
}

/** Puts odd values and keys at random places. */
function spoil(dice: Dice, value: unknown, depth: number): unknown {
  if (dice.once(12)) return dice.pick(ODD_VALUES);
  if (typeof value !== 'object' || value === null || depth < -2) return value;
  if (Array.isArray(value)) return value.map((item) => spoil(dice, item, depth - 1));
  const entries = Object.entries(value).map(([key, inner]) => {
    const name = dice.once(25) ? dice.pick(KEYS) : key;
    return [name, spoil(dice, inner, depth - 1)] as const;
  });
  if (dice.once(8)) entries.push([dice.pick(KEYS), dice.pick(ODD_VALUES)]);
  return Object.fromEntries(entries);
}
