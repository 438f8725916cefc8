/**
 * JSON that keeps the digits of whole numbers: a literal of more than 15 digits that a double cannot hold becomes a
 * bigint. All other numbers are what `JSON.parse` makes of them.
 */

/** Where a number may be that needs care: more than 15 digits in a row, or an exponent. Digits in a text may match, too. */
const CAREFUL = /(?:^|[\s:,[-])\d{16}|\d[eE]/;
const WHOLE = /^-?\d{16,}$/;

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
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

function revive(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined) return value;
  if (!Number.isFinite(value))
    throw new SyntaxError(`${source.slice(0, 40)} is too large a number`);
  return WHOLE.test(source) && !Number.isSafeInteger(value) ? BigInt(source) : value;
}

/** `value` as JSON, with bigints as their digits. Throws TypeError for what JSON cannot hold. */
export function stringifyExact(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? rawJSON(String(inner)) : inner,
  );
}
