/**
 * Guards: what must be at some paths for a frame to be one of messages, such as `{ type: trade }`.
 *
 * A guard is met by the bytes of a value as JSON usually writes it. Any other spelling may mean the same, or that the
 * frame is none of ours: the parser knows.
 */
import { closingQuote, equal, OPEN_BRACE, QUOTE, skipSpace } from './bytes';
import {
  GUARD_COUNT, GUARD_PATH, GUARD_SIZE, GUARD_TOKENS, GUARDS_MAX, PROGRAM_GUARD_COUNT, PROGRAM_GUARDS,
} from '../layout';
import { await_, enter, guardWalk, isLast, isStep, leave, level, see, start } from './paths';
import { scalarEnd } from './scalar';

/** How many guards the program has; most have none. */
export let guardCount: i32 = 0;
let guards: usize = 0;
/** Bit by bit, the guards that are met, and where each was. */
let met: i32 = 0;
const PLACES: usize = memory.data(GUARDS_MAX * 4, 4);

export function beginGuards(program: usize): void {
  guardCount = load<i32>(program, PROGRAM_GUARD_COUNT);
  guards = load<usize>(program, PROGRAM_GUARDS);
  met = 0;
  for (let i = 0; i < guardCount; i++) start(guardWalk(i), load<usize>(guards + i * GUARD_SIZE, GUARD_PATH), 0);
}

export function areMet(): bool {
  return met === (1 << guardCount) - 1;
}

/** Whether one of them waits for a name at this depth. */
export function guardsWait(depth: i32): bool {
  for (let i = 0; i < guardCount; i++) if (level(guardWalk(i)) === depth) return true;
  return false;
}

export function guardsEnter(at: usize): void {
  for (let i = 0; i < guardCount; i++) enter(guardWalk(i), at);
}

export function guardsLeave(depth: i32): void {
  for (let i = 0; i < guardCount; i++) leave(guardWalk(i), depth);
}

/** Looks at the name before a colon; false where a guard is not met, or only the parser can tell. */
export function guardsLook(quote: usize, colon: usize, to: usize, depth: i32): bool {
  for (let i = 0; i < guardCount; i++) {
    const walk = guardWalk(i);
    if (level(walk) !== depth || !isStep(walk, quote)) continue;
    const at = skipSpace(colon + 1, to);
    if (!see(walk)) return false;
    if (!isLast(walk)) await_(walk, load<u8>(at) === OPEN_BRACE ? at : 0);
    else if (!isOneOf(guards + i * GUARD_SIZE, at, to)) return false;
    else {
      met |= 1 << i;
      store<usize>(PLACES + (i << 2), at);
    }
  }
  return true;
}

/** Whether what begins at `at` met a guard, in a frame that was just scanned and met all. */
export function isGuardAt(at: usize): bool {
  for (let i = 0; i < guardCount; i++) if (load<usize>(PLACES + (i << 2)) === at) return true;
  return false;
}

function isOneOf(guard: usize, at: usize, to: usize): bool {
  const end = load<u8>(at) === QUOTE ? closingQuote(at, to) + 1 : scalarEnd(at, to);
  const length = <i32>(end - at);
  for (let i = 0; i < load<i32>(guard, GUARD_COUNT); i++) {
    const token = guard + GUARD_TOKENS + (i << 3);
    if (load<i32>(token, 4) === length && equal(load<usize>(token), at, length)) return true;
  }
  return false;
}
