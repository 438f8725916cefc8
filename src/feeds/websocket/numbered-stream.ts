/**
 * One numbered stream: turns ids of any size into small numbers, and recognises a numbering that begins again with a
 * new connection.
 *
 * Ids beyond 2^53 are bigints. A stream counts its numbers from a base, so that the rest of the code has plain numbers.
 */
import { DenseStream } from './dense-stream.ts';
import { RisingStream } from './rising-stream.ts';
import { BEGUN_AGAIN, type Rules, type Verdict } from './verdict.ts';

export type Id = number | bigint;
export type Kind = 'dense' | 'rising';

/** Longest id that is read, in digits. */
const DIGITS = /^-?\d{1,40}$/;

/** An id as a whole number; null for what is none. A text of digits is one, too. */
export function idOf(value: unknown): Id | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  if (typeof value !== 'string' || !DIGITS.test(value)) return null;
  const id = Number(value);
  return Number.isSafeInteger(id) ? id : BigInt(value);
}

export class NumberedStream {
  /** Where its position is kept. */
  readonly shard: string;
  readonly #kind: Kind;
  #base: bigint;
  #rules: Rules;
  /** The first number of the present connection, or of the last one that brought any; null where nobody knows. */
  #first: number | null;
  /** Whether the next number is the first of its connection. */
  #isFirst = false;
  #resumed = false;
  #settled = true;
  #reported = false;

  private constructor(shard: string, kind: Kind, base: bigint, rules: Rules, first: number | null) {
    this.shard = shard;
    this.#kind = kind;
    this.#base = base;
    this.#rules = rules;
    this.#first = first;
  }

  /** A stream whose first id was seen just now. */
  static open(shard: string, kind: Kind, id: Id): NumberedStream {
    const base = baseFor(id);
    const number = Number(BigInt(id) - base);
    return new NumberedStream(shard, kind, base, newRules(kind, number), number);
  }

  /** A stream as an earlier run has left it; null for a text that is no position of one. */
  static from(shard: string, kind: Kind, position: string): NumberedStream | null {
    const match = /^(-?\d+)(?: (-?\d+))?(?:\n(-?\d+);(.*))?$/s.exec(position);
    if (!match) return null;
    const [, last, first, base = last!.length > 15 ? last! : '0', text] = match;
    const from = (digits: string) => Number(BigInt(digits) - BigInt(base));
    const number = from(last!);
    const rules =
      kind === 'dense' ? DenseStream.from(number, text) : RisingStream.from(number, text);
    const firstNumber = first === undefined ? null : from(first);
    return new NumberedStream(shard, kind, BigInt(base), rules, firstNumber);
  }

  /** The last id, the first one of its connection, and what is known below: see `from`. */
  get position(): string {
    const idText = (number: number) =>
      this.#base === 0n ? String(number) : String(this.#base + BigInt(number));
    const first = this.#first === null ? '' : ` ${idText(this.#first)}`;
    return `${idText(this.#rules.last)}${first}\n${this.#base};${this.#rules.text}`;
  }

  connected(resumed: boolean): void {
    this.#isFirst = true;
    this.#resumed = resumed;
    this.#settled = false;
  }

  settled(): void {
    this.#settled = true;
  }

  /** Whether something was forgotten because of a bound; true once. */
  takeOverflow(): boolean {
    const overflow = this.#rules.overflowed && !this.#reported;
    if (overflow) this.#reported = true;
    return overflow;
  }

  take(id: Id, now: number): Verdict {
    const number =
      typeof id === 'number' && this.#base === 0n ? id : Number(BigInt(id) - this.#base);
    if (!Number.isSafeInteger(number)) return this.#beginAgain(id);
    if (this.#isFirst) {
      this.#isFirst = false;
      const begins = this.#beginsAgain(number);
      this.#first = number;
      if (begins) return this.#beginAgain(id);
    }
    return this.#rules.take(number, now);
  }

  /**
   * Whether the first number of a connection shows that the numbering has begun again: it is no higher than the first
   * number of the connection before, or it is an old number though everything that was sent before has come.
   */
  #beginsAgain(number: number): boolean {
    const { last } = this.#rules;
    if (this.#resumed || number > last || this.#rules.isMissing(number)) return false;
    if (this.#first !== null && number <= this.#first) return true;
    return this.#settled && number < last;
  }

  #beginAgain(id: Id): Verdict {
    this.#base = baseFor(id);
    const number = Number(BigInt(id) - this.#base);
    this.#rules = newRules(this.#kind, number);
    this.#rules.take(number, 0);
    this.#first = number;
    return BEGUN_AGAIN;
  }
}

/** What the numbers of a stream are counted from that begins with `id`. */
function baseFor(id: Id): bigint {
  return typeof id === 'bigint' ? id : 0n;
}

function newRules(kind: Kind, number: number): Rules {
  return kind === 'dense' ? DenseStream.open(number) : RisingStream.open();
}
