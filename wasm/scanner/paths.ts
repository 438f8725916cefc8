/**
 * Paths being followed through a frame, such as `body.messages`, or `data.symbol` in each message.
 *
 * A path waits for its next step at one depth only. Whoever scans looks at the names of that depth; when one is the
 * step, the object behind it is entered, and the path waits one deeper until that object ends.
 */

import { equal, skipSpaceBack } from './bytes';
import { GUARDS_MAX, PATH_COUNT, PATH_STEPS, STEP_AT, STEP_LENGTH, STEP_MASK, STEP_SIZE, STEP_TAIL } from '../layout';

/** A walk: path, number of steps, depth before its first step, steps taken, names seen (bits), object awaited. */
const PATH = 0;
const COUNT = 4;
const BASE = 8;
const TAKEN = 12;
const SEEN = 16;
const AWAITED = 20;
const WALK_SIZE = 24;

export const LIST: usize = memory.data(WALK_SIZE, 8);
export const KEY: usize = memory.data(WALK_SIZE, 8);
export const VALUE: usize = memory.data(WALK_SIZE, 8);

/** The walks of guards, which start at the frame. */
const GUARDS: usize = memory.data(GUARDS_MAX * WALK_SIZE, 8);

// @ts-ignore: decorator
@inline
export function guardWalk(index: i32): usize {
  return GUARDS + index * WALK_SIZE;
}

/** Starts a walk below `base`; a path of 0 is none, and waits nowhere. */
export function start(walk: usize, path: usize, base: i32): void {
  store<usize>(walk, path, PATH);
  store<i32>(walk, path ? load<i32>(path, PATH_COUNT) : 0, COUNT);
  store<i32>(walk, base, BASE);
  restart(walk);
}

// @ts-ignore: decorator
@inline
export function restart(walk: usize): void {
  store<i32>(walk, 0, TAKEN);
  store<i32>(walk, 0, SEEN);
  store<usize>(walk, 0, AWAITED);
}

/** No depth: what is no JSON may close more than it opened, so depths below 0 are met before the block is refused. */
const ARRIVED = 0x40000000;

/** The depth at which it waits for a name; ARRIVED when there are no more steps. */
// @ts-ignore: decorator
@inline
export function level(walk: usize): i32 {
  const taken = load<i32>(walk, TAKEN);
  return taken < load<i32>(walk, COUNT) ? load<i32>(walk, BASE) + 1 + taken : ARRIVED;
}

// @ts-ignore: decorator
@inline
export function hasArrived(walk: usize): bool {
  return load<i32>(walk, TAKEN) === load<i32>(walk, COUNT);
}

/** Whether one more step is the last. */
// @ts-ignore: decorator
@inline
export function isLast(walk: usize): bool {
  return load<i32>(walk, TAKEN) + 1 === load<i32>(walk, COUNT);
}

/** Whether the name whose quote ends at `quote` is the step it waits for. */
// @ts-ignore: decorator
@inline
export function isStep(walk: usize, quote: usize): bool {
  const step = load<usize>(walk, PATH) + PATH_STEPS + load<i32>(walk, TAKEN) * STEP_SIZE;
  if ((load<u64>(quote - 7) & load<u64>(step, STEP_MASK)) !== load<u64>(step, STEP_TAIL)) return false;
  const length = load<i32>(step, STEP_LENGTH);
  return length <= 8 || equal(quote + 1 - length, load<usize>(step, STEP_AT), length);
}

/** The last byte, before the quote, of the name it waits for; some byte when it has arrived. */
// @ts-ignore: decorator
@inline
export function lastByte(walk: usize): i32 {
  const step = load<usize>(walk, PATH) + PATH_STEPS + load<i32>(walk, TAKEN) * STEP_SIZE;
  return load<u8>(step, STEP_TAIL + 6);
}

/** Notes that the name was seen; false when it was before: of equal names the last one counts, so both are left to the parser. */
export function see(walk: usize): bool {
  const bit = 1 << load<i32>(walk, TAKEN);
  const seen = load<i32>(walk, SEEN);
  store<i32>(walk, seen | bit, SEEN);
  return (seen & bit) === 0;
}

/** The step is taken when the object or array at `at` opens. */
export function await_(walk: usize, at: usize): void {
  store<usize>(walk, at, AWAITED);
}

/** Something opens at `at`; returns whether it was awaited. */
// @ts-ignore: decorator
@inline
export function enter(walk: usize, at: usize): bool {
  if (load<usize>(walk, AWAITED) !== at) return false;
  store<i32>(walk, load<i32>(walk, TAKEN) + 1, TAKEN);
  return true;
}

/** What was open at `depth` closes. */
// @ts-ignore: decorator
@inline
export function leave(walk: usize, depth: i32): void {
  const taken = load<i32>(walk, TAKEN);
  if (taken > 0 && depth === load<i32>(walk, BASE) + 1 + taken) store<i32>(walk, taken - 1, TAKEN);
}

/** Where the name before the colon ends: its closing quote, or whatever stands there in what is no JSON. */
// @ts-ignore: decorator
@inline
export function nameEnd(colon: usize): usize {
  const before = colon - 1;
  return load<u8>(before) > 0x20 ? before : skipSpaceBack(before);
}
