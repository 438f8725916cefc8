import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { kinds } from '../../src/cli/configuration.ts';
import { loadConfig, PROBLEMS_MAX, TEXT_LENGTH_MAX } from '../../src/config/load.ts';
import { jsonSchema } from '../../src/config/schema.ts';
import { formatProblem } from '../../src/model/problem.ts';

const load = (text: string, environment: Record<string, string> = {}) =>
  loadConfig(text, { file: 'c.yaml', environment, kinds });

/** `code line:column` of every problem. */
const places = (text: string) =>
  load(text).problems.map(({ code, place }) => `${code} ${place?.line}:${place?.column}`);
const sentences = (text: string) => load(text).problems.map(formatProblem).join('\n');

const FEED = 'feed: { kind: websocket, url: "wss://a.example" }';

test('a channel of one line gets every default', () => {
  const { config, problems } = load(`channels:\n  a: { ${FEED} }\n`);
  assert.deepEqual(problems, []);
  assert.equal(config!.channels[0]!.title, 'a');
  assert.deepEqual(config!.channels[0]!.processor, { kind: 'count' });
  assert.deepEqual(config!.listen, { host: '127.0.0.1', port: 9347 });
  assert.deepEqual(config!.retain, {
    '1s': 3_600_000,
    '1m': 35 * 86_400_000,
    '15m': 3_650 * 86_400_000,
  });
});

test('the demo, and the sample with its schema line, are right', () => {
  const text = readFileSync(new URL('../../channels.yaml', import.meta.url), 'utf8');
  assert.match(text, /^# yaml-language-server: \$schema=\.\/channels\.schema\.json/);
  assert.deepEqual(load(text).problems, []);
});

test('every problem is told at once, each at its own place', () => {
  const text = `listn: x
channels:
  Trades: { ${FEED} }
  a:
    title: 5
    feed:
      kind: satory
  b:
    feed: { kind: satori, url: "htp://x", appkey: k, rolee: x }
    processor: { kind: count-by, top: 0 }
    chart: { interval: 5x }
  c: {}
threads: many
`;
  assert.deepEqual(places(text), [
    'unknown-key 1:1',
    'bad-name 3:3',
    'wrong-type 5:12',
    'unknown-kind 7:13',
    'bad-value 9:32',
    'unknown-key 9:54',
    'missing-key 10:5',
    'bad-value 10:39',
    'bad-value 11:24',
    'missing-key 12:3',
    'wrong-type 13:10',
  ]);
});

test('an unknown word is answered with the nearest known one', () => {
  assert.match(
    sentences(`chanels:\n  a: { ${FEED} }\n`),
    /unknown key "chanels"; did you mean "channels"\?/,
  );
  assert.match(
    sentences('channels:\n  a: { feed: { kind: websoket, url: "wss://a" } }\n'),
    /did you mean "websocket"\?/,
  );
  assert.match(
    sentences(`channels:\n  a: { ${FEED}, processor: { kind: cuont } }\n`),
    /did you mean "count"\?/,
  );
});

test('a bad name is answered with a good one', () => {
  assert.match(sentences(`channels:\n  "My Trades!": { ${FEED} }\n`), /such as "my-trades"/);
});

test('variables come from the environment, or from their default; an unset one is a problem at its place', () => {
  const text =
    'channels:\n  a:\n    feed: { kind: satori, url: "wss://a", appkey: "${KEY}-${OTHER:-x}$${no}" }\n';
  assert.equal(load(text, { KEY: 'k' }).config!.channels[0]!.feed['appkey'], 'k-x${no}');
  assert.deepEqual(places(text), ['unset-variable 3:51']);
});

test("a secret's value is in no problem", () => {
  const text =
    'channels:\n  a:\n    feed: { kind: satori, url: "${S}", appkey: "${S}", role: r, secret: ["${S}"], headers: { a: ["${S}"] } }\n';
  const { problems } = load(text, { S: 'topsecret' });
  assert.ok(problems.length >= 3);
  assert.ok(!JSON.stringify(problems).includes('topsecret'));
});

test('a place is right after a mistake that leads the parser astray', () => {
  const text = '{\n a: 1\n }\n },\n d: 1,\n e: 2\n}\n';
  const lineCount = text.split('\n').length;
  for (const { place } of load(text).problems) {
    const { line, column } = place!;
    assert.ok(line <= lineCount && column <= text.split('\n')[line - 1]!.length + 1);
  }
});

test('a mistake in the grammar does not quote what is written there', () => {
  const { problems } = load('a: { secret: topsecret }\n  "topsecret": "topsecret" "topsecret"\n');
  assert.ok(problems.length > 0);
  assert.ok(!JSON.stringify(problems).includes('topsecret'), JSON.stringify(problems));
});

test('nesting has a bottom', () => {
  const nested = (depth: number) =>
    load(
      `channels: { a: { feed: { kind: websocket, url: "wss://a", subscribe: ${'['.repeat(depth)}${']'.repeat(depth)} } } }`,
    ).problems;
  assert.deepEqual(nested(90), []);
  assert.match(
    nested(110).map(formatProblem).join(),
    /^c.yaml:1:1\d\d: the file is nested too deep/,
  );
});

test('a key that is a list or a map is told at its place, and takes no time', () => {
  assert.deepEqual(places('? [a, b]\n: c\n'), ['yaml-syntax 1:3']);
  assert.deepEqual(places('a: { {b: c}: d }'), ['yaml-syntax 1:6']);
  assert.ok(load('? '.repeat(200)).problems.length > 0);
});

test('a reference that leads nowhere is told at its place', () => {
  assert.deepEqual(places('a: &a 1\nb: *a\nc: *no\n'), ['yaml-syntax 3:4']);
  for (const merge of ['[1, 2]', '1', '&x []\nb: { <<: *x }', '[{ a: 1 }, null]', '']) {
    const told = load(`<<: ${merge}\n`).problems;
    assert.ok(told.length > 0 && told.every(({ place }) => place), merge);
  }
  assert.deepEqual(load(`x: &x { ${FEED} }\nchannels: { a: { <<: *x } }`).problems.length, 1);
});

test('a problem shows a variable as it is written, wherever it stands', () => {
  const text = `timezone: "\${S}"
channels:
  a: { feed: { kind: "\${S}" }, was: ["\${S}"] }
  b: { ${FEED}, processor: { kind: count-by, key: "\${S}[" }, was: "\${S}" }
`;
  const said = (environment: Record<string, string>) =>
    load(text, environment).problems.map(formatProblem).join('\n');
  assert.match(said({ S: 'topsecret' }), /timezone "\$\{S\}" is not a time zone/);
  assert.match(said({ S: 'topsecret' }), /unknown feed kind "\$\{S\}"/);
  const former = text.replace('"${S}"\n', 'UTC\n').replace('{ kind: "${S}" }', FEED.slice(6));
  const taken = load(former.replace('${S}[', 'x'), { S: 'topsecret' });
  assert.match(taken.problems.map(formatProblem).join(), /was "\$\{S\}" is the name/);
  for (const problems of [said({ S: 'topsecret' }), JSON.stringify(taken)]) {
    assert.ok(!problems.includes('topsecret'), problems);
  }
});

test('what is not YAML, is empty, or is no map is told with a line', () => {
  assert.deepEqual(places(''), ['file-empty 1:1']);
  assert.deepEqual(places('# only a comment\n'), ['file-empty 1:1']);
  assert.deepEqual(places('- a\n'), ['wrong-type 1:1']);
  assert.deepEqual(places('channels: {}\n'), ['no-channels 1:1']);
  for (const text of ['a: [', 'a: b: c', '\t- x', 'a: "open', '%YAML 9\n---\n&', '\u0000']) {
    const { problems } = load(text);
    assert.ok(
      problems.length > 0 && problems.every(({ place }) => place!.line >= 1),
      JSON.stringify(text),
    );
  }
});

test('a name given twice is told where it stands the second time', () => {
  assert.deepEqual(places(`channels:\n  a: { ${FEED} }\n  a: { ${FEED} }\n`), [
    'yaml-duplicate-key 3:3',
  ]);
});

test('alias bombs, bottomless nesting and endless files are refused without harm', () => {
  const levels = 'abcdefghij'.split('');
  const bomb = levels
    .map((name, i) => `${name}: &${name} [${Array(9).fill(i === 0 ? 'x' : `*${levels[i - 1]}`)}]`)
    .join('\n');
  assert.ok(places(bomb).length > 0);
  assert.deepEqual(places('['.repeat(100_000)), ['yaml-syntax 1:1']);
  assert.deepEqual(places(' '.repeat(TEXT_LENGTH_MAX + 1)), ['file-too-large 1:1']);
  assert.ok(load('a: &a [*a]').problems.length > 0);
});

test('a thousand problems are cut to what a person can read', () => {
  const text = Array.from({ length: 1_000 }, (_, i) => `key-${i}: 1`).join('\n');
  const { problems } = load(text);
  assert.equal(problems.length, PROBLEMS_MAX);
  // `channels` is missing, too.
  assert.match(problems.at(-1)!.message, /^902 more problems from here on/);
  assert.equal(problems.at(-1)!.code, 'more-problems');
});

test('what no single key can know is checked too', () => {
  assert.match(
    sentences(`channels:\n  a: { ${FEED}, chart: { interval: 1s, range: 1h } }\n`),
    /3600 bars/,
  );
  assert.match(
    sentences(`channels:\n  a: { ${FEED}, chart: { interval: 10s, range: 2h } }\n`),
    /kept \(1h\)/,
  );
  assert.match(
    sentences(`channels:\n  a: { ${FEED}, chart: { interval: 1h, range: 1m } }\n`),
    /shorter than one bar/,
  );
  assert.match(
    sentences('channels:\n  a: { feed: { kind: satori, url: self, appkey: k } }\n'),
    /add rtm:/,
  );
  assert.match(sentences(`channels:\n  a: { ${FEED} }\n  b: { ${FEED}, was: a }\n`), /former name/);
});

test('keys of other objects are no way in', () => {
  for (const text of [
    '__proto__: { x: 1 }',
    `channels:\n  __proto__: { ${FEED} }`,
    'constructor: 1',
  ]) {
    assert.ok(load(text).problems.length > 0, text);
  }
  assert.equal(({} as Record<string, unknown>)['x'], undefined);
});

test('channels.schema.json is what the schemas say', () => {
  const committed = JSON.parse(
    readFileSync(new URL('../../channels.schema.json', import.meta.url), 'utf8'),
  );
  assert.deepEqual(committed, JSON.parse(JSON.stringify(jsonSchema(kinds))), 'run: npm run schema');
});
