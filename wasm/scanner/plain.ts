/** Runs of bytes that are no text and no punctuation: numbers and the three words, many of them at a look. */
import { ALSE, NULL, scalarEnd, TRUE } from './scalar';
import { below, sixteen } from './words';

/** Whether each run of plain bytes that starts in this block is a number or one of JSON's three words. */
// @ts-ignore: decorator
@inline
export function arePlain(
  a: v128, b: v128, c: v128, d: v128, at: usize, to: usize, plain: u64, starts: u64,
): bool {
  const zero = sixteen(0x30);
  const digits = below(
    i8x16.sub(a, zero),
    i8x16.sub(b, zero),
    i8x16.sub(c, zero),
    i8x16.sub(d, zero),
    10,
  );
  for (; starts; starts &= starts - 1) {
    const place = at + <usize>ctz(starts);
    const first = starts & (0 - starts);
    // The addition carries through the run, and leaves the others as they are.
    const run = plain & ~(plain + first);
    if (isPlainNumber(place, first, run, run & ~digits) || isWord(place, first, run)) continue;
    if (!scalarEnd(place, to)) return false;
  }
  return true;
}

/** Whether the run is one of the three words, and ends in this block. */
// @ts-ignore: decorator
@inline
function isWord(at: usize, first: u64, run: u64): bool {
  if (run >> 63) return false;
  if (run === first * 15) return load<u32>(at) === TRUE || load<u32>(at) === NULL;
  return run === first * 31 && load<u8>(at) === 0x66 && load<u32>(at, 1) === ALSE;
}

/** Whether the run is a number such as 12, -3 or 4.56, and ends in this block; all else needs a closer look. */
// @ts-ignore: decorator
@inline
function isPlainNumber(at: usize, first: u64, run: u64, others: u64): bool {
  if (run >> 63) return false;
  if (others & first) {
    if (load<u8>(at) !== 0x2d) return false;
    run ^= first;
    others ^= first;
    first <<= 1;
    at++;
    if (!(run & first) || others & first) return false;
  }
  const wholeEnd = others ? others : run + first;
  if (load<u8>(at) === 0x30 && wholeEnd !== first << 1) return false;
  if (!others) return true;
  // One byte that is no digit: the point, with a digit behind it.
  if (others & (others - 1) || !((others << 1) & run)) return false;
  return load<u8>(at + <usize>ctz(others) - <usize>ctz(first)) === 0x2e;
}
