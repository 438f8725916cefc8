/**
 * What the messages of a channel have in common: their shapes.
 *
 *     {"id":17,"symbol":"K1","open":true,"note":"a \"b\""}
 *     ======##===========~~=========####=========~~~~~~~==      # a number or a word   ~ the inside of a text
 *
 * A shape is the bytes of a message that was scanned as a whole, with holes where its values were. Bytes that are the
 * same around the holes (`=`), and in each hole another number, word or text, are valid JSON as well, with the same
 * names at the same places; so key and value are in the holes in which they were. That takes no look at single brackets,
 * names and commas. What fits no shape is scanned block by block (`json.ts`), and its shape may be learned (`learn.ts`).
 */
import { BACKSLASH, isEscape, QUOTE, SPACE } from './bytes';
import { decimal, readDecimal } from './decimal';
import {
  HOLE_END, HOLE_FIXED_KEY, HOLE_KEY, HOLE_NONE, HOLE_TEXT, HOLE_VALUE, PIECE_BYTES, PIECE_FILLING, PIECE_HOLE,
  PIECE_LENGTH, PIECE_MASK, PIECE_SIZE, SHAPE_HIGH, SHAPE_PIECES, SHAPE_STATE, STATE_EMPTY, STATE_USED, TOKEN_BYTES_MAX,
} from '../layout';
import { scalarEnd } from './scalar';
import { closeRecord, openRecord, recordKey, recordValue } from './stage';
import { sixteen } from './words';

/** Whether there was a byte that is not ASCII in what was fitted since `beginFit`. */
export let fitHigh: bool = false;

export function beginFit(): void {
  fitHigh = false;
}

/**
 * The end of the message at `at`, and its key and value staged, if it has this shape; else 0. A message that is shorter
 * than the shape is seen to be so at the end, so as many bytes behind `to` are read, and mean nothing.
 */
export function fit(shape: usize, at: usize, to: usize, staging: bool): usize {
  if (load<i32>(shape, SHAPE_STATE) === STATE_EMPTY) return 0;
  if (staging) openRecord();
  for (let piece = shape + SHAPE_PIECES; ; piece += PIECE_SIZE) {
    const mask = <i32>load<u16>(piece, PIECE_MASK);
    const same = i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(piece, PIECE_BYTES)));
    if ((same & mask) !== mask) return 0;
    at += load<u8>(piece, PIECE_LENGTH);
    const hole = <i32>load<u8>(piece, PIECE_HOLE);
    if (hole === HOLE_NONE) continue;
    if (hole === HOLE_END) break;
    const length = load<i32>(piece, PIECE_FILLING);
    if (hole === HOLE_FIXED_KEY) {
      recordKey(at - length, length);
      continue;
    }
    const from = at;
    const likely = from + length;
    at = hole & HOLE_TEXT ? textEnd(at, to) : plainEnd(at, to);
    // The processor guesses that it is as long as last time, and goes on from there before it knows.
    if (at === likely) at = likely;
    else {
      if (at === 0) return 0;
      store<i32>(piece, <i32>(at - from), PIECE_FILLING);
    }
    if (hole < HOLE_KEY) continue;
    if (hole & HOLE_VALUE) {
      if (!readDecimal(from, at)) return 0;
      recordValue(decimal, from - (hole & HOLE_TEXT));
    }
    if (hole & HOLE_KEY) {
      const quote = hole & HOLE_TEXT;
      const token = from - quote;
      const tokenLength = <i32>(at + quote - token);
      if (tokenLength > TOKEN_BYTES_MAX) return 0;
      recordKey(token, tokenLength);
    }
  }
  if (at > to || (staging && !closeRecord())) return 0;
  if (load<i32>(shape, SHAPE_HIGH)) fitHigh = true;
  store<i32>(shape, STATE_USED, SHAPE_STATE);
  return at;
}

/** The closing quote of the text whose inside begins at `at`; 0 if there is none before `to`, or what JSON forbids. */
// @ts-ignore: decorator
@inline
function textEnd(at: usize, to: usize): usize {
  while (at < to) {
    const bytes = v128.load(at);
    // As signed numbers, bytes that are not ASCII are below those that are.
    const others = v128.or(i8x16.eq(bytes, sixteen(QUOTE)), i8x16.eq(bytes, sixteen(BACKSLASH)));
    const stops = i8x16.bitmask(v128.or(others, i8x16.lt_s(bytes, sixteen(SPACE))));
    if (stops === 0) {
      at += 16;
      continue;
    }
    at += ctz(stops);
    const byte: i32 = load<u8>(at);
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) {
      if (!isEscape(at + 1)) return 0;
      at += 2;
    } else {
      if (byte < SPACE) return 0;
      fitHigh = true;
      while (at < to && load<u8>(at) > 127) at++;
    }
  }
  return 0;
}

/** The end of the number or word at `at`; 0 if it is none. What follows it is for the next piece to say. */
// @ts-ignore: decorator
@inline
function plainEnd(at: usize, to: usize): usize {
  const first = load<u8>(at);
  const whole = first === 0x2d ? at + 1 : at;
  const digits = i8x16.bitmask(i8x16.lt_u(i8x16.sub(v128.load(whole), sixteen(0x30)), sixteen(10)));
  // Behind the sixteen are zeros, so each run ends. What may go on behind them is read with care.
  let end = ctz(~digits);
  if (end === 0 || end > 14 || (end > 1 && load<u8>(whole) === 0x30)) return scalarEnd(at, to);
  if (load<u8>(whole + end) === 0x2e) {
    const fraction = ctz(~(digits >> (end + 1)));
    if (fraction === 0) return 0;
    end += 1 + fraction;
  }
  if (end >= 16 || (load<u8>(whole + end) | 0x20) === 0x65) return scalarEnd(at, to);
  return whole + end;
}
