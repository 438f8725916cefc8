/**
 * What one message is worth to its channel, as a processor says:
 *
 * - `null`: not counted (filtered)
 * - a number: counted, and worth that much (1 for plain counting)
 * - a bigint: the same, for whole numbers that a double cannot hold
 * - a text: counted under that key, and worth 1
 * - `{ key, value }`: counted under that key, and worth `value`; a key of null is a message without a key
 */
export type Worth =
  | null
  | number
  | bigint
  | string
  | { readonly key: string | null; readonly value: number | bigint };

/**
 * Looks at one message. Must not wait, do I/O or keep the message; a throw makes the message malformed. `frame` is the
 * frame that the message came in, where it is a part of one.
 */
export type WorthOf = (message: unknown, frame?: unknown) => Worth;

/** A message's key as text: numbers and booleans as JSON writes them. null for all else: the message has no key. */
export function keyText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  const isScalar = ['number', 'bigint', 'boolean'].includes(typeof value);
  return isScalar ? String(value) : null;
}
