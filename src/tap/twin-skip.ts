/** Skipping JSON (RFC 8259) byte by byte: where a value ends, if it is one. NO where it is none. */

export const NO = -1;
/** Deeper nesting is left to the parser. */
export const DEPTH_MAX = 63;

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
/** As in `wasm/scanner/scalar.ts`. */
const NUMBER_BYTES_MAX = 200;
const EXPONENT_DIGITS_MAX = 2;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

/** 1 for the bytes that a text may hold as they are: no quote, no backslash, no control character. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

/** The end of the value that starts at `at`; NO if it is none. */
export function skipValue(bytes: Buffer, at: number, to: number, depth: number): number {
  if (at >= to) return NO;
  const first = bytes[at]!;
  if (first === QUOTE) return skipText(bytes, at, to);
  if (first === OPEN_BRACE) return depth <= DEPTH_MAX ? skipObject(bytes, at, to, depth) : NO;
  if (first === OPEN_BRACKET) return depth <= DEPTH_MAX ? skipArray(bytes, at, to, depth) : NO;
  if (first === MINUS || isDigit(first)) return skipNumber(bytes, at, to);
  const word = first === 0x74 ? TRUE : first === 0x66 ? FALSE : NULL;
  return at + word.length <= to && equals(bytes, at, word) ? at + word.length : NO;
}

function skipObject(bytes: Buffer, from: number, to: number, depth: number): number {
  let at = skipSpace(bytes, from + 1, to);
  if (bytes[at] === CLOSE_BRACE) return at + 1;
  for (;;) {
    if (bytes[at] !== QUOTE) return NO;
    at = skipText(bytes, at, to);
    if (at === NO) return NO;
    at = skipSpace(bytes, at, to);
    if (bytes[at] !== COLON) return NO;
    at = skipValue(bytes, skipSpace(bytes, at + 1, to), to, depth + 1);
    if (at === NO) return NO;
    at = skipSpace(bytes, at, to);
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    if (bytes[at] !== COMMA) return NO;
    at = skipSpace(bytes, at + 1, to);
  }
}

function skipArray(bytes: Buffer, from: number, to: number, depth: number): number {
  let at = skipSpace(bytes, from + 1, to);
  if (bytes[at] === CLOSE_BRACKET) return at + 1;
  for (;;) {
    at = skipValue(bytes, at, to, depth + 1);
    if (at === NO) return NO;
    at = skipSpace(bytes, at, to);
    if (bytes[at] === CLOSE_BRACKET) return at + 1;
    if (bytes[at] !== COMMA) return NO;
    at = skipSpace(bytes, at + 1, to);
  }
}

/** The end of the text that starts with the quote at `from`. Nearly all bytes of a frame pass here. */
export function skipText(bytes: Buffer, from: number, to: number): number {
  let at = from + 1;
  for (;;) {
    while (at < to && PLAIN[bytes[at]!] === 1) at += 1;
    if (at >= to) return NO;
    if (bytes[at] === QUOTE) return at + 1;
    if (bytes[at] !== BACKSLASH) return NO;
    at = skipEscape(bytes, at);
    if (at === NO) return NO;
    at += 1;
  }
}

/** The last byte of the escape that starts with the backslash at `at`. */
function skipEscape(bytes: Buffer, at: number): number {
  const letter = bytes[at + 1];
  if (letter === undefined) return NO;
  if (letter !== 0x75) return '"\\/bfnrt'.includes(String.fromCharCode(letter)) ? at + 1 : NO;
  for (let digit = at + 2; digit < at + 6; digit++) if (!isHex(bytes[digit])) return NO;
  return at + 5;
}

/** Like `skipText`, for texts that are what their bytes say: no escapes. */
export function plainText(bytes: Buffer, from: number, to: number): number {
  if (from >= to) return NO;
  if (bytes[from] !== QUOTE) return NO;
  let at = from + 1;
  while (at < to && PLAIN[bytes[at]!] === 1) at += 1;
  return at < to && bytes[at] === QUOTE ? at + 1 : NO;
}

/** NO for a number that may be beyond all doubles as well: it is for the parser. */
function skipNumber(bytes: Buffer, from: number, to: number): number {
  const end = numberEnd(bytes, from, to);
  return end > from + NUMBER_BYTES_MAX ? NO : end;
}

function numberEnd(bytes: Buffer, from: number, to: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from;
  if (at < to && bytes[at] === 0x30) at += 1;
  else {
    const end = skipDigits(bytes, at, to);
    if (end === at) return NO;
    at = end;
  }
  if (at < to && bytes[at] === 0x2e) {
    const end = skipDigits(bytes, at + 1, to);
    if (end === at + 1) return NO;
    at = end;
  }
  if (at >= to || (bytes[at] !== 0x65 && bytes[at] !== 0x45)) return at;
  const sign = bytes[at + 1];
  const digits = sign === 0x2b || sign === MINUS ? at + 2 : at + 1;
  const end = skipDigits(bytes, digits, to);
  return end === digits || end > digits + EXPONENT_DIGITS_MAX ? NO : end;
}

function skipDigits(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && isDigit(bytes[at])) at += 1;
  return at;
}

export function skipSpace(bytes: Buffer, from: number, to: number): number {
  let at = from;
  // Reading past the end would make every read here a slow one.
  while (at < to) {
    const byte = bytes[at]!;
    if (byte > 0x20) return at;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at += 1;
  }
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

function equals(bytes: Buffer, at: number, text: Buffer): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}
