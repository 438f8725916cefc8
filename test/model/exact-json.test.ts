// JSON whose numbers keep their digits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  keepDigits,
  NumberTooLarge,
  parseExact,
  stringifyExact,
} from '../../src/model/exact-json.ts';

test('whole numbers beyond 2^53 are written as their digits, and all else as JSON has it', () => {
  const value = { id: 9007199254740993n, list: [-18446744073709551615n, 1.5, 'a', null, true] };
  assert.equal(
    stringifyExact(value),
    '{"id":9007199254740993,"list":[-18446744073709551615,1.5,"a",null,true]}',
  );
  assert.equal(stringifyExact([undefined, {}]), JSON.stringify([undefined, {}]));
});

test('a number is written as it was noted, where JSON has that form', () => {
  const value = { price: 1.1, list: [1e21, 7], deep: { price: 1.1 } };
  keepDigits(value, 'price', '1.10');
  keepDigits(value.list, '0', '1e21');
  keepDigits(value.list, '1', '007');
  assert.equal(stringifyExact(value), '{"price":1.10,"list":[1e21,7],"deep":{"price":1.1}}');
});

test('a whole number that a double cannot hold is read with its digits, and others as JSON.parse has them', () => {
  assert.deepEqual(
    parseExact('[9007199254740993,-18446744073709551615,1.0,1e3,9007199254740991]'),
    [9007199254740993n, -18446744073709551615n, 1, 1000, 9007199254740991],
  );
  assert.deepEqual(parseExact('{"text":"9007199254740993 1e400"}'), {
    text: '9007199254740993 1e400',
  });
});

test('a number beyond all doubles is refused, wherever it is, and one below them all is 0', () => {
  for (const text of ['1e400', '-1e400', '{"a":[1E+400]}', `{"a":1${'0'.repeat(400)}}`]) {
    assert.throws(() => parseExact(text), NumberTooLarge, text);
  }
  assert.equal(parseExact('1e-400'), 0);
});
