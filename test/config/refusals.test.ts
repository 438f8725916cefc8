// What YAML lets through and would mean something else, and what its parser refuses in words of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHANNELS_MAX } from '../../src/config/load.ts';
import { feedFile, load } from '../support/load.ts';

const FEED = 'feed: { kind: websocket, url: "wss://a.example" }';
const channel = (name: string) => `  ${name}: { ${FEED} }\n`;
const only = (text: string) => {
  const { problems } = load(text);
  assert.equal(problems.length, 1, problems.join('\n'));
  return problems[0]!;
};

test('a tag is a problem where it stands, and a password that looks like one is not shown', () => {
  const { problems, codes } = load(
    feedFile(
      'headers:',
      '  a: !secret token',
      '  b: !!binary aGk=',
      '  c: !include x',
      '  d: !Hunter2',
    ),
  );
  assert.deepEqual(codes.slice(0, 3), ['yaml-tag', 'yaml-tag', 'yaml-tag']);
  assert.match(problems[0]!, /^7:12: !secret is a tag .*"\$\{NAME\}" and "\$\{file:PATH\}"$/);
  assert.match(problems[1]!, /^8:12: !!binary is a tag/);
  assert.match(problems[3]!, /^10:12: this !… is a tag .*put a text that begins with ! in quotes/);
  assert.ok(!problems.join().includes('Hunter2'));
  assert.match(load('channels: !!set {a}').problems.join('\n'), /^1:11: !!set is a tag/m);
  assert.equal(load(feedFile('subscribe: { a: !!str 5, b: ! 6 }')).frames[0], '{"a":"5","b":"6"}');
});

test('an alias without an anchor may be a password, and is not shown', () => {
  const problem = only(feedFile('headers: { a: *Hunter2 }'));
  assert.match(problem, /^6:21: there is no anchor .* a text that begins with \* needs quotes$/);
});

test('a channel name that YAML takes for something else than a text is told to be quoted', () => {
  const named = (name: string) => load(`channels:\n${channel(name)}`);
  assert.deepEqual(named('007').problems, [
    '2:3: YAML reads the name 007 as a number; put it in quotes: "007"',
  ]);
  for (const name of ['1', '1e5', '0x1f', '9007199254740993']) {
    assert.match(named(name).problems[0]!, /^2:3: .* as a number; put it in quotes/, name);
  }
  assert.match(named('true').problems[0]!, /^2:3: YAML reads the name true as true;/);
  assert.match(named('null').problems[0]!, /^2:3: YAML reads the name null as null;/);
  assert.equal(named('"007"').channels[0]!.name, '007');
  assert.equal(named('1-a').channels[0]!.name, '1-a');
});

test('the same name in two forms is one name', () => {
  assert.match(
    only(`channels:\n${channel('"1"')}${channel('1')}`),
    /^3:3: this key is in the map already/,
  );
  assert.match(
    only(feedFile('subscribe: { 1: a, "1": b }')),
    /^6:26: this key is in the map already/,
  );
});

test('a name is looked at where an alias or a merge brings it', () => {
  const merged = `x-more: &more\n${channel('7')}channels:\n  <<: [*more]\n`;
  assert.match(only(merged), /^2:3: YAML reads the name 7 as a number/);
  assert.match(only(`x-all: &all\n${channel('7')}channels: *all\n`), /^2:3: YAML reads the name 7/);
});

test('keys that are no names keep their text', () => {
  const { frames } = load(feedFile('subscribe: { 007: a, 1.0: b, null: c, 0x1: d }'));
  assert.deepEqual(JSON.parse(frames[0]!), { '007': 'a', '1.0': 'b', null: 'c', '0x1': 'd' });
});

test('nothing named __proto__ vanishes', () => {
  for (const text of [
    `channels:\n${channel('__proto__')}${channel('a')}`,
    feedFile('subscribe: { "__proto__": 1 }'),
    feedFile('headers: { __proto__: x }'),
    feedFile('only: { a: 1, __proto__: x }'),
    `__proto__: 1\nchannels:\n${channel('a')}`,
  ]) {
    assert.match(only(text), /^\d+:\d+: no key can be named __proto__: it would vanish/, text);
  }
  assert.equal(load(`channels:\n${channel('constructor')}`).channels[0]!.name, 'constructor');
});

test("keys of the top level that begin with x- are the user's own", () => {
  const text = `x-feed: &feed { kind: websocket, url: "wss://a.example" }
x-number: 7
x-more: [1, { deep: true }]
channels:
  a: { feed: { <<: *feed, format: text } }
`;
  const { problems, feed } = load(text);
  assert.deepEqual(problems, []);
  assert.equal(feed['format'], 'text');
  assert.match(only(`x_feed: 1\nchannels:\n${channel('a')}`), /^1:1: unknown key "x_feed"/);
  assert.match(only(`channels:\n  a: { ${FEED}, x-b: 1 }\n`), /unknown key "x-b"/);
});

test('what an anchor names may be used in each of the channels there may be', () => {
  const names = Array.from(
    { length: CHANNELS_MAX },
    (_, i) => `  c${i}: { feed: *f, chart: *c, processor: *p }\n`,
  );
  const text = `x-f: &f { kind: websocket, url: "wss://a.example" }
x-c: &c { interval: 1m }
x-p: &p { kind: count }
channels:\n${names.join('')}`;
  const { channels, problems } = load(text);
  assert.deepEqual(problems, []);
  assert.equal(channels.length, CHANNELS_MAX);
});

test('more channels than there may be are one problem, with both numbers', () => {
  const names = Array.from({ length: CHANNELS_MAX + 1 }, (_, i) => channel(`c${i}`));
  assert.equal(
    only(`channels:\n${names.join('')}`),
    '1:1: there are 2001 channels; the most is 2000, so count the others with a second Weir',
  );
});

test('a second document is told in our words', () => {
  const problem = only(`channels:\n${channel('a')}---\nb: 1\n`);
  assert.match(
    problem,
    /^3:1: a second document begins here \(---\); channels\.yaml is one document/,
  );
  assert.deepEqual(load(`---\nchannels:\n${channel('a')}...\n`).problems, []);
});

test('another YAML than 1.2 is refused: it would read the same text otherwise', () => {
  const text = `%YAML 1.1\n---\nchannels:\n${channel('a')}`;
  assert.equal(only(text), '1:1: channels.yaml is YAML 1.2; take out the line %YAML 1.1');
  assert.deepEqual(load(text.replace('1.1', '1.2')).problems, []);
});

for (const [law, line, column] of [
  ['a colon and a space', 'title: Trades: all', 12],
  ['a bracket', 'title: [BTC] trades', 18],
  ['an at sign', 'title: @trades', 12],
  ['a percent sign', 'title: %trades', 12],
  ['a backquote', 'title: `trades`', 12],
  ['a quote', 'title: "BTC" trades', 18],
] as const) {
  test(`a text with ${law} where it needs quotes is told to be put in quotes`, () => {
    const problem = only(`channels:\n  a:\n    ${line}\n    ${FEED}\n`);
    assert.match(problem, new RegExp(`^3:${column}: .*put the text in quotes`));
    const flow = load(`channels:\n  a: { ${line}, ${FEED} }\n`).problems[0]!;
    assert.match(flow, /^2:\d+: .*put the text in quotes/);
  });
}

test('a variable inside brackets is told to be quoted', () => {
  assert.match(
    only(feedFile('headers: { a: ${KEY} }')),
    /inside \{ \} or \[ \] a variable needs quotes/,
  );
  assert.match(
    only(feedFile('protocols: [${A}, ${B}]')),
    /inside \{ \} or \[ \] a variable needs quotes/,
  );
});

test('a mistake is told once, not again for each rule that it breaks', () => {
  const { problems } = load('channels:\n  a: { title: x y: z, feed: w }\n  b: [1\n');
  assert.equal(new Set(problems.map((one) => one.split(':')[0])).size, problems.length);
});

test('a number where a text is wanted is told to be put in quotes, and a text where a number is, not to be', () => {
  const { problems } = load(
    `channels:\n  a:\n    title: 5\n    was: [7]\n    ${FEED}\nthreads: "4"\n`,
  );
  assert.deepEqual(problems, [
    '3:12: title 5 must be a text; put it in quotes',
    '4:11: was[0] 7 must be a text; put it in quotes',
    '6:10: threads "4" must be a number; leave the quotes out',
  ]);
});

test('headers that no handshake could carry are refused', () => {
  const headers = (value: string, environment = {}) =>
    load(feedFile(`headers: { ${value} }`), environment).problems;
  const broken = headers('Authorization: "${T}"', { T: 'geheim\r\nX-Evil: 1' });
  assert.match(broken[0]!, /^6:33: Authorization has a line break, and a header is one line/);
  assert.ok(!broken.join().includes('geheim'));
  assert.match(headers('a: "x\\n"')[0]!, /line break/);
  assert.match(headers('a: "☃"')[0]!, /characters that no header can have/);
  assert.match(headers('"a b": c')[0]!, /a b is not the name of a header/);
  assert.match(headers('Connection: close')[0]!, /is set by the handshake itself/);
  assert.match(headers('sec-websocket-key: x')[0]!, /is set by the handshake itself/);
  assert.match(headers('X-A: "1", x-a: "2"')[0]!, /x-a is there twice/);
  assert.deepEqual(headers('Authorization: "Bearer x", Host: b, ü: "y"').length, 1);
  assert.deepEqual(headers('Authorization: "Bearer é"'), []);
  assert.match(load(feedFile('protocols: "a, b"')).problems[0]!, /is not a subprotocol/);
});
