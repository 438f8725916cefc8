/**
 * Counting a data PDU without building its messages: one pass over the bytes, nothing allocated but two short texts.
 *
 * `JSON.parse` stays the definition of what is right: the scan answers only where it is sure that parsing would
 * say the same, and null everywhere else (anything that is not JSON, escapes in a name, a name given twice, deep
 * nesting). Grammar: RFC 8259. Invalid UTF-8 inside a text is no concern: decoding replaces it and leaves ASCII alone.
 */

export interface DataScan {
  readonly subscriptionId: string;
  readonly position: string;
  readonly messageCount: number;
}

/** Deeper nesting is left to the parser. */
const DEPTH_MAX = 64;
/** What the skipping functions return where the bytes are not what they look for. */
const NO = -1;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const MINUS = 0x2d;

const ACTION = Buffer.from('"rtm/subscription/data"');
const names = {
  action: '"action"',
  body: '"body"',
  messages: '"messages"',
  position: '"position"',
  id: '"subscription_id"',
};
const NAME = Object.fromEntries(
  Object.entries(names).map(([key, text]) => [key, Buffer.from(text)]),
) as Record<keyof typeof names, Buffer>;
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

/** 1 for the bytes that a text may hold as they are: no quote, no backslash, no control character. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

/** The running scan: a PDU's parts as they are found. One at a time, since nothing here waits. */
const found = {
  isData: false,
  hasBody: false,
  idFrom: NO,
  idTo: NO,
  positionFrom: NO,
  positionTo: NO,
  messageCount: NO,
};

/** What a data PDU carries; null for everything else, and wherever there is doubt. */
export function scanData(bytes: Buffer): DataScan | null {
  found.isData = false;
  found.hasBody = false;
  found.idFrom = NO;
  found.positionFrom = NO;
  found.messageCount = NO;
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== OPEN_BRACE) return null;
  at = scanMembers(bytes, at, scanPduMember);
  if (at === NO || skipSpace(bytes, at) !== bytes.length) return null;
  const whole = found.isData && found.idFrom !== NO && found.positionFrom !== NO;
  if (!whole || found.messageCount === NO) return null;
  return {
    subscriptionId: bytes.toString('utf8', found.idFrom, found.idTo),
    position: bytes.toString('utf8', found.positionFrom, found.positionTo),
    messageCount: found.messageCount,
  };
}

/** Looks at one member: its name from `name` to `value` (quotes included), its value from there. Returns its end. */
type Member = (bytes: Buffer, name: number, nameEnd: number, value: number) => number;

/** An object whose names matter. Names with escapes are left to the parser. */
function scanMembers(bytes: Buffer, from: number, member: Member): number {
  let at = skipSpace(bytes, from + 1);
  if (bytes[at] === CLOSE_BRACE) return at + 1;
  for (;;) {
    const nameEnd = plainText(bytes, at);
    if (nameEnd === NO) return NO;
    const colon = skipSpace(bytes, nameEnd);
    if (bytes[colon] !== COLON) return NO;
    const end = member(bytes, at, nameEnd, skipSpace(bytes, colon + 1));
    if (end === NO) return NO;
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    if (bytes[at] !== COMMA) return NO;
    at = skipSpace(bytes, at + 1);
  }
}

function scanPduMember(bytes: Buffer, name: number, nameEnd: number, value: number): number {
  if (equals(bytes, name, nameEnd, NAME.action)) {
    const end = value + ACTION.length;
    if (found.isData || !equals(bytes, value, end, ACTION)) return NO;
    found.isData = true;
    return end;
  }
  if (!equals(bytes, name, nameEnd, NAME.body)) return skipValue(bytes, value, 1);
  if (found.hasBody || bytes[value] !== OPEN_BRACE) return NO;
  found.hasBody = true;
  return scanMembers(bytes, value, scanBodyMember);
}

function scanBodyMember(bytes: Buffer, name: number, nameEnd: number, value: number): number {
  if (equals(bytes, name, nameEnd, NAME.messages)) {
    if (found.messageCount !== NO || bytes[value] !== OPEN_BRACKET) return NO;
    return scanMessages(bytes, value);
  }
  if (equals(bytes, name, nameEnd, NAME.position)) {
    const end = plainText(bytes, value);
    if (found.positionFrom !== NO || end === NO) return NO;
    found.positionFrom = value + 1;
    found.positionTo = end - 1;
    return end;
  }
  if (!equals(bytes, name, nameEnd, NAME.id)) return skipValue(bytes, value, 2);
  const end = plainText(bytes, value);
  if (found.idFrom !== NO || end === NO) return NO;
  found.idFrom = value + 1;
  found.idTo = end - 1;
  return end;
}

function scanMessages(bytes: Buffer, from: number): number {
  let at = skipSpace(bytes, from + 1);
  let messageCount = 0;
  if (bytes[at] !== CLOSE_BRACKET) {
    for (;;) {
      at = skipValue(bytes, at, 3);
      if (at === NO) return NO;
      messageCount += 1;
      at = skipSpace(bytes, at);
      if (bytes[at] === CLOSE_BRACKET) break;
      if (bytes[at] !== COMMA) return NO;
      at = skipSpace(bytes, at + 1);
    }
  }
  found.messageCount = messageCount;
  return at + 1;
}

/** The end of the value that starts at `at`; NO if it is none. */
function skipValue(bytes: Buffer, at: number, depth: number): number {
  const first = bytes[at]!;
  if (first === QUOTE) return skipText(bytes, at);
  if (first === OPEN_BRACE) return depth < DEPTH_MAX ? skipObject(bytes, at, depth) : NO;
  if (first === OPEN_BRACKET) return depth < DEPTH_MAX ? skipArray(bytes, at, depth) : NO;
  if (first === MINUS || isDigit(first)) return skipNumber(bytes, at);
  const word = first === 0x74 ? TRUE : first === 0x66 ? FALSE : NULL;
  return equals(bytes, at, at + word.length, word) ? at + word.length : NO;
}

function skipObject(bytes: Buffer, from: number, depth: number): number {
  let at = skipSpace(bytes, from + 1);
  if (bytes[at] === CLOSE_BRACE) return at + 1;
  for (;;) {
    if (bytes[at] !== QUOTE) return NO;
    at = skipText(bytes, at);
    if (at === NO) return NO;
    at = skipSpace(bytes, at);
    if (bytes[at] !== COLON) return NO;
    at = skipValue(bytes, skipSpace(bytes, at + 1), depth + 1);
    if (at === NO) return NO;
    at = skipSpace(bytes, at);
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    if (bytes[at] !== COMMA) return NO;
    at = skipSpace(bytes, at + 1);
  }
}

function skipArray(bytes: Buffer, from: number, depth: number): number {
  let at = skipSpace(bytes, from + 1);
  if (bytes[at] === CLOSE_BRACKET) return at + 1;
  for (;;) {
    at = skipValue(bytes, at, depth + 1);
    if (at === NO) return NO;
    at = skipSpace(bytes, at);
    if (bytes[at] === CLOSE_BRACKET) return at + 1;
    if (bytes[at] !== COMMA) return NO;
    at = skipSpace(bytes, at + 1);
  }
}

/** The end of the text that starts with the quote at `from`. Nearly all bytes of a frame pass here. */
function skipText(bytes: Buffer, from: number): number {
  const { length } = bytes;
  let at = from + 1;
  for (;;) {
    while (at < length && PLAIN[bytes[at]!] === 1) at += 1;
    if (at >= length) return NO;
    if (bytes[at] === QUOTE) return at + 1;
    if (bytes[at] !== BACKSLASH) return NO;
    at = skipEscape(bytes, at);
    if (at === NO) return NO;
    at += 1;
  }
}

/** The last byte of the escape that starts with the backslash at `at`. */
function skipEscape(bytes: Buffer, at: number): number {
  const letter = bytes[at + 1];
  if (letter === undefined) return NO;
  if (letter !== 0x75) return '"\\/bfnrt'.includes(String.fromCharCode(letter)) ? at + 1 : NO;
  for (let digit = at + 2; digit < at + 6; digit++) if (!isHex(bytes[digit])) return NO;
  return at + 5;
}

/** Like `skipText`, for texts that are what their bytes say: no escapes. */
function plainText(bytes: Buffer, from: number): number {
  if (bytes[from] !== QUOTE) return NO;
  const { length } = bytes;
  let at = from + 1;
  while (at < length && PLAIN[bytes[at]!] === 1) at += 1;
  return at < length && bytes[at] === QUOTE ? at + 1 : NO;
}

function skipNumber(bytes: Buffer, from: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from;
  if (bytes[at] === 0x30) at += 1;
  else {
    const end = skipDigits(bytes, at);
    if (end === at) return NO;
    at = end;
  }
  if (bytes[at] === 0x2e) {
    const end = skipDigits(bytes, at + 1);
    if (end === at + 1) return NO;
    at = end;
  }
  if (bytes[at] !== 0x65 && bytes[at] !== 0x45) return at;
  const sign = bytes[at + 1];
  const digits = sign === 0x2b || sign === MINUS ? at + 2 : at + 1;
  const end = skipDigits(bytes, digits);
  return end === digits ? NO : end;
}

function skipDigits(bytes: Buffer, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at += 1;
  return at;
}

function skipSpace(bytes: Buffer, from: number): number {
  const { length } = bytes;
  let at = from;
  // Reading past the end would make every read here a slow one.
  while (at < length) {
    const byte = bytes[at]!;
    if (byte > 0x20) return at;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at += 1;
  }
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

function equals(bytes: Buffer, from: number, to: number, text: Buffer): boolean {
  if (to - from !== text.length || to > bytes.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text[i]) return false;
  return true;
}
