/** Decimal numbers as doubles, where one rounding gives the nearest: up to 15 digits and no exponent. */
import { isDigit } from './bytes';

/** Larger integers are not all doubles. */
const DIGITS_MAX = 15;

export let decimal: f64 = 0;

/**
 * Reads the number from `at` to `end` into `decimal`; false where it is none, or needs more care than this.
 * An integer below 2^53 divided by a power of ten up to 10^22 is rounded once (Clinger 1990).
 */
export function readDecimal(at: usize, end: usize): bool {
  const negative = at < end && load<u8>(at) === 0x2d;
  if (negative) at++;
  const whole = at;
  let digits: i64 = 0;
  while (at < end && isDigit(load<u8>(at))) digits = digits * 10 + (load<u8>(at++) - 0x30);
  let digitCount = <i32>(at - whole);
  if (digitCount === 0 || digitCount > DIGITS_MAX) return false;
  if (digitCount > 1 && load<u8>(whole) === 0x30) return false;
  let scale: f64 = 1;
  if (at < end && load<u8>(at) === 0x2e) {
    const fraction = ++at;
    while (at < end && isDigit(load<u8>(at)) && digitCount <= DIGITS_MAX) {
      digits = digits * 10 + (load<u8>(at++) - 0x30);
      scale *= 10;
      digitCount++;
    }
    if (at === fraction || digitCount > DIGITS_MAX) return false;
  }
  if (at !== end) return false;
  decimal = <f64>digits / scale;
  if (negative) decimal = -decimal;
  return true;
}
