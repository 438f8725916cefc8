/** Numbers and the three words of JSON, byte by byte: for the few that are not plain. */
import { CLOSE_EITHER, COLON, COMMA, isDigit, isSpace, OPEN_EITHER, QUOTE } from './bytes';

/** A number may be beyond all doubles only if it is longer, or has more digits in its exponent: it is for the parser. */
const NUMBER_BYTES_MAX = 200;
const EXPONENT_DIGITS_MAX = 2;

/** The words as numbers of four bytes; `false` without its first. */
export const TRUE: u32 = 0x65757274;
export const NULL: u32 = 0x6c6c756e;
export const ALSE: u32 = 0x65736c61;

/** The end of the number or word at `at`; 0 if it is neither, goes on as something else, or needs the parser. */
export function scalarEnd(at: usize, to: usize): usize {
  const end = skipScalar(at, to);
  return end !== 0 && (end === to || endsScalar(load<u8>(end))) ? end : 0;
}

function skipScalar(at: usize, to: usize): usize {
  const first = load<u8>(at);
  if (first === 0x74) return word(at, to, TRUE);
  if (first === 0x6e) return word(at, to, NULL);
  if (first === 0x66) return word(at + 1, to, ALSE);
  return skipNumber(at, to);
}

function word(at: usize, to: usize, letters: u32): usize {
  return at + 4 <= to && load<u32>(at) === letters ? at + 4 : 0;
}

function skipNumber(from: usize, to: usize): usize {
  let at = from;
  if (at < to && load<u8>(at) === 0x2d) at++;
  const whole = at;
  at = skipDigits(at, to);
  if (at === whole || (at > whole + 1 && load<u8>(whole) === 0x30)) return 0;
  if (at < to && load<u8>(at) === 0x2e) {
    const fraction = at + 1;
    at = skipDigits(fraction, to);
    if (at === fraction) return 0;
  }
  if (at < to && (load<u8>(at) | 0x20) === 0x65) {
    at++;
    if (at < to && (load<u8>(at) === 0x2b || load<u8>(at) === 0x2d)) at++;
    const exponent = at;
    at = skipDigits(exponent, to);
    if (at === exponent || at > exponent + EXPONENT_DIGITS_MAX) return 0;
  }
  return at > from + NUMBER_BYTES_MAX ? 0 : at;
}

function skipDigits(at: usize, to: usize): usize {
  while (at < to && isDigit(load<u8>(at))) at++;
  return at;
}

function endsScalar(byte: i32): bool {
  const folded = byte | 0x20;
  return (
    byte === COMMA ||
    byte === COLON ||
    byte === QUOTE ||
    folded === OPEN_EITHER ||
    folded === CLOSE_EITHER ||
    isSpace(byte)
  );
}
