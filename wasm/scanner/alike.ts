/**
 * Messages that look like earlier ones are taken by their shapes (`shape.ts`), the others block by block (`json.ts`).
 *
 * A message that fits saves some time, and one that fits no shape costs more: all were tried, and its own is learned.
 * The debt is what has been lost so far, in messages that fit; when it is high, nothing is tried for a while.
 */
import { COMMA, skipSpace } from './bytes';
import { hasHighBytes, scanFrame, scanMessages } from './json';
import { learnShape } from './learn';
import {
  PROGRAM_SHAPES, SHAPE_SIZE, SHAPE_STATE, SHAPES_AT, SHAPES_DEBT, SHAPES_LAST, SHAPES_MAX, SHAPES_NEXT, SHAPES_REST,
  STATE_IDLE, STATE_USED,
} from '../layout';
import { beginFrame, beginMessages, endAll, perMessage } from './messages';
import { beginFit, fit, fitHigh } from './shape';
import { keyAt, openRecord, valueAt } from './stage';

/** What one costs that fits none. */
const MISS_COST = 16;
const DEBT_MAX = 256;
const REST_FRAMES = 63;

/** Whether there was a byte that is not ASCII in the frame. */
export let sawHighBytes: bool = false;

/** Scans a frame of plain JSON, as `scanFrame` does. */
export function takeFrame(program: usize, from: usize, to: usize): bool {
  const shapes = load<usize>(program, PROGRAM_SHAPES);
  const tries = takesTurn(shapes);
  const at = skipSpace(from, to);
  if (tries) {
    beginFrame(program, to, false);
    beginFit();
    const end = fitAny(shapes, at, to);
    if (end !== 0 && skipSpace(end, to) === to) {
      endAll(1);
      pay(shapes, 1);
      sawHighBytes = fitHigh;
      return true;
    }
  }
  if (!scanFrame(program, from, to, false)) return false;
  sawHighBytes = hasHighBytes;
  if (tries) miss(shapes, at, to, 0);
  return true;
}

/** Scans what is between the brackets of the messages alone, which are then known to be in a valid frame. */
export function takeMessages(program: usize, from: usize, to: usize): bool {
  const shapes = load<usize>(program, PROGRAM_SHAPES);
  const tries = takesTurn(shapes);
  let at = skipSpace(from, to);
  let count = 0;
  beginMessages(program, to);
  while (tries) {
    const end = fitAny(shapes, at, to);
    if (end === 0) break;
    count++;
    at = skipSpace(end, to);
    if (at === to) {
      endAll(count);
      pay(shapes, count);
      return true;
    }
    if (load<u8>(at) !== COMMA) return false;
    at = skipSpace(at + 1, to);
  }
  // A try that failed may have left something there.
  openRecord();
  if (!scanMessages(at, to, count)) return false;
  if (tries) {
    pay(shapes, count);
    miss(shapes, at, to, count);
  }
  return true;
}

/** Whether shapes are tried for this frame; if not, it is one of those for which they rest. */
function takesTurn(shapes: usize): bool {
  if (shapes === 0) return false;
  const rest = load<i32>(shapes, SHAPES_REST);
  if (rest === 0) return true;
  store<i32>(shapes, rest - 1, SHAPES_REST);
  return false;
}

/** The end of the message at `at` if it has one of the shapes; else 0. */
function fitAny(shapes: usize, at: usize, to: usize): usize {
  const last = load<i32>(shapes, SHAPES_LAST);
  let end = fit(shapeAt(shapes, last), at, to, perMessage);
  for (let i = 0; end === 0 && i < SHAPES_MAX; i++) {
    if (i === last) continue;
    end = fit(shapeAt(shapes, i), at, to, perMessage);
    if (end) store<i32>(shapes, i, SHAPES_LAST);
  }
  return end;
}

/** So many messages fitted. */
function pay(shapes: usize, count: i32): void {
  store<i32>(shapes, max(load<i32>(shapes, SHAPES_DEBT) - count, 0), SHAPES_DEBT);
}

/**
 * The message at `at`, number `index` of the frame that was just scanned, fits none. Its shape is learned in place of
 * one that nothing has fitted since its last turn to go; so those in use stay, and what comes once goes.
 */
function miss(shapes: usize, at: usize, to: usize, index: i32): void {
  const debt = min(load<i32>(shapes, SHAPES_DEBT) + MISS_COST, DEBT_MAX);
  store<i32>(shapes, debt, SHAPES_DEBT);
  if (debt === DEBT_MAX) store<i32>(shapes, REST_FRAMES, SHAPES_REST);
  const next = load<i32>(shapes, SHAPES_NEXT);
  store<i32>(shapes, (next + 1) % SHAPES_MAX, SHAPES_NEXT);
  const shape = shapeAt(shapes, next);
  if (load<i32>(shape, SHAPE_STATE) === STATE_USED) {
    store<i32>(shape, STATE_IDLE, SHAPE_STATE);
    return;
  }
  learnShape(shape, at, to, perMessage ? keyAt(index) : 0, perMessage ? valueAt(index) : 0);
}

// @ts-ignore: decorator
@inline
function shapeAt(shapes: usize, index: i32): usize {
  return shapes + SHAPES_AT + index * SHAPE_SIZE;
}
