// PDUs of RTM v2, right and wrong: those of servers for the satori feed, and those of clients for the RTM server.
import type { Dice } from './dice.ts';
import { type JsonStyle, json } from './nasty-json.ts';

export const STYLE: JsonStyle = {
  keys: [
    ...[
      'action',
      'id',
      'body',
      'subscription_id',
      'position',
      'messages',
      'error',
      'reason',
      'info',
    ],
    ...['missed_message_count', 'channel', 'message', 'history', 'count', 'age', 'force', 'only'],
    ...[
      'fast_forward',
      'filter',
      'prefix',
      'purge',
      'method',
      'data',
      'role',
      'credentials',
      'nonce',
    ],
  ],
  values: [
    ...[
      '"one"',
      '"two"',
      '"1:1"',
      '"0:0"',
      '"1790000000:42"',
      '"1790000000000-0"',
      '"fast_forward"',
    ],
    ...[
      '"out_of_sync"',
      '"expired_position"',
      '"invalid_format"',
      '1',
      '2',
      '3',
      '"1"',
      '"heartbeat"',
    ],
  ],
};
const SERVER_ACTIONS = [
  ...[
    'rtm/subscription/data',
    'rtm/subscription/info',
    'rtm/subscription/error',
    'rtm/subscribe/ok',
  ],
  ...['rtm/subscribe/error', 'rtm/unsubscribe/ok', 'rtm/publish/ok', 'auth/handshake/ok', 'rtm/a'],
  ...['auth/authenticate/ok', 'rtm/search/data', 'a/b/c/d', '', 'rtm', '__proto__'],
];
const CLIENT_ACTIONS = [
  ...['rtm/subscribe', 'rtm/unsubscribe', 'rtm/publish', 'rtm/read', 'rtm/write', 'rtm/delete'],
  ...['rtm/search', 'auth/handshake', 'auth/authenticate', 'rtm/no', 'a/b', 'rtm', '/', ''],
];

/** What a server might send. Mostly data of a subscription. */
export function serverPdu(dice: Dice): string {
  if (dice.once(150)) return json(dice, STYLE, 5);
  const data = dice.below(3) > 0;
  // "/error" ends the connection, so it is rare.
  const action = data ? 'rtm/subscription/data' : dice.pick(SERVER_ACTIONS);
  const said = dice.once(120) ? '/error' : action;
  const id = dice.once(3) ? `"id":${dice.once(6) ? json(dice, STYLE, 1) : dice.below(9)},` : '';
  return `{"action":${JSON.stringify(said)},${id}"body":${data ? dataBody(dice) : json(dice, STYLE, 3)}}`;
}

function dataBody(dice: Dice): string {
  const messages = dice.once(10)
    ? json(dice, STYLE, 2)
    : `[${dice.list(0, 5, () => json(dice, STYLE, 2)).join(',')}]`;
  const position = dice.once(8) ? json(dice, STYLE, 1) : `"1:${dice.below(1_000)}"`;
  const id = dice.once(8) ? json(dice, STYLE, 1) : dice.pick(['"one"', '"two"']);
  const members = [`"messages":${messages}`, `"position":${position}`, `"subscription_id":${id}`];
  if (dice.once(8)) members.reverse();
  if (dice.once(20)) members.push(dice.pick(members));
  if (dice.once(10)) members.splice(dice.below(4), 1);
  return `{${members.join(',')}}`;
}

/** What a client might send. */
export function clientPdu(dice: Dice): string {
  if (dice.once(150)) return json(dice, STYLE, 5);
  const action = JSON.stringify(dice.pick(CLIENT_ACTIONS));
  const id = dice.once(3) ? '' : `"id":${dice.once(6) ? json(dice, STYLE, 1) : dice.below(9)},`;
  return `{"action":${action},${id}"body":${dice.once(2) ? json(dice, STYLE, 3) : likelyBody(dice)}}`;
}

function likelyBody(dice: Dice): string {
  const channel = dice.pick(['"one"', '"two"', '"three"', '"$heartbeat"', '""', '"\\ud800"']);
  const members = [
    `"channel":${channel}`,
    `"message":${json(dice, STYLE, 3)}`,
    `"position":${dice.pick(['"0:0"', '"1:1"', '"1:99999999999999999999"', '""', 'null', '1'])}`,
    `"history":${dice.pick(['{"count":3}', '{"age":1}', '{}', '{"count":-1}', '[]', '{"count":1e999}'])}`,
    `"force":${dice.pick(['true', 'false', '1'])}`,
    `"purge":${dice.pick(['true', 'false', 'null'])}`,
    `"prefix":${dice.pick(['""', '"o"', 'true'])}`,
    `"subscription_id":${channel}`,
  ];
  return `{${members.filter(() => dice.once(2)).join(',')}}`;
}
