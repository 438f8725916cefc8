import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseExact } from '../../src/model/exact-json.ts';
import type { WorthOf } from '../../src/model/worth.ts';
import { processorKind, processorKinds } from '../../src/processors/index.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const fixtures = fileURLToPath(new URL('../main/fixtures', import.meta.url));

async function make(
  options: { kind: string; [key: string]: unknown },
  folder = examples,
): Promise<WorthOf> {
  const kind = processorKind(options.kind)!;
  return await kind.create(kind.options.parse(options), folder);
}

test('names ask for their kind, and files for a class', () => {
  for (const name of ['count', 'count-by', 'sum']) assert.equal(processorKind(name)!.kind, name);
  for (const name of ['./a.ts', '../b/c.js', '/abs/d.mjs'])
    assert.equal(processorKind(name)!.kind, './file.ts');
  for (const name of ['cout', 'a.ts', './a.py', '']) assert.equal(processorKind(name), undefined);
  assert.equal(new Set(processorKinds.map(({ kind }) => kind)).size, processorKinds.length);
});

test('count: every message is worth 1, and its body is not needed', async () => {
  const worthOf = await make({ kind: 'count' });
  assert.equal(worthOf(null), 1);
  assert.equal(processorKind('count')!.traits({ kind: 'count' }).needsBody, false);
});

test('count-by: the key at the path, as text; messages without it have no key', async () => {
  const worthOf = await make({ kind: 'count-by', key: 'a.b' });
  assert.equal(worthOf({ a: { b: 'x' } }), 'x');
  assert.equal(worthOf({ a: { b: 7 } }), '7');
  assert.equal(worthOf({ a: { b: true } }), 'true');
  for (const message of [{}, null, { a: null }, { a: { b: null } }, { a: { b: {} } }, 'text']) {
    assert.deepEqual(worthOf(message), { key: null, value: 1 });
  }
});

test('sum: a number or a text that is one; anything else is malformed', async () => {
  const worthOf = await make({ kind: 'sum', value: 'v' });
  assert.equal(worthOf({ v: 2.5 }), 2.5);
  assert.equal(worthOf({ v: '-3e2' }), -300);
  for (const v of [null, '', ' ', 'x', {}, [], true, undefined])
    assert.throws(() => worthOf({ v }), /no number at v/);
});

test('sum: a text is a number only in a form that people write, and keeps its digits', async () => {
  const worthOf = await make({ kind: 'sum', value: 'v' });
  for (const v of ['0x10', '0b11', '0o7', '1_000', '1,5', 'Infinity', 'NaN', '1e', '.', '1n']) {
    assert.throws(() => worthOf({ v }), /no number at v/, v);
  }
  assert.equal(worthOf({ v: ' +1.50 ' }), 1.5);
  assert.equal(worthOf({ v: '.5' }), 0.5);
  assert.equal(worthOf({ v: '-9007199254740993' }), -9007199254740993n);
});

test('a key is the same key as a number in any form and as a text, with all its digits', async () => {
  for (const options of [
    { kind: 'count-by', key: 'k' },
    { kind: 'sum', key: 'k', value: 'v' },
  ]) {
    const worthOf = await make(options);
    const keyOf = (json: string) => {
      const worth = worthOf(parseExact(`{"k":${json},"v":1}`));
      return typeof worth === 'object' ? (worth as { key: string }).key : worth;
    };
    assert.deepEqual(['1', '1.0', '10e-1', '"1"'].map(keyOf), ['1', '1', '1', '1']);
    assert.equal(keyOf('"1.0"'), '1.0', 'a text is taken as it is');
    assert.deepEqual(['9007199254740993', '"9007199254740993"'].map(keyOf), [
      '9007199254740993',
      '9007199254740993',
    ]);
    assert.equal(keyOf('9007199254740992'), '9007199254740992');
  }
});

test('sum with a key sums by it', async () => {
  const worthOf = await make({ kind: 'sum', value: 'v', key: 'k' });
  assert.deepEqual(worthOf({ v: 2, k: 'a' }), { key: 'a', value: 2 });
});

test('a class of your own gets its options, and each message', async () => {
  const worthOf = await make({
    kind: './processors/high-value-trades.ts',
    class: 'HighValueTrades',
    keyed: true,
    above: 100,
  });
  assert.equal(worthOf({ symbol: 'X', price: 60, quantity: 2 }), 'X');
  assert.equal(worthOf({ symbol: 'X', price: 40, quantity: 2 }), null);
  assert.throws(() => worthOf({ price: 40 }), /no trade/);
});

test('a class that is not there, or cannot be made, is told in words that help', async () => {
  await assert.rejects(
    make({ kind: './trouble.ts', class: 'Missing' }, fixtures),
    /exports no class Missing; it exports Trouble, Unmakeable/,
  );
  await assert.rejects(
    make({ kind: './trouble.ts', class: 'Unmakeable' }, fixtures),
    /cannot be made, on purpose/,
  );
  await assert.rejects(make({ kind: './nowhere.ts' }, fixtures), /nowhere\.ts/);
});

test('bounds on keys are part of the options', () => {
  const kind = processorKind('count-by')!;
  const { keysMax, top } = kind.traits(kind.options.parse({ kind: 'count-by', key: 'k' }));
  assert.deepEqual({ keysMax, top }, { keysMax: 1_000, top: 10 });
  assert.equal(kind.options.safeParse({ kind: 'count-by', key: 'k', keys: 1e9 }).success, false);
});
