/**
 * Blocks of 64 bytes as words of 64 bits: one bit a byte, bit 0 for the first.
 *
 * A block is four vectors of sixteen bytes, since WebAssembly has no longer ones. A question asked of all of them
 * ("which are quotes?") is answered by a word, and arithmetic on words looks at 64 bytes at once.
 */
import { CLOSE_EITHER, OPEN_EITHER } from './bytes';

/**
 * Vectors of sixteen equal bytes, by that byte. Engines build a vector constant anew wherever it is used, which costs
 * several times the load of one.
 */
const SIXTEENS: usize = memory.data(256 * 16, 16);
for (let byte = 0; byte < 256; byte++) v128.store(SIXTEENS + (byte << 4), i8x16.splat(<i8>byte));

// @ts-ignore: decorator
@inline
export function sixteen(byte: i32): v128 {
  return v128.load(SIXTEENS + (byte << 4));
}

/** 64 bytes of all ones, then 64 of zeros: from a place in the first, a mask for the last bytes. */
export const ENDS: usize = memory.data(128, 16);
memory.fill(ENDS, 0xff, 64);

/** Four vectors of comparisons as one word. */
// @ts-ignore: decorator
@inline
export function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = <u32>(i8x16.bitmask(a) | (i8x16.bitmask(b) << 16));
  const high = <u32>(i8x16.bitmask(c) | (i8x16.bitmask(d) << 16));
  return <u64>low | (<u64>high << 32);
}

// @ts-ignore: decorator
@inline
export function where(a: v128, b: v128, c: v128, d: v128, byte: i32): u64 {
  const wanted = sixteen(byte);
  return bits(i8x16.eq(a, wanted), i8x16.eq(b, wanted), i8x16.eq(c, wanted), i8x16.eq(d, wanted));
}

// @ts-ignore: decorator
@inline
export function below(a: v128, b: v128, c: v128, d: v128, bound: i32): u64 {
  const wanted = sixteen(bound);
  return bits(i8x16.lt_u(a, wanted), i8x16.lt_u(b, wanted), i8x16.lt_u(c, wanted), i8x16.lt_u(d, wanted));
}

// @ts-ignore: decorator
@inline
export function anyBelow(a: v128, b: v128, c: v128, d: v128, bound: i32): bool {
  const least = i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d));
  return v128.any_true(i8x16.lt_u(least, sixteen(bound)));
}

// @ts-ignore: decorator
@inline
function isBracket(bytes: v128): v128 {
  const folded = v128.or(bytes, sixteen(0x20));
  return v128.or(
    i8x16.eq(folded, sixteen(OPEN_EITHER)),
    i8x16.eq(folded, sixteen(CLOSE_EITHER)),
  );
}

// @ts-ignore: decorator
@inline
export function whereBrackets(a: v128, b: v128, c: v128, d: v128): u64 {
  return bits(isBracket(a), isBracket(b), isBracket(c), isBracket(d));
}

/** From each bit on, up to before the next one: 1; and so on in turn. */
// @ts-ignore: decorator
@inline
export function prefixXor(word: u64): u64 {
  word ^= word << 1;
  word ^= word << 2;
  word ^= word << 4;
  word ^= word << 8;
  word ^= word << 16;
  return word ^ (word << 32);
}

/** Marks move over the white space they stand on: the addition carries them to its end. */
// @ts-ignore: decorator
@inline
export function over(space: u64, marks: u64): u64 {
  return (marks + space) & ~space;
}

/** 1 when a mark leaves the block: from its last byte, or through white space that reaches its end. */
// @ts-ignore: decorator
@inline
export function leaves(tokens: u64, marks: u64, space: u64): u64 {
  return (tokens >> 63) | u64(marks + space < space);
}
