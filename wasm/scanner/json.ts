/**
 * One frame of JSON: is it valid, how many messages are in it, and which key and value has each?
 *
 * 64 bytes make a *block*. Vectors ask all of them a question ("which are quotes?") and answer with a word of 64
 * bits, bit 0 for the first byte. From then on one operation on a word looks at 64 bytes:
 *
 *     bytes      {"a":"x,\"y","b":[1,2]}
 *     quotes     .1.1.1.....1.1.1.......      without those behind a backslash
 *     texts      .11..111111..11........      prefix xor of the quotes: from each opening quote up to its end
 *     commas     ............1.....1....      commas outside texts
 *     colons     ....1..........1.......
 *     brackets   1...............1...11
 *     plain      .................1.1...      everything else: numbers, true, false, null
 *
 * **Validity.** RFC 8259 says which token may follow which. All tokens of a block are moved one place on at once
 * (`after = tokens << 1`), over white space by an addition whose carry runs through it, and what stands there is
 * compared with what may. What depends on where a token is (a comma in an object is followed by a name and a colon,
 * in an array by a value) needs the innermost bracket; it changes only at brackets, so the scan walks from bracket
 * to bracket, keeps a stack of bits, and marks the commas between two that are in an object.
 *
 * **Counting.** The same walk sees the array of messages open and close; its messages are the commas in between, at
 * that depth, plus one. Names are looked at only at the depth at which a path waits for one (`paths.ts`).
 *
 * What is not certain is left to the parser: the scan then returns false, as it does for what is no JSON. That is
 * an escape in a name, a name twice where a path leads, nesting deeper than 63, a key or value that is not plain.
 */
import { BACKSLASH, COLON, COMMA, isEscape, QUOTE, SPACE } from './bytes';
import {
  base, beginFrame, closeInside, closeOutside, endFrame, endList, endMessages, failed,
  listDepth, looksInside, name, names, openInside, openOutside, watch,
} from './messages';
import { arePlain } from './plain';
import { anyBelow, below, ENDS, leaves, over, prefixXor, sixteen, where, whereBrackets } from './words';

/** Deeper nesting is left to the parser. */
const DEPTH_MAX = 63;
const ODD_BITS: u64 = 0xaaaaaaaaaaaaaaaa;
const ALL: u64 = 0xffffffffffffffff;

/** Whether there was a byte that is not ASCII. */
export let hasHighBytes: bool = false;
let commaCount: i32 = 0;

/**
 * Scans the frame from `from` to `to` by the program. True when it is valid JSON and everything wanted is found;
 * keys and values are then staged, one record a message.
 */
export function scanFrame(program: usize, from: usize, to: usize, satori: bool): bool {
  beginFrame(program, to, satori);
  return scanBlocks(from, to, 0, 0, 0) && endFrame(commaCount);
}

/**
 * The same, after `beginMessages`, for what is between the brackets of the messages alone. So many of them were found
 * already, and the next one begins at `from`.
 */
export function scanMessages(from: usize, to: usize, found: i32): bool {
  // Around the messages are objects only.
  return scanBlocks(from, to, base, (<u64>1 << base) - 2, found) && endMessages(commaCount);
}

/**
 * Blocks of 64 bytes, beginning at a depth; what is open there is in `objects`, and so many commas between messages were
 * before. False unless all ends there again.
 */
function scanBlocks(from: usize, to: usize, outside: i32, objects: u64, commasBefore: i32): bool {
  let depth = outside;
  // Carried from block to block.
  let inText: u64 = 0;
  let escapeNext: u64 = 0;
  let plainNext: u64 = 0;
  let nameNext: u64 = 0;
  // One bit each: the first token of the next block comes after such a one.
  let afterOpenNext: u64 = 0;
  let beforeNameNext: u64 = 0;
  let afterValueNext: u64 = 0;
  let afterNameNext: u64 = 0;
  let wrong: u64 = 0;
  let count = commasBefore;
  let high = i8x16.splat(0);
  let looks = watch(depth, objects);

  for (let at = from; at < to; at += 64) {
    let a = v128.load(at);
    let b = v128.load(at, 16);
    let c = v128.load(at, 32);
    let d = v128.load(at, 48);
    const left = to - at;
    if (left < 64) {
      // Bytes after the end are as good as white space.
      const mask = ENDS + 64 - left;
      const space = sixteen(SPACE);
      a = v128.bitselect(a, space, v128.load(mask));
      b = v128.bitselect(b, space, v128.load(mask, 16));
      c = v128.bitselect(c, space, v128.load(mask, 32));
      d = v128.bitselect(d, space, v128.load(mask, 48));
    }
    high = v128.or(high, v128.or(v128.or(a, b), v128.or(c, d)));

    const backslashes = where(a, b, c, d, BACKSLASH);
    let quotes = where(a, b, c, d, QUOTE);
    if (backslashes | escapeNext) {
      // A run of backslashes escapes what follows when it is odd: the subtraction carries through each run.
      const starts = backslashes & ~escapeNext;
      const codes = (((starts << 1) | ODD_BITS) - starts) ^ ODD_BITS;
      const escaped = codes ^ (backslashes | escapeNext);
      escapeNext = (codes & backslashes) >> 63;
      // Most are of a quote or a backslash, and need no closer look.
      for (let rest = escaped & ~(quotes | backslashes); rest; rest &= rest - 1) {
        if (!isEscape(at + <usize>ctz(rest))) return false;
      }
      quotes &= ~escaped;
    }
    const texts = prefixXor(quotes) ^ inText;
    inText = <u64>(<i64>texts >> 63);
    const hasControls = anyBelow(a, b, c, d, SPACE);
    const controls: u64 = hasControls ? below(a, b, c, d, SPACE) : 0;
    wrong |= controls & texts;
    // A block within one text has no tokens; what comes after which, stays as it is.
    if (texts === ALL && quotes === 0) {
      wrong |= nameNext ? backslashes : 0;
      if (wrong) return false;
      continue;
    }
    const opening = quotes & texts;
    const closing = quotes & ~texts;
    const commas = where(a, b, c, d, COMMA) & ~texts;
    const colons = where(a, b, c, d, COLON) & ~texts;
    const brackets = whereBrackets(a, b, c, d) & ~texts;
    const separators = commas | colons;
    let plain = ~(texts | quotes | separators | brackets);
    let space: u64 = 0;
    let plainStarts: u64 = 0;
    let afterPlain = plainNext;
    if (plain) {
      space = where(a, b, c, d, SPACE);
      if (hasControls) space |= where(a, b, c, d, 0x0a) | where(a, b, c, d, 0x0d) | where(a, b, c, d, 0x09);
      space &= plain;
      plain ^= space;
      const runs = (plain << 1) | plainNext;
      plainStarts = plain & ~runs;
      afterPlain = runs & ~plain;
      if (plainStarts && !arePlain(a, b, c, d, at, to, plain, plainStarts)) return false;
    }
    plainNext = plain >> 63;

    // The walk from bracket to bracket.
    let opens: u64 = 0;
    let braces: u64 = 0;
    let objectCommas: u64 = 0;
    let segment: u64 = ALL;
    let rest = brackets | (looks ? names(a, b, c, d, colons, space) : 0);
    while (rest) {
      const bit = rest & (0 - rest);
      const place = at + <usize>ctz(rest);
      rest ^= bit;
      if (bit & brackets) {
        const between = segment & (bit - 1) & commas;
        if ((objects >> depth) & 1) objectCommas |= between;
        else if (depth === listDepth) count += <i32>popcnt(between);
        else if (depth === 0) wrong |= between;
        segment = 0 - (bit << 1);
        // `[` and `{` have bit 1 set, `]` and `}` have not; braces have bit 5 set, brackets have not.
        const byte: u64 = load<u8>(place);
        const brace = (byte >> 5) & 1;
        if (byte & 2) {
          depth++;
          objects = (objects & ~(<u64>1 << depth)) | (brace << depth);
          opens |= bit;
          braces |= (0 - brace) & bit;
          wrong |= u64(depth > DEPTH_MAX);
          if (listDepth < 0) openOutside(place, depth, brace !== 0);
          else if (looksInside) openInside(place, depth, count);
          else continue;
        } else {
          wrong |= (((objects >> depth) & 1) ^ brace) | u64(depth === outside);
          if (listDepth < 0) closeOutside(depth);
          else if (depth === listDepth) endList(place, depth, count);
          else if (looksInside) closeInside(depth);
          depth--;
          if (listDepth >= 0 && !looksInside) continue;
        }
        looks = watch(depth, objects);
        rest = (brackets | (looks ? names(a, b, c, d, colons & segment, space) : 0)) & segment;
      } else name(place, depth);
      if (failed) return false;
    }
    const between = segment & commas;
    if ((objects >> depth) & 1) objectCommas |= between;
    else if (depth === listDepth) count += <i32>popcnt(between);
    else if (depth === 0) wrong |= between;

    // Which token follows which.
    const values = (brackets ^ opens) | closing;
    const members = braces | objectCommas;
    let afterOpen = (opens << 1) | afterOpenNext;
    let beforeName = (members << 1) | beforeNameNext;
    let afterValue = (values << 1) | afterValueNext | afterPlain;
    if (space) {
      afterOpenNext = leaves(opens, afterOpen, space);
      beforeNameNext = leaves(members, beforeName, space);
      afterValueNext = leaves(values, afterValue, space);
      afterOpen = over(space, afterOpen);
      beforeName = over(space, beforeName);
      afterValue = over(space, afterValue);
    } else {
      afterOpenNext = opens >> 63;
      beforeNameNext = members >> 63;
      afterValueNext = values >> 63;
    }
    wrong |= (opens | plainStarts | opening) & afterValue;
    wrong |= separators & ~afterValue;
    wrong |= (brackets ^ opens) & ~(afterValue | afterOpen);
    wrong |= (opens | plainStarts) & beforeName;
    // A name ends where the carry through its text comes out; behind it is a colon, and nowhere else is one.
    const ran = ((opening & beforeName) | nameNext) + texts;
    const nameEnds = ran & closing;
    wrong |= backslashes & texts & ~ran;
    nameNext = u64(ran < texts);
    let afterName = (nameEnds << 1) | afterNameNext;
    if (space) {
      afterNameNext = leaves(nameEnds, afterName, space);
      afterName = over(space, afterName);
    } else afterNameNext = nameEnds >> 63;
    wrong |= afterName ^ colons;
    if (wrong) return false;
  }
  commaCount = count;
  hasHighBytes = i8x16.bitmask(high) !== 0;
  return depth === outside && !inText && (afterValueNext | plainNext) !== 0;
}

