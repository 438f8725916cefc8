// The pack of a cell's keys: what goes in comes out, and sums are the sums of each key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  countedOf,
  keyCellsOf,
  pack,
  sumKeyCells,
  unpack,
} from '../../src/store/sqlite/key-pack.ts';

const id = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.maxSafeNat().filter((n) => n > 0),
);
const cell = (counted: fc.Arbitrary<number>) =>
  fc.record({
    id,
    counted,
    sum: fc.oneof(
      fc.constant(0),
      fc.double({ min: -1e21, max: 1e21, noNaN: true }).map((n) => n + 0),
    ),
    sumLow: fc.constantFrom(0, 2 ** -80),
  });

function rowsOf({ ids, counted, sums }: ReturnType<typeof keyCellsOf>) {
  return Array.from(ids, (key, index) => [
    key,
    counted[index],
    sums[index * 2]! + sums[index * 2 + 1]!,
  ]);
}

test('what is packed is unpacked, whatever its size', () => {
  const list = fc.uniqueArray(cell(fc.maxSafeNat()), { selector: (one) => one.id, maxLength: 50 });
  fc.assert(
    fc.property(list, (cells) => {
      const rows = cells
        .toSorted((a, b) => a.id - b.id)
        .map((one) => [one.id, one.counted, one.sum + one.sumLow]);
      assert.deepEqual(rowsOf(unpack(pack(keyCellsOf(cells)))), rows);
    }),
  );
});

test('a sum has each key once, with all that its parts count', () => {
  const list = fc.array(
    cell(fc.nat(1_000)).map((one) => ({ ...one, sum: one.counted / 4 })),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(fc.array(list, { maxLength: 6 }), (lists) => {
      const total = sumKeyCells(lists.map(keyCellsOf));
      assert.deepEqual(rowsOf(total), rowsOf(keyCellsOf(lists.flat())));
      assert.equal(
        countedOf(total),
        lists.flat().reduce((sum, { counted }) => sum + counted, 0),
      );
      assert.deepEqual(
        [...total.ids],
        [...new Set(total.ids)].toSorted((a, b) => a - b),
      );
    }),
  );
});

test('what is no count is refused', () => {
  for (const counted of [-1, 0.5, Number.NaN, 2 ** 53]) {
    assert.throws(() => pack(keyCellsOf([{ id: 1, counted, sum: 0, sumLow: 0 }])), RangeError);
  }
});
