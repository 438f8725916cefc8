/**
 * What the walk over a frame meets: the array of messages, and in each message its key and its value.
 *
 * The walk (`json.ts`) says where brackets open and close, and stops at the names that `watch` asks for.
 * Keys and values are staged, one record a message, and count only when the whole frame is valid.
 */
import { closingQuote, isSpace, OPEN_BRACE, OPEN_BRACKET, QUOTE, skipSpace } from './bytes';
import { decimal, readDecimal } from './decimal';
import {
  areMet, beginGuards, guardCount, guardsEnter, guardsLeave, guardsLook, guardsWait,
} from './guards';
import {
  PROGRAM_KEY, PROGRAM_LIST, PROGRAM_VALUE, TOKEN_BYTES_MAX,
} from '../layout';
import {
  await_, enter, hasArrived, isLast, isStep, KEY, LIST, lastByte, leave, level, nameEnd, restart, see, start, VALUE,
} from './paths';
import { beginPdu, isWholePdu, nameOfPdu } from './pdu';
import { scalarEnd } from './scalar';
import {
  beginStage, closeRecord, hasValue, openRecord, recordKey, recordValue, stagedCount,
} from './stage';
import { where } from './words';

/** How many messages the frame has. */
export let messageCount: i32 = 0;
/** Where the array of messages begins and ends, brackets included; an end of 0: not seen. */
export let listAt: usize = 0;
export let listEnd: usize = 0;
/** Depth of that array; 0 where the frame itself is the message. */
export let base: i32 = 0;
/** The same while inside of it; -1 outside. */
export let listDepth: i32 = -1;
/** Whether keys or values are wanted, so that each message is looked at. */
export let perMessage: bool = false;
/** Whether there is anything to look for in what a message, or the frame that is one, holds. */
export let looksInside: bool = false;
/** What was found cannot be counted without the parser. */
export let failed: bool = false;

/** More than any depth: the frame itself is the message. */
const EVERYWHERE = 0x7fffffff;

let frameEnd: usize = 0;
let isSatori: bool = false;
let wantsKey: bool = false;
let wantsValue: bool = false;

/** Starts a scan by a program, of bytes before `to`. */
function begin(program: usize, to: usize): void {
  const list = load<usize>(program, PROGRAM_LIST);
  const key = load<usize>(program, PROGRAM_KEY);
  const number = load<usize>(program, PROGRAM_VALUE);
  frameEnd = to;
  failed = false;
  messageCount = 0;
  beginStage();
  base = list ? load<i32>(list) + 1 : 0;
  perMessage = (key | number) !== 0;
  beginGuards(program);
  looksInside = perMessage || (guardCount !== 0 && base === 0);
  if (!looksInside) return;
  wantsKey = key !== 0;
  wantsValue = number !== 0;
  start(KEY, key, base);
  start(VALUE, number, base);
}

/** Starts with a whole frame; `satori` where it is a PDU. */
export function beginFrame(program: usize, to: usize, satori: bool): void {
  begin(program, to);
  const list = load<usize>(program, PROGRAM_LIST);
  isSatori = satori;
  beginPdu();
  listEnd = 0;
  listDepth = list ? -1 : EVERYWHERE;
  start(LIST, list, 0);
}

/** Starts inside of the array of messages. */
export function beginMessages(program: usize, to: usize): void {
  begin(program, to);
  listDepth = base;
  // What is no JSON may close the array, and there must be no path to go on with: that of the last frame may be gone.
  start(LIST, 0, 0);
}

/** The walk is over, and has counted `commas` between messages: is everything there? */
export function endFrame(commas: i32): bool {
  if (base === 0) endAll(1);
  else if (listEnd === 0) return false;
  return !failed && areMet() && (!isSatori || isWholePdu());
}

/** The same for a walk that began inside of the array, which was not empty. */
export function endMessages(commas: i32): bool {
  endAll(commas + 1);
  return !failed;
}

/** So many messages it was. */
export function endAll(count: i32): void {
  messageCount = count;
  if (perMessage) stageUpTo(count);
}

/**
 * Of the colons, those whose name may be one that is waited for: going by its last byte, two bytes before. Not where
 * white space may come between, nor for the first two bytes of a block.
 */
// @ts-ignore: decorator
@inline
export function names(a: v128, b: v128, c: v128, d: v128, colons: u64, space: u64): u64 {
  if (colons === 0 || space || listDepth < 0 || looksAtFrame()) return colons;
  let lasts: u64 = wantsKey ? where(a, b, c, d, lastByte(KEY)) : 0;
  if (wantsValue) lasts |= where(a, b, c, d, lastByte(VALUE));
  return colons & ((lasts << 2) | 3);
}

/** Whether names have to be looked at, at the present depth. */
export function watch(depth: i32, objects: u64): bool {
  if (!((objects >> depth) & 1)) return false;
  if (looksAtFrame() && guardsWait(depth)) return true;
  if (listDepth < 0) return level(LIST) === depth;
  return perMessage && (level(KEY) === depth || level(VALUE) === depth);
}

/** Whether there are guards, and the walk is where they may be: not in an array of messages. */
// @ts-ignore: decorator
@inline
function looksAtFrame(): bool {
  return guardCount !== 0 && (listDepth < 0 || base === 0);
}

/** A bracket opens on the way to the messages; it may be theirs. */
export function openOutside(at: usize, depth: i32, brace: bool): void {
  if (guardCount) guardsEnter(at);
  if (!(base === 1 && depth === 1) && !enter(LIST, at)) return;
  if (!hasArrived(LIST)) return;
  if (brace) failed = true;
  listDepth = depth;
  listAt = at;
}

/** What was open at `depth` on the way to the messages, or after them, closes. */
export function closeOutside(depth: i32): void {
  if (guardCount) guardsLeave(depth);
  leave(LIST, depth);
}

/** A bracket opens inside; before it were so many commas between messages. */
export function openInside(at: usize, depth: i32, commas: i32): void {
  // What has no brackets has no key either: its turn is before this one.
  if (depth === base + 1 && base !== 0 && perMessage) return stageUpTo(commas);
  if (looksAtFrame()) guardsEnter(at);
  enter(KEY, at);
  enter(VALUE, at);
}

export function closeInside(depth: i32): void {
  if (depth === base + 1 && base !== 0 && perMessage) return stage();
  if (looksAtFrame()) guardsLeave(depth);
  leave(KEY, depth);
  leave(VALUE, depth);
}

export function endList(at: usize, depth: i32, commas: i32): void {
  let before = at - 1;
  while (isSpace(load<u8>(before))) before--;
  endAll(before === listAt ? 0 : commas + 1);
  listDepth = -1;
  listEnd = at + 1;
  leave(LIST, depth);
}

/** The name before this colon may be one that is waited for. */
export function name(colon: usize, depth: i32): void {
  const quote = nameEnd(colon);
  if (looksAtFrame() && !guardsLook(quote, colon, frameEnd, depth)) failed = true;
  if (listDepth >= 0) {
    if (level(KEY) === depth && isStep(KEY, quote)) follow(KEY, colon);
    if (level(VALUE) === depth && isStep(VALUE, quote)) follow(VALUE, colon);
  } else if (level(LIST) !== depth) return;
  else if (isStep(LIST, quote)) follow(LIST, colon);
  else if (isSatori && !nameOfPdu(quote, colon, frameEnd, depth)) failed = true;
}

/** A step is found: its value is entered, or is what was looked for. */
function follow(walk: usize, colon: usize): void {
  const at = skipSpace(colon + 1, frameEnd);
  const first = load<u8>(at);
  if (!see(walk)) failed = true;
  else if (walk === LIST) {
    // Without an array at its end the frame is malformed, which is for the parser to say.
    if (first !== (isLast(LIST) ? OPEN_BRACKET : OPEN_BRACE)) failed = true;
    await_(LIST, at);
  } else if (!isLast(walk)) await_(walk, first === OPEN_BRACE ? at : 0);
  else if (walk === KEY) takeToken(at, first);
  else takeValue(at, first);
}

function takeToken(at: usize, first: i32): void {
  const to = first === QUOTE ? closingQuote(at, frameEnd) + 1 : scalarEnd(at, frameEnd);
  const length = <i32>(to - at);
  recordKey(at, length);
  // Objects and arrays have no text; they end here as well.
  if (to <= at || length > TOKEN_BYTES_MAX) failed = true;
}

function takeValue(at: usize, first: i32): void {
  const quoted = first === QUOTE;
  const from = quoted ? at + 1 : at;
  const to = quoted ? closingQuote(at, frameEnd) : scalarEnd(at, frameEnd);
  if (to === 0 || !readDecimal(from, to)) failed = true;
  recordValue(decimal, at);
}

/** The messages up to that number are over. */
function stageUpTo(count: i32): void {
  while (stagedCount < count && !failed) stage();
}

/** Stages what was found of one message, and begins with the next. */
function stage(): void {
  if ((wantsValue && !hasValue()) || !closeRecord()) {
    failed = true;
    return;
  }
  openRecord();
  if (wantsKey) restart(KEY);
  if (wantsValue) restart(VALUE);
}
