/** Bytes of JSON (RFC 8259), one at a time. */

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACE = 0x7b;
export const OPEN_BRACKET = 0x5b;
export const SPACE = 0x20;
/** `[` and `{` are the only bytes that become this one with bit 5 set; `]` and `}` the only ones for the other. */
export const OPEN_EITHER = 0x7b;
export const CLOSE_EITHER = 0x7d;

// @ts-ignore: decorator
@inline
export function isSpace(byte: i32): bool {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

// @ts-ignore: decorator
@inline
export function isDigit(byte: i32): bool {
  return <u32>(byte - 0x30) < 10;
}

export function isHex(byte: i32): bool {
  return isDigit(byte) || <u32>((byte | 0x20) - 0x61) < 6;
}

/** The first byte from `at` on that is no white space; `to` if there is none. */
export function skipSpace(at: usize, to: usize): usize {
  while (at < to && isSpace(load<u8>(at))) at++;
  return at;
}

/** The last byte up to `at` that is no white space. There is one: this is asked where JSON has begun. */
export function skipSpaceBack(at: usize): usize {
  while (isSpace(load<u8>(at))) at--;
  return at;
}

/** The closing quote of the text that opens at `at`; 0 if it does not end before `to`. */
export function closingQuote(at: usize, to: usize): usize {
  at++;
  while (at < to) {
    const bytes = v128.load(at);
    const ends = v128.or(i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)), i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH)));
    const bits = i8x16.bitmask(ends);
    if (bits === 0) {
      at += 16;
      continue;
    }
    at += ctz(bits);
    if (at < to && load<u8>(at) === QUOTE) return at;
    at += 2;
  }
  return 0;
}

/** The first byte from `at` on that is not inside of a plain text; `to` if there is none in steps of sixteen up to there. */
// @ts-ignore: decorator
@inline
export function textStop(at: usize, to: usize): usize {
  for (; at < to; at += 16) {
    const bytes = v128.load(at);
    const others = v128.or(i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)), i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH)));
    const stops = i8x16.bitmask(v128.or(others, i8x16.lt_u(bytes, i8x16.splat(<i8>SPACE))));
    if (stops) return at + ctz(stops);
  }
  return at;
}

/** Whether the escape whose letter is at `at` is one of JSON's. */
export function isEscape(at: usize): bool {
  const letter = load<u8>(at);
  if (letter === 0x75) {
    return (
      isHex(load<u8>(at + 1)) &&
      isHex(load<u8>(at + 2)) &&
      isHex(load<u8>(at + 3)) &&
      isHex(load<u8>(at + 4))
    );
  }
  return (
    letter === QUOTE ||
    letter === BACKSLASH ||
    letter === 0x2f ||
    letter === 0x62 ||
    letter === 0x66 ||
    letter === 0x6e ||
    letter === 0x72 ||
    letter === 0x74
  );
}

/** Whether the bytes at `a` and `b` are the same. Up to 7 more may be read. */
export function equal(a: usize, b: usize, length: i32): bool {
  let i = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(a + i) !== load<u64>(b + i)) return false;
  return ((load<u64>(a + i) ^ load<u64>(b + i)) & firstBytes(length - i)) === 0;
}

/** The mask of so many bytes of eight; not of all. */
// @ts-ignore: decorator
@inline
function firstBytes(count: i32): u64 {
  return (<u64>1 << (count << 3)) - 1;
}

/** For tables: eight bytes a step, each step a multiplication by an odd number that spreads bits upwards. */
export function hashOf(at: usize, length: i32): u32 {
  let hash: u64 = length;
  let i = 0;
  for (; i + 8 <= length; i += 8) hash = (hash ^ load<u64>(at + i)) * MULTIPLIER;
  if (i < length) hash = (hash ^ (load<u64>(at + i) & firstBytes(length - i))) * MULTIPLIER;
  return <u32>(((hash ^ (hash >> 32)) * MULTIPLIER) >> 32);
}

/** 2^64 divided by the golden ratio (Knuth, The Art of Computer Programming 3, 6.4). */
const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;
