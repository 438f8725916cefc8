// Tallies: every field is there, and adds up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addTally, emptyTally, TALLY_FIELDS } from '../../src/model/tally.ts';

test('an empty tally has every field, and adding forgets none', () => {
  assert.deepEqual(Object.keys(emptyTally()), [...TALLY_FIELDS]);
  const total = emptyTally();
  const part = emptyTally();
  TALLY_FIELDS.forEach((field, index) => {
    part[field] = index + 1;
  });
  addTally(total, part);
  addTally(total, part);
  // The two words of the sum are one number.
  const expected = { ...part };
  for (const field of TALLY_FIELDS) expected[field] *= 2;
  expected.sum = 2 * (part.sum + part.sumLow);
  expected.sumLow = 0;
  assert.deepEqual(total, expected);
});
