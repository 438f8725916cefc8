/**
 * JSON that keeps the digits of numbers.
 *
 * A whole number of more than 15 digits that a double cannot hold is a bigint in Weir, and is written as its digits. A
 * number that came from a file in a form that JavaScript would change (`1.10`, `1e21`) is written as the file has it, as
 * long as JSON has that form too. All other numbers are what `JSON.parse` makes of them.
 */

/** Where a number may be that needs care: more than 15 digits in a row, or an exponent. Digits in a text may match, too. */
const CAREFUL = /(?:^|[\s:,[-])\d{16}|\d[eE]/;
const WHOLE = /^-?\d{16,}$/;
/** Longest part of a number that is shown. */
const SHOWN_LENGTH_MAX = 40;
/** Writes a number's text into JSON as it is; the compiler's own types do not have it yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A number beyond all doubles. */
export class NumberTooLarge extends SyntaxError {}

/** The value of a JSON text. Throws SyntaxError for no JSON, and NumberTooLarge for a number like `1e400`. */
export function parseExact(text: string): unknown {
  return CAREFUL.test(text) ? parseWithSource(text, revive) : JSON.parse(text);
}

// TypeScript does not know yet that a reviver is given the source of a value (ECMAScript 2026, JSON.parse source text).
const parseWithSource = JSON.parse as (
  text: string,
  revive: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

function revive(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined) return value;
  if (!Number.isFinite(value)) {
    throw new NumberTooLarge(`${source.slice(0, SHOWN_LENGTH_MAX)} is too large a number`);
  }
  return WHOLE.test(source) && !Number.isSafeInteger(value) ? BigInt(source) : value;
}

/** By map or list, then by key: how a number in it was written. Neither copies nor other threads have it. */
const digitsOf = new WeakMap<object, Map<string, string>>();

/** Whether JSON can have the number as this text. */
export function isJsonNumber(text: string): boolean {
  return JSON_NUMBER.test(text);
}

/** Keeps how the number at `key` of a map or list was written, for `stringifyExact`. */
export function keepDigits(holder: object, key: string, digits: string): void {
  if (!isJsonNumber(digits)) return;
  const kept = digitsOf.get(holder) ?? new Map<string, string>();
  digitsOf.set(holder, kept.set(key, digits));
}

/** The JSON text of a value, as `JSON.stringify` writes it, but with the digits of every number. */
export function stringifyExact(value: unknown): string {
  return JSON.stringify(value, function (this: object, key: string, inner: unknown) {
    if (typeof inner === 'bigint') return rawJSON(String(inner));
    const digits = typeof inner === 'number' ? digitsOf.get(this)?.get(key) : undefined;
    return digits === undefined ? inner : rawJSON(digits);
  });
}

/** Begins a text that stands for a number: `stringifyShown` writes it without quotes. No file has this noncharacter. */
export const BARE = '\ufdd0';

/** JSON for people, in which the names of variables may stand for numbers. */
export function stringifyShown(value: unknown): string {
  return stringifyExact(value).replace(/"\ufdd0([^"]*)"/g, '$1');
}
