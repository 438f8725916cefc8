/**
 * What one message is worth to its channel, as a processor says:
 *
 * - `null`: not counted (filtered)
 * - a number: counted, and worth that much (1 for plain counting)
 * - a text: counted under that key, and worth 1
 * - `{ key, value }`: counted under that key, and worth `value`
 */
export type Worth = null | number | string | { readonly key: string; readonly value: number };

/** Looks at one message. Must not wait, do I/O or keep the message; a throw makes the message malformed. */
export type WorthOf = (message: unknown) => Worth;

/** The key of messages that have none. */
export const NO_KEY = '(none)';

/** A message's key as text: numbers and booleans as JSON writes them; all else is `(none)`. */
export function keyText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return NO_KEY;
}
