// What a websocket feed sends, as channels.yaml has it: which lists are several messages, and the digits of numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { feedKind } from '../../src/feeds/index.ts';
import { feedFile, load } from '../support/load.ts';

const subscribe = (value: string, environment: Record<string, string> = {}) =>
  load(feedFile(`subscribe: ${value}`), environment);

for (const [law, value, frames] of [
  ['all maps are several', '[{ a: 1 }, { b: 2 }]', ['{"a":1}', '{"b":2}']],
  ['one map in a list is one', '[{ a: 1 }]', ['{"a":1}']],
  ['all texts are several', '["CONNECT\\n\\n\\0", "b"]', ['CONNECT\n\n\0', 'b']],
  ['all lists are several', '[[1, realm, {}], []]', ['[1,"realm",{}]', '[]']],
  [
    'a list of lists of maps is one message of maps',
    '[[{ a: 1 }, { b: 2 }]]',
    ['[{"a":1},{"b":2}]'],
  ],
  ['a number and a text are one', '[1, realm1, { roles: {} }]', ['[1,"realm1",{"roles":{}}]']],
  ['null and texts are one', '[null, "1", x, {}]', ['[null,"1","x",{}]']],
  ['a text and a map are one', '["REQ", s, {}]', ['["REQ","s",{}]']],
  ['a map and a text are one', '[{ a: 1 }, b]', ['[{"a":1},"b"]']],
  ['a map and a list are one', '[{ a: 1 }, [b]]', ['[{"a":1},["b"]]']],
  ['numbers are one', '[1, 2]', ['[1,2]']],
  ['a map is one', '{ a: [1, b] }', ['{"a":[1,"b"]}']],
  ['a text is one', 'hello', ['hello']],
] as const) {
  test(`subscribe: ${law}`, () => {
    const { problems, frames: sent } = subscribe(value);
    assert.deepEqual(problems, []);
    assert.deepEqual(sent, frames);
  });
}

test('what can be no message is refused', () => {
  const refused = (value: string) => subscribe(value).problems;
  assert.deepEqual(refused('[]'), [
    '6:7: subscribe is an empty list; leave it out, or write [[]] for the message []',
  ]);
  assert.deepEqual(refused('5'), ['6:18: subscribe 5 must be a text, a map or a list']);
  assert.match(refused('')[0]!, /^6:18: subscribe must be a text, a map or a list/);
  assert.deepEqual(refused('{ a: [1, .nan] }'), [
    '6:27: a[1] NaN is no number that JSON can carry',
  ]);
  assert.deepEqual(refused('{ a: 1e400 }'), ['6:23: a Infinity is no number that JSON can carry']);
});

test('numbers are sent with the digits of the file, as far as JSON has them', () => {
  const { frames } = subscribe(
    '{ a: 9007199254740993, b: -18446744073709551615, c: 1.10, d: 1e21, e: 1.0, f: [0.50, -0], g: 00007, h: 0x1F, i: +5, j: .5 }',
  );
  assert.equal(
    frames[0],
    '{"a":9007199254740993,"b":-18446744073709551615,"c":1.10,"d":1e21,"e":1.0,"f":[0.50,-0],"g":7,"h":31,"i":5,"j":0.5}',
  );
});

test('digits are kept through variables, aliases and ping', () => {
  const text = `x-id: &id 9007199254740993
x-part: &part { price: 1.10 }
${feedFile('ping: { every: 5s, send: { id: *id, at: [1.50] } }', 'subscribe:', '  id: ${ID}', '  part: *part')}`;
  const { feed, frames } = load(text, { ID: '12345678901234567890' });
  assert.deepEqual(frames, ['{"id":12345678901234567890,"part":{"price":1.10}}']);
  assert.equal((feed['ping'] as { send: string }).send, '{"id":9007199254740993,"at":[1.50]}');
});

test('people see what is sent, with variables by their names: in quotes as texts, without as numbers', () => {
  const text = feedFile(
    'ping: { every: 2s, send: ["${T}"] }',
    'subscribe:',
    '  - { t: "${T:-x}" }',
    '  - n: ${N}',
    '    m: "${N}"',
    '    d: 1.10',
  );
  const { shown, frames } = load(text, { T: 'geheim"', N: '7' });
  assert.deepEqual(frames, ['{"t":"geheim\\""}', '{"n":7,"m":"7","d":1.10}']);
  assert.deepEqual(shown, ['{"t":"${T}"}', '{"n":${N},"m":"${N}","d":1.10}', '["${T}"]']);
});

test('whether a list is several messages is decided by the values, in what is shown as well', () => {
  const text = feedFile('subscribe:', '  - ${A}', '  - ${B}');
  assert.deepEqual(load(text, { A: '1', B: 'x' }).shown, ['[${A},"${B}"]']);
  assert.deepEqual(load(text, { A: 'x', B: 'y' }).shown, ['${A}', '${B}']);
});

test('conditions tell whole numbers beyond 2^53 apart', () => {
  const { feed } = load(
    feedFile('only: { id: 9007199254740993, list: [9007199254740992, 7, -9007199254740993] }'),
  );
  assert.deepEqual(feed['only'], {
    id: 9007199254740993n,
    list: [9007199254740992n, 7, -9007199254740993n],
  });
  assert.equal(
    (load(feedFile('only: { id: 9007199254740991 }')).feed['only'] as { id: unknown }).id,
    9007199254740991,
  );
});

test('what a file with such numbers means can be compared, copied and named', () => {
  const one = load(
    feedFile('only: { id: 9007199254740993 }', 'subscribe: { id: 9007199254740993 }'),
  ).feed;
  const other = load(
    feedFile('only: { id: 9007199254740992 }', 'subscribe: { id: 9007199254740993 }'),
  ).feed;
  const { streamKey } = feedKind('websocket')!;
  assert.ok(!isDeepStrictEqual(one, other));
  assert.deepEqual(structuredClone(one), one);
  assert.notEqual(streamKey(one, 'a'), streamKey(other, 'a'));
});

test('a stream is named as it was before 0.2', () => {
  const { streamKey } = feedKind('websocket')!;
  for (const value of ['hello', '{ a: 1, b: [x] }', '[{ a: 1 }, { b: 2 }]', '["REQ", s, {}]']) {
    const { feed } = subscribe(value);
    const { written } = feed['subscribe'] as { written: unknown };
    assert.equal(
      streamKey(feed, 'a'),
      JSON.stringify(['wss://a.example', written, null, null, null, null]),
    );
  }
  assert.equal(
    streamKey(load(feedFile()).feed, 'a'),
    '["wss://a.example",null,null,null,null,null]',
  );
});
