/** The names of a PDU of Satori RTM that are not on the way to its messages: what it is, where it goes on, whose it is. */
import { BACKSLASH, equal, QUOTE, skipSpace } from './bytes';
import { NAME_BYTES_MAX } from '../layout';

export let positionAt: usize = 0;
/** -1: not seen. */
export let positionLength: i32 = -1;
export let idAt: usize = 0;
export let idLength: i32 = -1;
let sawAction: bool = false;

export function beginPdu(): void {
  sawAction = false;
  positionLength = -1;
  idLength = -1;
}

/** Whether all of them were seen. */
export function isWholePdu(): bool {
  return sawAction && positionLength >= 0 && idLength >= 0;
}

/**
 * Takes the value behind `colon`, if the name that ends at `quote` is one of them; of equal names the last counts, as with
 * the parser. False where only the parser can tell.
 */
export function nameOfPdu(quote: usize, colon: usize, to: usize, depth: i32): bool {
  if (depth === 1) {
    if (!isName(quote, ACTION, 8)) return true;
    sawAction = true;
    return takeText(colon, to) && textLength === 21 && equal(textAt, DATA, 21);
  }
  if (isName(quote, POSITION, 10)) {
    if (!takeText(colon, to)) return false;
    positionAt = textAt;
    positionLength = textLength;
  } else if (isName(quote, ID, 17)) {
    if (!takeText(colon, to)) return false;
    idAt = textAt;
    idLength = textLength;
  }
  return true;
}

function isName(quote: usize, name: usize, length: i32): bool {
  return equal(quote + 1 - length, name, length);
}

let textAt: usize = 0;
let textLength: i32 = 0;

/** The text behind a colon, if it is one that says what its bytes are: no escapes. */
function takeText(colon: usize, to: usize): bool {
  textAt = skipSpace(colon + 1, to) + 1;
  let end = textAt;
  while (end < to && load<u8>(end) !== QUOTE && load<u8>(end) !== BACKSLASH) end++;
  textLength = <i32>(end - textAt);
  return load<u8>(textAt - 1) === QUOTE && load<u8>(end) === QUOTE && textLength <= NAME_BYTES_MAX;
}

/** `"action"`, `"position"`, `"subscription_id"`, `rtm/subscription/data`. */
const ACTION: usize = memory.data<u8>([34,97,99,116,105,111,110,34]);
const POSITION: usize = memory.data<u8>([34,112,111,115,105,116,105,111,110,34]);
const ID: usize = memory.data<u8>([34,115,117,98,115,99,114,105,112,116,105,111,110,95,105,100,34]);
const DATA: usize = memory.data<u8>([114,116,109,47,115,117,98,115,99,114,105,112,116,105,111,110,47,100,97,116,97]);
