// What is masked in a text, and what of it anyone may read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discretion, MASK, OPEN_LENGTH_MAX, redactor } from '../../src/model/redaction.ts';

const SECRET = 's3cr3t/é"k +x\n';
/** Parts of the secret, and of what base64 makes of it, that must not be left. */
const left = (text: string) => /s3cr|3t\/|k \+|czNj|MzY3|M2Ny/.test(text);

test('a secret is masked as it is, and percent-encoded, escaped as in JSON, and in base64 at any place', () => {
  const redact = redactor([SECRET]);
  const around = (before: string, encoding: 'base64' | 'base64url') =>
    Buffer.from(`${before}${SECRET}tail`).toString(encoding);
  const forms = [
    SECRET,
    encodeURIComponent(SECRET),
    encodeURIComponent(SECRET).toLowerCase(),
    encodeURI(SECRET),
    String(new URLSearchParams({ token: SECRET })),
    JSON.stringify({ token: SECRET }),
    JSON.stringify(JSON.stringify({ token: SECRET })),
    '\\u0073\\u0033cr3t\\/\\u00E9\\"k +x\\n',
    ...['', 'a', 'ab', 'abc'].flatMap((before) => [
      around(before, 'base64'),
      around(before, 'base64url'),
    ]),
  ];
  for (const form of forms) {
    const told = redact(`before ${form} after`);
    assert.ok(told.includes(MASK), form);
    assert.ok(!left(told), `${form} became ${told}`);
    assert.match(told, /^before .* after$/s);
  }
});

test('what is not a secret stays, also where it looks like one', () => {
  const redact = redactor([SECRET, 'pin7']);
  for (const text of ['', 'closed with code 1006', 's3cr3', '100% of +1', 'C:\\x', 'spinning7']) {
    assert.equal(redact(text), text);
  }
  assert.equal(redactor([])('a secret'), 'a secret');
  assert.equal(redactor([''])('a secret'), 'a secret');
});

test('one under six signs is masked only as a whole word', () => {
  const redact = redactor(['abc']);
  assert.equal(
    redact('abc "abc" a=abc&b abcd xabc abc1 äabc'),
    '••• "•••" a=•••&b abcd xabc abc1 äabc',
  );
  assert.equal(redact('YWJj YWJjZA'), '••• YWJjZA');
  assert.equal(redactor(['a%b'])('a%25b x'), '••• x');
});

test('the longer of two secrets goes first, so that nothing of it is left', () => {
  assert.equal(redactor(['longpass', 'user:longpass'])('as user:longpass'), 'as •••');
});

test('signs that mean something in patterns are taken as they are', () => {
  const secret = '^a.b*c$(d)[e]{f}|g\\h?-/';
  const redact = redactor([secret, '.*.*']);
  assert.equal(redact(`<${secret}>`), '<•••>');
  assert.equal(redact('abcd'), 'abcd');
});

test('many backslashes do not take long', () => {
  const redact = redactor(['secret-of-many']);
  const began = performance.now();
  redact('\\'.repeat(4_096));
  assert.ok(performance.now() - began < 500);
});

test('anyone may read a detail without stack trace and absolute paths; addresses stay', () => {
  const { open, log } = discretion({ secrets: ['hunter22'], folders: ['/srv/my weir'] });
  const cases: [string, string][] = [
    ["ENOENT: no such file, open '/no where/a.pem'", "ENOENT: no such file, open 'a.pem'"],
    ['The store /srv/my weir/data/weir.db is full.', 'The store data/weir.db is full.'],
    ['Error: boom\n    at f (/a/b.ts:3:4)\n    at g', 'Error: boom'],
    ["Cannot find module 'x'\nRequire stack:\n- /a/b.js", "Cannot find module 'x'"],
    ['/etc/weir/channels.yaml:14:7: is wrong', 'channels.yaml:14:7: is wrong'],
    ['imported from file:///opt/weir/p.mjs', 'imported from p.mjs'],
    ['file:///srv/my weir/p.mjs, /mnt/srv/my.x', 'p.mjs, my.x'],
    ['/weir.db is locked', 'weir.db is locked'],
    ['C:\\Users\\me\\ca.pem is none', 'ca.pem is none'],
    ['wss://host/a/b refused; 3 /s; see /docs', 'wss://host/a/b refused; 3 /s; see /docs'],
    ['application/json, and/or', 'application/json, and/or'],
    ['two\nlines', 'two lines'],
    ['no hunter22 here', 'no ••• here'],
  ];
  for (const [text, told] of cases) assert.equal(open(text), told);
  assert.match(
    log('Error: hunter22\n    at f (/a/b.ts:3:4)'),
    /^Error: •••\n {4}at f \(\/a\/b\.ts/,
  );
  const long = open(`the beginning ${'x'.repeat(9_999)} the end`);
  assert.equal(long.length, OPEN_LENGTH_MAX);
  assert.match(long, /^the beginning x+…x+ the end$/);
});
