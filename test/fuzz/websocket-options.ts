// Options of the websocket feed as an operator might write them, good and bad, and frames that fit them.
import type { Dice } from './dice.ts';
import type { JsonStyle } from './nasty-json.ts';

export const STYLE: JsonStyle = {
  keys: ['id', 'type', 'data', 'time', 'symbol', 'items', 'seq', 'ts', 'x'],
  values: [
    ...[
      '"trade"',
      '"ping"',
      '"error"',
      '"ok"',
      '1',
      '2',
      '3',
      '4',
      '5',
      '7',
      '100',
      '"BTC"',
      '"ETH"',
    ],
    ...[
      '1790000000',
      '1790000000500',
      '1789999990',
      '"2026-09-21T14:13:20Z"',
      '1780000000',
      '9e15',
    ],
  ],
};

/** As in channels.yaml. */
export const PROCESSORS: readonly Record<string, unknown>[] = [
  { kind: 'count' },
  { kind: 'count-by', key: 'type', keys: 3 },
  { kind: 'count-by', key: 'data[0].id' },
  { kind: 'sum', value: 'x' },
  { kind: 'sum', value: 'id', key: 'symbol', keys: 2 },
];

const PATHS = [
  ...['id', 'type', 'data', 'data.id', 'data[0]', 'data[0].id', 'items', 'time', 'ts', 'seq', 'x'],
  ...['$', '$.data', '["odd key"].x', '["__proto__"]', '__proto__.polluted', 'constructor', ''],
  ...['a..b', '[', 'x'.repeat(200), 'a.'.repeat(40)],
];
const MATCHES = ['trade', 'ping', '*', 1, true, null, ['trade', 'error'], [1, 2, null], 'BTC'];

/** Options without an address; now and then such as the schema refuses. */
export function websocketFeed(dice: Dice): Record<string, unknown> {
  const format = dice.once(6) ? dice.pick(['text', 'binary']) : 'json';
  const some = (inHowMany: number, key: string, value: () => unknown) =>
    dice.once(inHowMany) ? { [key]: value() } : {};
  const path = () => dice.pick(dice.once(12) ? PATHS : PATHS.slice(0, 11));
  const isJson = format === 'json' || dice.once(10);
  return {
    kind: 'websocket',
    format,
    ping: 'off',
    compress: dice.once(3),
    ...some(6, 'only', () => conditions(dice)),
    ...some(5, 'ignore', () => conditions(dice)),
    ...some(8, 'ready', () => conditions(dice)),
    ...some(25, 'refused', () => conditions(dice)),
    ...some(8, 'subscribe', () =>
      dice.pick(['hello', { a: 1 }, ['REQ', 's', {}], [{ a: 1 }, 'b']]),
    ),
    ...(isJson
      ? some(2, 'messages', () => dice.pick(['data', 'items', 'data.items', path()]))
      : {}),
    ...(isJson ? some(2, 'time', () => eventTime(dice, path)) : {}),
    ...(isJson ? some(2, 'sequence', () => sequence(dice, path)) : {}),
    ...(isJson
      ? some(3, 'cursor', () => ({ path: path(), param: 'cursor', exclusive: dice.once(2) }))
      : {}),
  };
}

function conditions(dice: Dice): unknown {
  const one = () => {
    if (dice.once(4)) return dice.pick(['pong', '', 'null', '{']);
    return Object.fromEntries(
      dice.list(1, 2, () => [dice.pick(PATHS.slice(0, 13)), dice.pick(MATCHES)]),
    );
  };
  return dice.once(3) ? dice.list(1, 3, one) : one();
}

function eventTime(dice: Dice, path: () => string): unknown {
  if (dice.once(2)) return dice.pick(['time', 'ts', path()]);
  const unit = dice.pick(['auto', 's', 'ms', 'us', 'ns']);
  return { path: dice.pick(['time', 'ts', 'id']), unit, wait: dice.pick(['100ms', '5s', '10m']) };
}

function sequence(dice: Dice, path: () => string): unknown {
  const by = dice.once(2) ? { by: dice.pick(['symbol', 'type', path()]) } : {};
  return { path: dice.pick(['id', 'seq', path()]), kind: dice.pick(['dense', 'rising']), ...by };
}

/** Frames as a feed sends them: numbers that mostly go on, times near now, a list now and then. */
export class FittingFrames {
  readonly #dice: Dice;
  readonly #now: () => number;
  #id = 1;

  constructor(dice: Dice, now: () => number) {
    this.#dice = dice;
    this.#now = now;
  }

  next(): string {
    const dice = this.#dice;
    const type = dice.pick(['trade', 'trade', 'trade', 'ping', 'ok', 'error']);
    const data = dice.list(0, 4, () => this.#message());
    return JSON.stringify({ ...this.#message(), type, data, items: dice.pick([data, null, {}]) });
  }

  #message(): Record<string, unknown> {
    const dice = this.#dice;
    const step = dice.once(6) ? dice.pick([0, -1, -3, 2, 5, 1_000, 20_000, -20_000, 2e9]) : 1;
    this.#id += step;
    const id = dice.once(10) ? String(this.#id) : this.#id;
    const agoMs = dice.pick([0, 0, 500, 3_000, 90_000, -5_000, -120_000, 40 * 86_400_000]);
    const at = this.#now() - agoMs;
    const time = dice.pick<unknown>([at, at / 1_000, new Date(at).toISOString(), String(at), null]);
    const symbol = dice.once(30) ? { toString: 1 } : dice.pick(['BTC', 'ETH', 'X']);
    return { id, seq: this.#id, time, ts: at, symbol, x: id };
  }
}
