/** Learns the shape (`shape.ts`) of a message that is known to be valid. */
import {
  CLOSE_EITHER, closingQuote, COLON, COMMA, isSpace, OPEN_EITHER, QUOTE, skipSpace,
} from './bytes';
import { isGuardAt } from './guards';
import {
  HOLE_END, HOLE_KEY, HOLE_NONE, HOLE_PLAIN, HOLE_TEXT, HOLE_VALUE, PIECE_BYTES, PIECE_FILLING, PIECE_HOLE,
  PIECE_LENGTH, PIECE_MASK, PIECE_SIZE, SHAPE_HIGH, SHAPE_PIECES, SHAPE_SIZE, SHAPE_USED,
} from '../layout';
import { scalarEnd } from './scalar';

let shape: usize = 0;
/** The piece being written, and how many bytes it has. */
let piece: usize = 0;
let length: i32 = 0;

/**
 * Writes the shape of the message at `at` over what was there. Its key and its value stand where they were found; 0 for
 * none. False when there is no room for so many values: then there is no shape.
 */
export function learnShape(into: usize, at: usize, to: usize, keyAt: usize, valueAt: usize): bool {
  shape = into;
  memory.fill(shape, 0, SHAPE_SIZE);
  piece = shape + SHAPE_PIECES;
  length = 0;
  let depth = 0;
  do {
    const first = load<u8>(at);
    const folded = first | 0x20;
    if (folded === OPEN_EITHER || folded === CLOSE_EITHER) {
      depth += folded === OPEN_EITHER ? 1 : -1;
      at = keep(at, at + 1);
    } else if (first === COMMA || first === COLON || isSpace(first)) at = keep(at, at + 1);
    else {
      const quoted = first === QUOTE;
      const end = quoted ? closingQuote(at, to) + 1 : scalarEnd(at, to);
      const isName = quoted && load<u8>(skipSpace(end, to)) === COLON;
      if (isName) at = keep(at, end);
      else if (isGuardAt(at)) {
        // Another value may not meet it, so this one stays.
        keep(at, end);
        if (at === keyAt) endPiece(HOLE_KEY, <i32>(end - at));
        if (at === valueAt) shape = 0;
        at = end;
      } else {
        const quote = <i32>quoted;
        keep(at, at + quote);
        let hole = quoted ? HOLE_TEXT : HOLE_PLAIN;
        if (at === keyAt) hole |= HOLE_KEY;
        if (at === valueAt) hole |= HOLE_VALUE;
        endPiece(hole, 0);
        at = keep(end - quote, end);
      }
    }
  } while (depth > 0 && shape);
  endPiece(HOLE_END, 0);
  if (shape === 0) return false;
  store<i32>(shape, 1, SHAPE_USED);
  return true;
}

/** Keeps these bytes as they are; returns their end. */
function keep(from: usize, to: usize): usize {
  for (; from < to; from++) {
    if (length === 16) endPiece(HOLE_NONE, 0);
    if (shape === 0) return to;
    const byte = load<u8>(from);
    if (byte > 127) store<i32>(shape, 1, SHAPE_HIGH);
    store<u8>(piece + length, byte, PIECE_BYTES);
    length++;
  }
  return to;
}

function endPiece(hole: i32, filling: i32): void {
  if (shape === 0) return;
  store<u8>(piece, <u8>length, PIECE_LENGTH);
  const mask: i32 = (1 << length) - 1;
  store<u16>(piece, <u16>mask, PIECE_MASK);
  store<u8>(piece, <u8>hole, PIECE_HOLE);
  store<i32>(piece, filling, PIECE_FILLING);
  piece += PIECE_SIZE;
  length = 0;
  // No room for one more: no shape.
  if (piece + PIECE_SIZE > shape + SHAPE_SIZE) shape = 0;
}
