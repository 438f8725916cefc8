// Variables in channels.yaml: the forms there are, what is refused, and what a value becomes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretIn } from '../../src/config/secrets.ts';
import { namesOnly, variableParts } from '../../src/config/variable-text.ts';
import { feedFile, load } from '../support/load.ts';

const header = (value: string) => feedFile('headers:', `  h: ${value}`);
/** The header that a value becomes. */
const headerFrom = (value: string, environment: Record<string, string> = {}) => {
  const { feed, problems } = load(header(value), environment);
  assert.deepEqual(problems, []);
  return (feed['headers'] as Record<string, string>)['h'];
};
const problemsOf = (value: string, environment: Record<string, string> = {}) =>
  load(header(value), environment).problems;

test('a default stands in for a variable that is unset or empty', () => {
  assert.equal(headerFrom('"${A:-b}"'), 'b');
  assert.equal(headerFrom('"${A:-b}"', { A: '' }), 'b');
  assert.equal(headerFrom('"${A:-b}"', { A: 'c' }), 'c');
  assert.equal(headerFrom('"${A:-}"'), '');
  assert.equal(headerFrom('"<${A}>"', { A: '' }), '<>');
});

test('a default may hold variables, and braces that match', () => {
  assert.equal(headerFrom('"${A:-x${B}y}z"', { B: '1' }), 'x1yz');
  assert.equal(headerFrom('"${A:-${B:-${C:-d}}}"'), 'd');
  assert.equal(headerFrom(`'\${A:-{"b":{"c":1}}}'`), '{"b":{"c":1}}');
  assert.equal(headerFrom('"${A:-$${B}}"'), '${B}');
});

test('a demanded variable that is unset or empty is a problem in the words of the file', () => {
  assert.equal(headerFrom('"${A:?set A}"', { A: 'x' }), 'x');
  const unset = ['7:12: the environment variable A is not set; ask the night shift for it'];
  assert.deepEqual(problemsOf('"${A:?ask the night shift for it}"'), unset);
  assert.match(problemsOf('"${A:?ask}"', { A: '' })[0]!, /^7:12: .* A is empty; ask$/);
  assert.match(problemsOf('"${A:?}"')[0]!, /A is not set; set it, or write \$\{A:-default\}$/);
});

test('whatever else begins with ${ is refused at its place, and shows no more than a name', () => {
  for (const text of [
    '${A-geheim}',
    '${A:+geheim}',
    '${A:=geheim}',
    '${A?geheim}',
    '${OPEN-GEHEIM}',
    '${}',
    '${ A }',
    '${1}',
    '${A:-geheim',
    '${A',
    '${env:A}',
    '${A:-${B-geheim}}',
    '${{ A }}',
  ]) {
    const [problem, ...others] = problemsOf(`'x${text}'`, { A: '', OPEN: 'o' });
    assert.match(problem!, /^7:12: \$\{\w*…\} is no variable; write \$\{NAME\}/, text);
    assert.ok(!/geheim/i.test(problem!), problem);
    assert.deepEqual(others, []);
  }
});

test('what the environment inherits is no variable', () => {
  assert.match(problemsOf('"${constructor}"')[0]!, /constructor is not set/);
  assert.match(problemsOf('"${toString}"')[0]!, /toString is not set/);
});

test('a plain ${ is written $${, in values and in keys', () => {
  assert.equal(headerFrom("'$${A} $A $$ {A}'"), '${A} $A $$ {A}');
  assert.deepEqual(load(feedFile('subscribe: { "$${A}": 1 }')).frames, ['{"${A}":1}']);
});

test('a key cannot hold a variable', () => {
  const { problems, codes } = load(feedFile('subscribe: { "${A}": 1 }'), { A: 'b' });
  assert.deepEqual(codes, ['bad-variable']);
  assert.match(problems[0]!, /^6:20: a key cannot hold a variable/);
});

test('every variable without a value is told, beside everything else that is wrong', () => {
  const text = feedFile('headers: { a: "${A}", b: !secret x, c: "${B-c}" }', 'format: jsn');
  const { codes } = load(text);
  assert.deepEqual(codes, ['unset-variable', 'yaml-tag', 'bad-variable', 'bad-value']);
});

test('an unquoted variable is a number, true or false where that is wanted', () => {
  const text = `${feedFile('compress: ${ON}', 'frameBytesMax: ${KB}000')}    processor:
      kind: count-by
      key: k
      top: \${TOP}
      keys: \${KEYS:-0x10}
threads: \${N}
`;
  const { feed, processor, problems } = load(text, { ON: 'true', KB: '64', TOP: '5', N: '2' });
  assert.deepEqual(problems, []);
  assert.equal(feed['compress'], true);
  assert.equal(feed['frameBytesMax'], 64_000);
  assert.deepEqual([processor['top'], processor['keys']], [5, 16]);
});

test('an unquoted variable is a text where only a text will do, whatever its value', () => {
  for (const value of ['12345', '007', '1e5', 'true', '0x1F', '90071992547409930']) {
    assert.equal(headerFrom('${A}', { A: value }), value);
  }
});

test('where a text and a number would do, quotes decide', () => {
  const text = feedFile('only:', '  a: ${ID}', '  b: "${ID}"', '  c: ["${ID:-1}x"]', '  d: ${BIG}');
  const { feed, problems } = load(text, { ID: '7', BIG: '9007199254740993' });
  assert.deepEqual(problems, []);
  assert.deepEqual(feed['only'], { a: 7, b: '7', c: ['7x'], d: 9007199254740993n });
});

test('where only a number will do, a variable is one in quotes as well, as inside { } it must be', () => {
  const text = `${feedFile()}    processor: { kind: count-by, key: k, top: "\${TOP}" }\n`;
  assert.equal(load(text, { TOP: '5' }).processor['top'], 5);
  assert.deepEqual(load(text, { TOP: '0' }).problems, [
    '6:47: top "${TOP}" is too small; the least is 1',
  ]);
  const quoted = text.replace('${TOP}', '5');
  assert.deepEqual(load(quoted).problems, ['6:47: top "5" must be a number; leave the quotes out']);
  assert.match(
    load(text.replaceAll('"${', '${').replaceAll('}"', '}')).problems[0]!,
    /6:48: inside \{ \} or \[ \] a variable needs quotes/,
  );
});

test('a variable that is no number where one is wanted is told by its name alone', () => {
  const lines = ['    processor:', '      kind: count-by', '      key: k', '      top: ${TOP}'];
  const refused = (value: string) =>
    load(`${feedFile()}${lines.join('\n')}\n`, { TOP: value }).problems;
  assert.deepEqual(refused('many'), ['9:12: top "${TOP}" must be a number']);
  assert.deepEqual(refused('0'), ['9:12: top "${TOP}" is too small; the least is 1']);
  assert.deepEqual(refused('9007199254740993'), [
    '9:12: top "${TOP}" is too big; the most is 9007199254740991',
  ]);
});

test('a secret comes from a file, whose path may hold variables', () => {
  const files: Record<string, string> = { 'a/b': 'geheim' };
  const readSecret = (path: string) => {
    const found = files[path];
    return found === undefined
      ? { fault: 'it is not there' }
      : { text: found, remark: 'everybody may read it' };
  };
  const read = (value: string) => load(header(value), { DIR: 'a' }, { readSecret });
  const { feed, notes } = read('"Bearer ${file:${DIR}/b}"');
  assert.deepEqual(feed['headers'], { h: 'Bearer geheim' });
  assert.deepEqual(notes, ['7:12: everybody may read it']);
  assert.deepEqual(read('"${file:c}"').problems, ['7:12: it is not there']);
  assert.match(load(header('"${file:a/b}"')).problems[0]!, /^7:12: secrets cannot be read/);
});

test('the contents of a secret file: one line break less, and nothing that others may write', () => {
  const read = (text: string | Buffer, mode = 0o600) =>
    secretIn(Buffer.from(text), 0o100000 | mode);
  assert.deepEqual(read('a b\n'), { text: 'a b', remark: null });
  assert.deepEqual(read('a\r\n'), { text: 'a', remark: null });
  assert.deepEqual(read('a\n\n'), { text: 'a\n', remark: null });
  assert.deepEqual(read(' ü '), { text: ' ü ', remark: null });
  const fault = (...given: Parameters<typeof read>) => (read(...given) as { fault: string }).fault;
  assert.match(fault('a', 0o620), /others may write.*chmod go-w/);
  assert.match(fault('a', 0o602), /others may write.*chmod go-w/);
  assert.match(fault(Buffer.from([0xff])), /not UTF-8/);
  assert.match(fault('a'.repeat(70_000)), /longer than 65536 bytes/);
  assert.match((read('a', 0o644) as { remark: string }).remark, /everybody .* may read.*chmod o-r/);
  assert.deepEqual(read('a', 0o640), { text: 'a', remark: null });
});

test('the parts of a text are found in time that grows with its length', () => {
  for (const text of ['${A:-'.repeat(50_000), '${A:-${B} '.repeat(20_000), '${'.repeat(50_000)]) {
    const started = performance.now();
    assert.ok(variableParts(text).length > 0);
    assert.ok(performance.now() - started < 1_000);
  }
});

test('people see the names of variables, and no default', () => {
  assert.equal(
    namesOnly('a ${B:-geheim} ${C:?x} ${file:/d} $${E} ${F-geheim}'),
    'a ${B} ${C} ${file:…} $${E} ${F…}',
  );
});
