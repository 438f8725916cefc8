/** The scan of one frame of JSON in plain JavaScript: as `wasm/scanner/json.ts`, byte by byte and by recursion. */
import {
  NAME_BYTES_MAX,
  PATH_COUNT,
  PATH_STEPS,
  PROGRAM_KEY,
  PROGRAM_LIST,
  PROGRAM_VALUE,
  STAGE_MAX,
  STEP_AT,
  STEP_LENGTH,
  STEP_SIZE,
  TOKEN_BYTES_MAX,
} from '../../wasm/layout.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  NO,
  OPEN_BRACE,
  OPEN_BRACKET,
  plainText,
  QUOTE,
  skipSpace,
  skipValue,
} from './twin-skip.ts';

/** A number that is read exactly, without rounding more than once; see `wasm/scanner/decimal.ts`. */
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const DIGITS_MAX = 15;

const ACTION = Buffer.from('"action"');
const DATA = Buffer.from('"rtm/subscription/data"');
const POSITION = Buffer.from('"position"');
const ID = Buffer.from('"subscription_id"');

/** A key and value of one message; a length of 0 for no key. */
export interface Staged {
  readonly at: number;
  readonly length: number;
  readonly value: number;
}

/** Looks at one member of an object: its name from `name` to `nameEnd`, quotes included. Returns where its value ends. */
type Member = (name: number, nameEnd: number, value: number) => number;

export class JsonScan {
  readonly #bytes: Buffer;
  readonly #words: Int32Array;
  messageCount = 0;
  readonly staged: Staged[] = [];
  positionAt = 0;
  positionLength = NO;
  idAt = 0;
  idLength = NO;
  #to = 0;
  #satori = false;
  #sawAction = false;
  #listEnded = false;
  #list = 0;
  #key = 0;
  #value = 0;
  /** Of the message being looked at. */
  #token = { at: 0, length: 0 };
  #number: number | null = null;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#words = new Int32Array(bytes.buffer);
  }

  /** True when the frame is JSON and everything wanted is in it. */
  scan(program: number, from: number, to: number, satori: boolean): boolean {
    this.messageCount = 0;
    this.staged.length = 0;
    this.positionLength = this.idLength = NO;
    this.#to = to;
    this.#satori = satori;
    this.#sawAction = this.#listEnded = false;
    this.#list = this.#word(program + PROGRAM_LIST);
    this.#key = this.#word(program + PROGRAM_KEY);
    this.#value = this.#word(program + PROGRAM_VALUE);
    const at = skipSpace(this.#bytes, from, to);
    const end = this.#list === 0 ? this.#message(at, 1) : this.#follow(at, 0);
    if (end === NO || skipSpace(this.#bytes, end, to) !== to) return false;
    if (this.#list !== 0 && !this.#listEnded) return false;
    return !satori || (this.#sawAction && this.positionLength !== NO && this.idLength !== NO);
  }

  /** The object or array to which `taken` steps of the path to the messages lead. */
  #follow(at: number, taken: number): number {
    if (taken === this.#word(this.#list + PATH_COUNT)) return this.#messages(at, taken + 1);
    let seen = false;
    return this.#members(at, (name, nameEnd, value) => {
      if (this.#isStep(this.#list, taken, name, nameEnd)) {
        if (seen) return NO;
        seen = true;
        return this.#follow(value, taken + 1);
      }
      return this.#satori
        ? this.#pduMember(taken, name, nameEnd, value)
        : skipValue(this.#bytes, value, this.#to, taken + 2);
    });
  }

  #messages(from: number, depth: number): number {
    if (this.#at(from) !== OPEN_BRACKET) return NO;
    this.#listEnded = true;
    let at = this.#space(from + 1);
    if (this.#at(at) === CLOSE_BRACKET) return at + 1;
    for (;;) {
      at = this.#message(at, depth + 1);
      if (at === NO) return NO;
      at = this.#space(at);
      if (this.#at(at) === CLOSE_BRACKET) return at + 1;
      if (this.#at(at) !== COMMA) return NO;
      at = this.#space(at + 1);
    }
  }

  #message(at: number, depth: number): number {
    this.messageCount += 1;
    if (this.#key === 0 && this.#value === 0) {
      return skipValue(this.#bytes, at, this.#to, depth);
    }
    this.#token = { at: 0, length: 0 };
    this.#number = null;
    const end = this.#look(at, depth, this.#key === 0 ? NO : 0, this.#value === 0 ? NO : 0);
    if (this.#value !== 0 && this.#number === null) return NO;
    if (this.staged.length === STAGE_MAX) return NO;
    this.staged.push({ ...this.#token, value: this.#number ?? 0 });
    return end;
  }

  /** Looks for the steps that come after those taken to the key and to the value; NO where a path does not lead here. */
  #look(at: number, depth: number, keyTaken: number, valueTaken: number): number {
    const waits = keyTaken !== NO || valueTaken !== NO;
    if (!waits || this.#at(at) !== OPEN_BRACE) return skipValue(this.#bytes, at, this.#to, depth);
    let [sawKey, sawValue] = [false, false];
    return this.#members(at, (name, nameEnd, value) => {
      const isKey = keyTaken !== NO && this.#isStep(this.#key, keyTaken, name, nameEnd);
      const isValue = valueTaken !== NO && this.#isStep(this.#value, valueTaken, name, nameEnd);
      if ((isKey && sawKey) || (isValue && sawValue)) return NO;
      sawKey ||= isKey;
      sawValue ||= isValue;
      const keyEnds = isKey && keyTaken + 1 === this.#word(this.#key + PATH_COUNT);
      const valueEnds = isValue && valueTaken + 1 === this.#word(this.#value + PATH_COUNT);
      const end = this.#look(
        value,
        depth + 1,
        isKey && !keyEnds ? keyTaken + 1 : NO,
        isValue && !valueEnds ? valueTaken + 1 : NO,
      );
      if (end === NO) return NO;
      if (keyEnds && !this.#takeToken(value, end)) return NO;
      return valueEnds && !this.#takeNumber(value, end) ? NO : end;
    });
  }

  #takeToken(at: number, end: number): boolean {
    this.#token = { at, length: end - at };
    const first = this.#at(at);
    return first !== OPEN_BRACE && first !== OPEN_BRACKET && end - at <= TOKEN_BYTES_MAX;
  }

  #takeNumber(at: number, end: number): boolean {
    const quoted = this.#at(at) === QUOTE ? 1 : 0;
    const text = this.#bytes.toString('latin1', at + quoted, end - quoted);
    const digits = text.replace(/\D/g, '').length;
    if (!DECIMAL.test(text) || digits > DIGITS_MAX) return false;
    this.#number = Number(text);
    return true;
  }

  #pduMember(taken: number, name: number, nameEnd: number, value: number): number {
    const isAction = taken === 0 && this.#equals(name, nameEnd, ACTION);
    const isPosition = taken === 1 && this.#equals(name, nameEnd, POSITION);
    const isId = taken === 1 && this.#equals(name, nameEnd, ID);
    if (!isAction && !isPosition && !isId) {
      return skipValue(this.#bytes, value, this.#to, taken + 2);
    }
    const end = plainText(this.#bytes, value, this.#to);
    const length = end - value - 2;
    if (end === NO || length > NAME_BYTES_MAX) return NO;
    if (isAction) {
      if (!this.#equals(value, end, DATA)) return NO;
      this.#sawAction = true;
    } else if (isPosition) {
      this.positionAt = value + 1;
      this.positionLength = length;
    } else {
      this.idAt = value + 1;
      this.idLength = length;
    }
    return end;
  }

  /** An object whose names matter. Names with escapes are left to the parser. */
  #members(from: number, member: Member): number {
    if (this.#at(from) !== OPEN_BRACE) return NO;
    let at = this.#space(from + 1);
    if (this.#at(at) === CLOSE_BRACE) return at + 1;
    for (;;) {
      const nameEnd = plainText(this.#bytes, at, this.#to);
      if (nameEnd === NO) return NO;
      const colon = this.#space(nameEnd);
      if (this.#at(colon) !== COLON) return NO;
      const end = member(at, nameEnd, this.#space(colon + 1));
      if (end === NO) return NO;
      at = this.#space(end);
      if (this.#at(at) === CLOSE_BRACE) return at + 1;
      if (this.#at(at) !== COMMA) return NO;
      at = this.#space(at + 1);
    }
  }

  #isStep(path: number, index: number, from: number, to: number): boolean {
    const step = path + PATH_STEPS + index * STEP_SIZE;
    const nameAt = this.#word(step + STEP_AT);
    if (to - from !== this.#word(step + STEP_LENGTH)) return false;
    return this.#bytes.compare(this.#bytes, from, to, nameAt, nameAt + to - from) === 0;
  }

  #equals(from: number, to: number, text: Buffer): boolean {
    return to - from === text.length && text.compare(this.#bytes, from, to) === 0;
  }

  /** The byte there; none, NO, after the frame. */
  #at(at: number): number {
    return at < this.#to ? this.#bytes[at]! : NO;
  }

  #space(at: number): number {
    return skipSpace(this.#bytes, at, this.#to);
  }

  #word(at: number): number {
    return this.#words[at >> 2]!;
  }
}
