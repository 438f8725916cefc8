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
  assert.deepEqual(
    Object.values(total),
    TALLY_FIELDS.map((_, index) => 2 * (index + 1)),
  );
});
