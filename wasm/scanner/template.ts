/**
 * What the frames of one server have in common: the bytes around position, messages and id.
 *
 *     {"action":…,"body":{"position":"1:7","messages":[{…},{…}],"subscription_id":"c"}}
 *     |------------ head -------------|   |- between -|       |------ tail ------|   |end|
 *
 * A scanner's state after some bytes depends on nothing but the bytes. So where these four parts are those of a frame
 * that was scanned as a whole, only the messages remain to be scanned, from a state that is known.
 */
import { BACKSLASH, equal, QUOTE, SPACE } from './bytes';
import { listAt, listEnd } from './messages';
import { LINK_PARTS, NAME_BYTES_MAX, PART_BYTES_MAX, PART_SIZE } from '../layout';
import { idAt, idLength, positionAt, positionLength } from './pdu';

/** Parts: a length, then the bytes. */
const HEAD = LINK_PARTS;
const BETWEEN = HEAD + PART_SIZE;
const TAIL = BETWEEN + PART_SIZE;
const END = TAIL + PART_SIZE;

/** What `fits` found. */
export let foundPositionAt: usize = 0;
export let foundPositionLength: i32 = 0;
export let foundIdAt: usize = 0;
export let foundIdLength: i32 = 0;
export let messagesAt: usize = 0;
export let messagesEnd: usize = 0;

/** Remembers the parts of the frame that was scanned last, if it has them in this order. */
export function remember(link: usize, from: usize, to: usize): void {
  if (positionAt > listAt || listEnd > idAt) return;
  const positionEnd = positionAt + positionLength;
  const idEnd = idAt + idLength;
  const fits =
    part(link + HEAD, from, positionAt) &&
    part(link + BETWEEN, positionEnd, listAt + 1) &&
    part(link + TAIL, listEnd - 1, idAt) &&
    part(link + END, idEnd, to);
  if (!fits) store<i32>(link, 0, HEAD);
}

function part(at: usize, from: usize, to: usize): bool {
  const length = <i32>(to - from);
  if (length > PART_BYTES_MAX) return false;
  store<i32>(at, length);
  memory.copy(at + 4, from, length);
  return true;
}

/** Whether the frame has the parts that are remembered; position, id and messages are then known. */
export function fits(link: usize, from: usize, to: usize): bool {
  const headLength = load<i32>(link, HEAD);
  const betweenLength = load<i32>(link, BETWEEN);
  const tailLength = load<i32>(link, TAIL);
  const endLength = load<i32>(link, END);
  const rest = <i32>(to - from) - headLength - betweenLength - tailLength - endLength;
  if (headLength === 0 || rest <= 0 || !isPart(link + HEAD, from)) return false;
  const most = from + headLength + min(rest, NAME_BYTES_MAX);
  let at = from + headLength;
  foundPositionAt = at;
  while (at < most && isPlain(load<u8>(at))) at++;
  foundPositionLength = <i32>(at - foundPositionAt);
  if (!isPart(link + BETWEEN, at)) return false;
  messagesAt = at + betweenLength;
  const idEnd = to - endLength;
  if (!isPart(link + END, idEnd)) return false;
  const least = max(messagesAt + tailLength, idEnd - NAME_BYTES_MAX);
  at = idEnd;
  while (at > least && isPlain(load<u8>(at - 1))) at--;
  foundIdAt = at;
  foundIdLength = <i32>(idEnd - at);
  messagesEnd = at - tailLength;
  return messagesEnd >= messagesAt && isPart(link + TAIL, messagesEnd);
}

// @ts-ignore: decorator
@inline
function isPart(at: usize, there: usize): bool {
  return equal(there, at + 4, load<i32>(at));
}

// @ts-ignore: decorator
@inline
function isPlain(byte: i32): bool {
  return byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH;
}
