/**
 * JSON that keeps the digits of numbers.
 *
 * A whole number beyond 2^53 is a bigint in Weir, and is written as its digits. A number that came from a file in a form
 * that JavaScript would change (`1.10`, `1e21`) is written as the file has it, as long as JSON has that form too.
 */

/** Writes a number's text into JSON as it is; the compiler's own types do not have it yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

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
