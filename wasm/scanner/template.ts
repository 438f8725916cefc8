/**
 * What the frames of one server have in common: the bytes around position, id and messages, in whichever order they come.
 *
 *     {"action":…,"body":{"subscription_id":"c","position":"1:7","messages":[{…},{…}]}}
 *     |--------------- part 0 ------------|  1 |---- part 1 ---| |-- part 2 -|       | 3 |
 *
 * A scanner's state after some bytes depends on nothing but the bytes. So where these four parts are those of a frame
 * that was scanned as a whole, and the two texts between them are plain, only the messages remain to be scanned, from a
 * state that is known.
 */
import { BACKSLASH, equal, QUOTE, SPACE, textStop } from './bytes';
import { LINK_HOLES, LINK_PARTS, NAME_BYTES_MAX, PART_BYTES_MAX, PART_SIZE } from '../layout';
import { listAt, listEnd } from './messages';
import { idAt, idLength, positionAt, positionLength } from './pdu';

/** What stands between the parts. */
const POSITION = 0;
const ID = 1;
const MESSAGES = 2;

/** The holes of the frame that was scanned last: from, to, which. */
const HOLES: usize = memory.data(36, 4);

/** What `fits` found. */
export let foundPositionAt: usize = 0;
export let foundPositionLength: i32 = 0;
export let foundIdAt: usize = 0;
export let foundIdLength: i32 = 0;
export let messagesAt: usize = 0;
export let messagesEnd: usize = 0;

/** Remembers the parts of the frame that was scanned last. */
export function remember(link: usize, from: usize, to: usize): void {
  setHole(0, positionAt, positionAt + positionLength, POSITION);
  setHole(1, idAt, idAt + idLength, ID);
  setHole(2, listAt + 1, listEnd - 1, MESSAGES);
  order(0);
  order(1);
  order(0);
  let at = from;
  for (let i = 0; i < 3; i++) {
    const hole = HOLES + i * 12;
    store<i32>(link + LINK_HOLES + (i << 2), load<i32>(hole, 8));
    if (!setPart(link, i, at, load<usize>(hole))) return;
    at = load<usize>(hole, 4);
  }
  setPart(link, 3, at, to);
}

function setHole(index: i32, from: usize, to: usize, which: i32): void {
  const hole = HOLES + index * 12;
  store<usize>(hole, from);
  store<usize>(hole, to, 4);
  store<i32>(hole, which, 8);
}

/** Puts a hole and the next one in the order in which they stand. */
function order(index: i32): void {
  const hole = HOLES + index * 12;
  const from = load<usize>(hole);
  const to = load<usize>(hole, 4);
  const which = load<i32>(hole, 8);
  if (from <= load<usize>(hole, 12)) return;
  memory.copy(hole, hole + 12, 12);
  setHole(index + 1, from, to, which);
}

/** False, and nothing remembered, when the part is too long. */
function setPart(link: usize, index: i32, from: usize, to: usize): bool {
  const part = partOf(link, index);
  const length = <i32>(to - from);
  if (length > PART_BYTES_MAX) {
    store<i32>(partOf(link, 0), 0);
    return false;
  }
  store<i32>(part, length);
  memory.copy(part + 4, from, length);
  return true;
}

/** Whether the frame has the parts that are remembered; position, id and messages are then known. */
export function fits(link: usize, from: usize, to: usize): bool {
  if (load<i32>(partOf(link, 0)) === 0) return false;
  // Up to the messages forwards, and down to them from the end: they are what is long.
  let at = from;
  let first = 0;
  for (;; first++) {
    const part = partOf(link, first);
    if (!equal(at, part + 4, load<i32>(part))) return false;
    at += load<i32>(part);
    if (whichAt(link, first) === MESSAGES) break;
    const text = at;
    at = textStop(at, at + NAME_BYTES_MAX);
    found(whichAt(link, first), text, at);
  }
  let end = to;
  for (let last = 3; ; last--) {
    const part = partOf(link, last);
    end -= load<i32>(part);
    if (end < at || !equal(end, part + 4, load<i32>(part))) return false;
    if (last === first + 1) break;
    const text = end;
    while (end > at && end > text - NAME_BYTES_MAX && isPlain(load<u8>(end - 1))) end--;
    found(whichAt(link, last - 1), end, text);
  }
  messagesAt = at;
  messagesEnd = end;
  return true;
}

function found(which: i32, from: usize, to: usize): void {
  if (which === POSITION) {
    foundPositionAt = from;
    foundPositionLength = <i32>(to - from);
  } else {
    foundIdAt = from;
    foundIdLength = <i32>(to - from);
  }
}

// @ts-ignore: decorator
@inline
function partOf(link: usize, index: i32): usize {
  return link + LINK_PARTS + index * PART_SIZE;
}

// @ts-ignore: decorator
@inline
function whichAt(link: usize, index: i32): i32 {
  return load<i32>(link + LINK_HOLES + (index << 2));
}

// @ts-ignore: decorator
@inline
function isPlain(byte: i32): bool {
  return byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH;
}
