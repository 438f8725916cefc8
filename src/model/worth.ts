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
