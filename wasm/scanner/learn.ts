/** Learns the shape (`shape.ts`) of a message that is known to be valid. */
import {
  CLOSE_EITHER, closingQuote, COLON, COMMA, isSpace, OPEN_EITHER, QUOTE, skipSpace,
} from './bytes';
import { isGuardAt } from './guards';
import {
  HOLE_END, HOLE_FIXED_KEY, HOLE_KEY, HOLE_NONE, HOLE_PLAIN, HOLE_TEXT, HOLE_VALUE, PIECE_BYTES, PIECE_FILLING,
  PIECE_HOLE, PIECE_LENGTH, PIECE_MASK, PIECE_SIZE, SHAPE_HIGH, SHAPE_PIECES, SHAPE_SIZE, SHAPE_STATE, STATE_IDLE,
} from '../layout';
import { scalarEnd } from './scalar';

/** The shape being learned; it takes the place of another when it is whole. */
const DRAFT: usize = memory.data(SHAPE_SIZE, 16);
/** The piece being written, how many bytes it has, and whether there is no room for what the message has. */
let piece: usize = 0;
let length: i32 = 0;
let isFull: bool = false;

/**
 * Writes the shape of the message at `at` over another. Its key and its value stand where they were found; 0 for none.
 * Where it has too many values, or the frame is one of messages because of that value, the other one stays.
 */
export function learnShape(into: usize, at: usize, to: usize, keyAt: usize, valueAt: usize): void {
  memory.fill(DRAFT, 0, SHAPE_SIZE);
  piece = DRAFT + SHAPE_PIECES;
  length = 0;
  isFull = false;
  let depth = 0;
  do {
    const first = load<u8>(at);
    const folded = first | 0x20;
    let end = at + 1;
    if (folded === OPEN_EITHER || folded === CLOSE_EITHER) {
      depth += folded === OPEN_EITHER ? 1 : -1;
      keep(at, end);
    } else if (first === COMMA || first === COLON || isSpace(first)) keep(at, end);
    else {
      const quoted = first === QUOTE;
      end = quoted ? closingQuote(at, to) + 1 : scalarEnd(at, to);
      const isName = quoted && load<u8>(skipSpace(end, to)) === COLON;
      if (isName) keep(at, end);
      else if (isGuardAt(at)) {
        // Another value may not meet it, so this one stays.
        if (at === valueAt) return;
        keep(at, end);
        if (at === keyAt) endPiece(HOLE_FIXED_KEY, <i32>(end - at));
      } else {
        const quote = <i32>quoted;
        keep(at, at + quote);
        let hole = quoted ? HOLE_TEXT : HOLE_PLAIN;
        if (at === keyAt) hole |= HOLE_KEY;
        if (at === valueAt) hole |= HOLE_VALUE;
        endPiece(hole, 0);
        keep(end - quote, end);
      }
    }
    at = end;
  } while (depth > 0);
  endPiece(HOLE_END, 0);
  if (isFull) return;
  store<i32>(DRAFT, STATE_IDLE, SHAPE_STATE);
  memory.copy(into, DRAFT, SHAPE_SIZE);
}

/** Keeps these bytes as they are. */
function keep(from: usize, to: usize): void {
  for (; from < to; from++) {
    if (length === 16) endPiece(HOLE_NONE, 0);
    if (!hasRoom()) return;
    const byte = load<u8>(from);
    if (byte > 127) store<i32>(DRAFT, 1, SHAPE_HIGH);
    store<u8>(piece + length, byte, PIECE_BYTES);
    length++;
  }
}

function endPiece(hole: i32, filling: i32): void {
  if (!hasRoom()) return;
  const mask: i32 = (1 << length) - 1;
  store<u16>(piece, <u16>mask, PIECE_MASK);
  store<u8>(piece, <u8>length, PIECE_LENGTH);
  store<u8>(piece, <u8>hole, PIECE_HOLE);
  store<i32>(piece, filling, PIECE_FILLING);
  piece += PIECE_SIZE;
  length = 0;
}

function hasRoom(): bool {
  if (piece === DRAFT + SHAPE_SIZE) isFull = true;
  return !isFull;
}
