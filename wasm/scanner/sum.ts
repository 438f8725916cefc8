/** Sums of two doubles that keep their digits; `src/model/exact-sum.ts` says the same in JavaScript. */

/** Adds to the sum whose two words are at `at`. */
// @ts-ignore: decorator
@inline
export function addTo(at: usize, value: f64): void {
  const high = load<f64>(at);
  const total = high + value;
  const part = total - high;
  const low = load<f64>(at, 8) + (high - (total - part) + (value - part));
  const rounded = total + low;
  store<f64>(at, rounded);
  store<f64>(at, low - (rounded - total), 8);
}
