import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePath, parsePath } from '../../src/model/path.ts';

test('a path reads properties, indices and odd keys', () => {
  const message = JSON.parse('{"a":{"b":[{"c":7}]},"odd key":{"x.y":1},"n":null}');
  assert.equal(compilePath('a.b[0].c')(message), 7);
  assert.equal(compilePath('["odd key"]["x.y"]')(message), 1);
  assert.equal(compilePath('$.a.b[0].c')(message), 7);
  assert.equal(compilePath('n')(message), null);
  assert.equal(compilePath('')(message), message);
  assert.equal(compilePath('[1]')(['x', 'y']), 'y');
});

test('what is not there is undefined, never an error', () => {
  for (const value of [null, 1, 'text', [], {}, undefined, { a: null }]) {
    assert.equal(compilePath('a.b[3].c')(value), undefined);
  }
});

test("a message cannot reach JavaScript's insides", () => {
  for (const path of [
    'constructor',
    '__proto__',
    'a.constructor.name',
    'toString',
    '[0].length.constructor',
  ]) {
    assert.equal(compilePath(path)({ a: {}, 0: 'x' }), undefined, path);
  }
});

test('what is no path is refused', () => {
  for (const text of ['a..b', '.a', 'a.', 'a[', 'a[x]', 'a b', 'a]', '[-1]']) {
    assert.equal(parsePath(text), null, text);
    assert.throws(() => compilePath(text), SyntaxError);
  }
});
