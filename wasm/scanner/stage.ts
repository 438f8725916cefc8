/** Keys and values found in the frame being read, one record a message. They count only when the whole frame does. */
import { STAGE_AT, STAGE_MAX, STAGE_SIZE } from '../layout';

/** A record: where the key is, as it stands in the frame, and its length; the value (f64), and where that was. */
const KEY_AT = 0;
const KEY_LENGTH = 4;
const VALUE = 8;
const VALUE_AT = 16;

/** Records of messages that are over. */
export let stagedCount: i32 = 0;
/** The record of the message that is not. */
let open: usize = STAGE_AT;

export function beginStage(): void {
  stagedCount = 0;
  openRecord();
}

/** Starts the record of a message: it has no key and no value. */
// @ts-ignore: decorator
@inline
export function openRecord(): void {
  open = recordAt(stagedCount);
  v128.store(open, i8x16.splat(0));
  store<usize>(open, 0, VALUE_AT);
}

// @ts-ignore: decorator
@inline
export function recordKey(at: usize, length: i32): void {
  store<usize>(open, at, KEY_AT);
  store<i32>(open, length, KEY_LENGTH);
}

// @ts-ignore: decorator
@inline
export function recordValue(value: f64, at: usize): void {
  store<f64>(open, value, VALUE);
  store<usize>(open, at, VALUE_AT);
}

export function hasValue(): bool {
  return load<usize>(open, VALUE_AT) !== 0;
}

/** The message is over; false when there is no room for its record. */
// @ts-ignore: decorator
@inline
export function closeRecord(): bool {
  if (stagedCount === STAGE_MAX) return false;
  stagedCount++;
  return true;
}

// @ts-ignore: decorator
@inline
function recordAt(index: i32): usize {
  return STAGE_AT + index * STAGE_SIZE;
}

/** Where the key of a message was found; 0 for none. */
// @ts-ignore: decorator
@inline
export function keyAt(index: i32): usize {
  return load<usize>(recordAt(index), KEY_AT);
}

// @ts-ignore: decorator
@inline
export function keyLength(index: i32): i32 {
  return load<i32>(recordAt(index), KEY_LENGTH);
}

/** What a message is worth, and where that was found; 0 for nowhere. */
// @ts-ignore: decorator
@inline
export function valueOf(index: i32): f64 {
  return load<f64>(recordAt(index), VALUE);
}

// @ts-ignore: decorator
@inline
export function valueAt(index: i32): usize {
  return load<usize>(recordAt(index), VALUE_AT);
}
