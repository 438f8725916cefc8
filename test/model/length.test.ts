// Lengths of time for people.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lengthText } from '../../src/model/length.ts';

test('a length is said in the two largest units that say something', () => {
  const lengths = [
    [0, '0 ms'],
    [131.4, '131 ms'],
    [999.6, '1.0 s'],
    [2_385, '2.4 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min'],
    [725_000, '12 min 5 s'],
    [12_000_000, '3 h 20 min'],
    [3_600_000, '1 h'],
    [86_400_000 * 2, '2 d'],
    [86_400_000 * 3 + 3_600_000 * 4.9, '3 d 4 h'],
  ] as const;
  for (const [ms, text] of lengths) assert.equal(lengthText(ms), text);
});
