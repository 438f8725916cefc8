// Which values of channels.yaml are secrets, and that no problem repeats one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds } from '../../src/cli/configuration.ts';
import { loadConfig } from '../../src/config/load.ts';
import { isSecretName, secretsIn } from '../../src/config/secret-values.ts';
import { formatProblem } from '../../src/model/problem.ts';

const ENVIRONMENT = {
  KEY: 'env-key-1',
  HOST: 'feed.example.org',
  PORT: '9000',
  NAME: 'Trades',
  ADDRESS: 'wss://u1:pw-of-env@feed.example.org/x?key=query-of-env',
  NUMBER: '12',
};

const load = (text: string) =>
  loadConfig(text, { file: 'c.yaml', environment: ENVIRONMENT, kinds });

function secretsOf(feed: string, more = ''): readonly string[] {
  const { config, problems } = load(`channels:\n  token:\n    feed: ${feed}\n${more}`);
  assert.deepEqual(problems.map(formatProblem), []);
  return config!.secrets;
}

const websocket = (options: string, url = 'wss://a.example') =>
  secretsOf(`{ kind: websocket, url: "${url}", ${options} }`);

test('what a variable gave is a secret, wherever it stands in a text', () => {
  assert.deepEqual(websocket('headers: { X-Env: "v1 ${KEY}!" }'), ['env-key-1']);
  assert.deepEqual(websocket('subscribe: { list: [{ k: "${KEY}" }] }'), ['env-key-1']);
  assert.deepEqual(
    websocket('subscribe: "${NOT_SET:-in the file}"'),
    [],
    'a default is not hidden',
  );
  assert.deepEqual(websocket('subscribe: "$${KEY}"'), [], 'no variable');
});

test('host and port of an address are none, nor is what the page shows', () => {
  assert.deepEqual(websocket('compress: true', 'ws://${HOST}:${PORT}/x'), []);
  assert.deepEqual(websocket('compress: true', 'ws://${KEY}@${HOST}:${PORT}/x'), ['env-key-1']);
  assert.deepEqual(websocket('compress: true', 'ws://${HOST}/${KEY}'), ['env-key-1']);
  const shown = load(`timezone: UTC
listen: "127.0.0.1:\${PORT}"
channels:
  a:
    title: \${NAME}
    feed: { kind: websocket, url: "wss://a.example", only: { token: BTC } }
    processor: { kind: count-by, key: token }
`);
  assert.deepEqual(shown.config!.secrets, []);
});

test('an address that a variable gave is one as a whole, and so are its user, password and parameters', () => {
  const secrets = websocket('compress: true', '${ADDRESS}');
  for (const part of ['u1', 'pw-of-env', 'u1:pw-of-env', 'query-of-env']) {
    assert.ok(secrets.includes(part), part);
  }
});

test('what stands under a name that says so is one, also in lists and maps', () => {
  assert.deepEqual(
    websocket('subscribe: { api_key: k-1, auth: { user: u-2, list: [l-3] }, channel: open }'),
    ['k-1', 'u-2', 'l-3'],
  );
  assert.deepEqual(websocket('headers: { Authorization: "Bearer b-4" }'), ['Bearer b-4', 'b-4']);
  const basic = Buffer.from('me:pw-5').toString('base64');
  const secrets = websocket(`headers: { Proxy-Authorization: "Basic ${basic}" }`);
  assert.ok(secrets.includes('pw-5') && secrets.includes('me:pw-5'));
  assert.ok(websocket('headers: { Cookie: "a=b; sid=c-6" }').includes('c-6'));
  assert.deepEqual(websocket('subscribe: { password: 1234 }'), ['1234']);
  assert.deepEqual(
    secretsOf(
      '{ kind: satori, url: self, appkey: demo, role: r, secret: s-7 }',
      'rtm: { appkey: demo, roles: { auth: { secret: s-8, allow: [publish] } } }\n',
    ),
    ['s-7', 's-8'],
    'names that the user chose say nothing, and "demo" is known to all',
  );
});

test('user and password of an address, and parameters whose name says so', () => {
  const secrets = websocket(
    'compress: true',
    'wss://us%40er:pw-9@a.example/p?token=q-1&stream=open',
  );
  for (const part of ['us%40er', 'us@er', 'pw-9', 'us%40er:pw-9', 'q-1']) {
    assert.ok(secrets.includes(part), part);
  }
  assert.ok(!secrets.includes('open'));
});

test('an alias is the text that it stands for', () => {
  const text = `channels:
  a: { feed: { kind: websocket, url: "wss://a.example", headers: { X-A: &k plain-text }, subscribe: { token: *k } } }
`;
  assert.deepEqual(load(text).config!.secrets, ['plain-text']);
});

test('names that say so are told from names that do not', () => {
  for (const name of [
    'secret',
    'clientSecret',
    'API_KEY',
    'X-Api-Key',
    'apikey',
    'accessToken',
    'Set-Cookie',
    'sas_signature',
    'private key',
    'pwd',
  ]) {
    assert.equal(isSecretName(name), true, name);
  }
  for (const name of [
    'author',
    'tokenise',
    'key',
    'keys',
    'passenger',
    'compass',
    'secretary',
    '',
  ]) {
    assert.equal(isSecretName(name), false, name);
  }
});

test('no problem repeats a secret, however it came to be there', () => {
  const feed = (options: string) =>
    `x-mine: &k hidden-1\nchannels:\n  a:\n    feed: { kind: websocket, url: "wss://a.example", ${options} }\n`;
  const texts = [
    `${feed('subscribe: { token: *k }')}    chart: { interval: *k }\n`,
    `${feed('subscribe: { token: hidden-1 }')}    processor: { kind: hidden-1 }\n`,
    `${feed('headers: { A: "${KEY}" }')}    was: [a, "\${KEY}"]\n    chart: { range: "\${KEY}" }\n`,
    feed('appkey hidden-1'),
    feed('headers: { Authorization: *hidden-1 }'),
    feed('ping: hidden-1'),
    feed('subscribe: { token: hidden-1 }, ping: { every: hidden-1, send: x }'),
  ];
  for (const text of texts) {
    const { problems } = load(text);
    const said = problems.map(formatProblem).join('\n');
    assert.ok(said !== '', text);
    assert.ok(!/hidden-1|env-key-1/.test(said), said);
  }
});

test('a file gives a secret, also within a default, and not where it became the host', () => {
  const readSecret = (path: string) => ({ text: `text-of-${path}`, remark: null });
  const of = (url: string) =>
    loadConfig(`channels:\n  a: { feed: { kind: websocket, url: "${url}" } }\n`, {
      file: 'c.yaml',
      environment: ENVIRONMENT,
      kinds,
      readSecret,
    }).config!.secrets;
  assert.deepEqual(of('wss://a.example/${file:one}/${file:two}'), ['text-of-one', 'text-of-two']);
  assert.deepEqual(of('wss://a.example/${NOT_SET:-${file:three}}'), ['text-of-three']);
  assert.deepEqual(of('wss://a.example/${NOT_SET:-plain}'), []);
  assert.deepEqual(of('wss://${HOST:-${file:four}}/'), []);
  assert.deepEqual(of('wss://${file:five}.example/x'), []);
});

test('data of any shape gives an answer', () => {
  const surroundings = { environment: {}, readSecret: () => ({ fault: 'none' }) };
  const round: Record<string, unknown> = { token: null };
  round['self'] = round;
  for (const data of [null, 1, 12n, 'x', [], { token: [null, {}, true] }, round]) {
    assert.ok(Array.isArray(secretsIn({ written: data, data, ...surroundings })));
  }
  assert.deepEqual(secretsIn({ written: {}, data: { token: 'x' }, ...surroundings }), ['x']);
});
