// Sums of two doubles: the same whatever the order, and what BigInt arithmetic says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addAt, addSum, exactSumOf, shownSum } from '../../src/model/exact-sum.ts';

function sumOf(values: readonly number[]): number {
  const words = new Float64Array(2);
  for (const value of values) addAt(words, 0, value);
  return words[0]!;
}

const shown = (values: readonly number[]) => shownSum(sumOf(values));

test('sums that plain doubles get wrong', () => {
  assert.equal(shown(Array.from({ length: 1_000 }, () => 0.1)), 100);
  assert.equal(shown([1e15, ...Array.from({ length: 1_000 }, () => 0.01), -1e15]), 10);
  assert.equal(shown([0.1, 0.2]), 0.3);
  assert.equal(sumOf([2 ** 53, 1, 1]), 2 ** 53 + 2);
  assert.equal(sumOf([1e21, 1, -1e21]), 1);
});

test('property: whole numbers of any order add up to what BigInt says, rounded once', () => {
  const whole = fc.bigInt({ min: -(10n ** 21n), max: 10n ** 21n }).map((value) => Number(value));
  fc.assert(
    fc.property(fc.array(whole, { maxLength: 200 }), (values) => {
      const exact = values.reduce((sum, value) => sum + BigInt(value), 0n);
      assert.equal(sumOf(values), Number(exact));
      assert.equal(sumOf(values.toReversed()), Number(exact));
    }),
  );
});

test('property: the sum of sums is the sum of all', () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.array(value, { maxLength: 20 }), { maxLength: 20 }), (parts) => {
      const total = { sum: 0, sumLow: 0 };
      for (const part of parts) {
        const words = new Float64Array(2);
        for (const one of part) addAt(words, 0, one);
        addSum(total, { sum: words[0]!, sumLow: words[1]! });
      }
      assert.ok(Math.abs(total.sum - sumOf(parts.flat())) <= 1e-22);
    }),
  );
});

test('a whole number beyond 2^53 keeps its digits', () => {
  const { sum, sumLow } = exactSumOf(9_007_199_254_740_993n);
  assert.equal(BigInt(sum) + BigInt(sumLow), 9_007_199_254_740_993n);
});

test('a sum is shown without the digits that are its error, and with all others', () => {
  assert.equal(shownSum(123_456_789_012_345.67), 123_456_789_012_345.67);
  assert.equal(shownSum(9_007_199_254_740_991), 9_007_199_254_740_991);
  assert.equal(shownSum(0.1 + 0.2), 0.3);
  assert.equal(shownSum(-0.3000000000000004), -0.3000000000000004);
});
