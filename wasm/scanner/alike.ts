/** Messages that look like earlier ones are taken by their shapes (`shape.ts`), the others block by block (`json.ts`). */
import { COMMA, skipSpace } from './bytes';
import { hasHighBytes, scanFrame, scanMessages } from './json';
import { learnShape } from './learn';
import {
  PROGRAM_LIST, PROGRAM_SHAPES, SHAPE_SIZE, SHAPES_AT, SHAPES_LAST, SHAPES_MAX, SHAPES_NEXT, SHAPES_PAUSE, SHAPES_PENALTY,
} from '../layout';
import { beginFrame, beginMessages, endFitted, perMessage } from './messages';
import { beginFit, fit, fitHigh } from './shape';
import { keyAt, valueAt } from './stage';

/** After so many frames at the latest, shapes are tried again. */
const PENALTY_MAX = 63;

/** Whether there was a byte that is not ASCII. */
export let sawHighBytes: bool = false;

/** Scans a frame of plain JSON, as `scanFrame` does. Only a frame that is one message has a shape. */
export function takeFrame(program: usize, from: usize, to: usize): bool {
  const shapes = load<usize>(program, PROGRAM_SHAPES);
  const tries = load<usize>(program, PROGRAM_LIST) === 0 && isTried(shapes);
  const at = skipSpace(from, to);
  if (tries) {
    beginFrame(program, to, false);
    beginFit();
    const end = fitAny(shapes, at, to);
    if (end !== 0 && skipSpace(end, to) === to) {
      fitted(shapes, 1);
      sawHighBytes = fitHigh;
      return true;
    }
  }
  if (!scanFrame(program, from, to, false)) return false;
  sawHighBytes = hasHighBytes;
  if (tries) learn(shapes, at, to, 0);
  return true;
}

/** Scans what is between the brackets of the messages alone, as `scanMessages` does. */
export function takeMessages(program: usize, from: usize, to: usize): bool {
  const shapes = load<usize>(program, PROGRAM_SHAPES);
  const tries = isTried(shapes);
  let at = skipSpace(from, to);
  let count = 0;
  beginMessages(program, to);
  while (tries) {
    const end = fitAny(shapes, at, to);
    if (end === 0) break;
    count++;
    at = skipSpace(end, to);
    if (at === to) {
      fitted(shapes, count);
      return true;
    }
    if (load<u8>(at) !== COMMA) return false;
    at = skipSpace(at + 1, to);
  }
  if (!scanMessages(at, to, count)) return false;
  if (tries) learn(shapes, at, to, count);
  return true;
}

/** Whether shapes are tried. Where all messages are different that is in vain, so after a miss they rest, ever longer. */
function isTried(shapes: usize): bool {
  const pause = load<i32>(shapes, SHAPES_PAUSE);
  if (pause === 0) return true;
  store<i32>(shapes, pause - 1, SHAPES_PAUSE);
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

/** So many messages make the frame, and all had a shape. */
function fitted(shapes: usize, count: i32): void {
  endFitted(count);
  store<i32>(shapes, load<i32>(shapes, SHAPES_PENALTY) >> 1, SHAPES_PENALTY);
}

/** Learns the shape of the message at `at`, which fitted none, in place of the oldest. */
function learn(shapes: usize, at: usize, to: usize, index: i32): void {
  const penalty = load<i32>(shapes, SHAPES_PENALTY);
  store<i32>(shapes, penalty, SHAPES_PAUSE);
  store<i32>(shapes, min(penalty * 2 + 1, PENALTY_MAX), SHAPES_PENALTY);
  const next = load<i32>(shapes, SHAPES_NEXT);
  const key = perMessage ? keyAt(index) : 0;
  const value = perMessage ? valueAt(index) : 0;
  if (!learnShape(shapeAt(shapes, next), at, to, key, value)) return;
  store<i32>(shapes, next, SHAPES_LAST);
  store<i32>(shapes, (next + 1) % SHAPES_MAX, SHAPES_NEXT);
}

// @ts-ignore: decorator
@inline
function shapeAt(shapes: usize, index: i32): usize {
  return shapes + SHAPES_AT + index * SHAPE_SIZE;
}
