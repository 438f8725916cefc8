/**
 * Sums that keep their digits: each is two doubles, the rounded sum and what rounding has left over (Dekker 1971,
 * "A floating-point technique for extending the available precision"). Together they hold about 106 bits, so 1,000
 * times 0.1 is 100, and integers beyond 2^53 are added without loss.
 */

/** Largest size of one value that is added, so that no sum overflows. A larger one makes its message malformed. */
export const VALUE_MAX = 1e21;

/** The words of one sum: `high + low`, with `high` the double nearest to it. */
export interface ExactSum {
  sum: number;
  sumLow: number;
}

/** Adds `value` to the sum whose words are `words[at]` and `words[at + 1]`. */
export function addAt(words: Float64Array, at: number, value: number): void {
  const high = words[at]!;
  const total = high + value;
  const part = total - high;
  const low = words[at + 1]! + (high - (total - part) + (value - part));
  const rounded = total + low;
  words[at] = rounded;
  words[at + 1] = low - (rounded - total);
}

/** Adds both words of `part` to `total`, in place. */
export function addSum(total: ExactSum, part: Readonly<ExactSum>): void {
  const { sum: high } = total;
  const added = high + part.sum;
  const share = added - high;
  const low = total.sumLow + part.sumLow + (high - (added - share) + (part.sum - share));
  const rounded = added + low;
  total.sum = rounded;
  total.sumLow = low - (rounded - added);
}

/** A whole number of any size as the words of a sum. */
export function exactSumOf(value: bigint): ExactSum {
  const sum = Number(value);
  return { sum, sumLow: Number(value - BigInt(sum)) };
}
