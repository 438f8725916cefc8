/** `sum`: every message is worth the number at a path, optionally under the key at another. */
import { z } from 'zod';
import { compilePath, pathName } from '../model/path.ts';
import { keyText } from '../model/worth.ts';
import { keyBounds, path } from './options.ts';
import type { ProcessorKind } from './processor.ts';

const options = z
  .strictObject({
    kind: z.literal('sum'),
    value: path.describe(
      'Path of the number in a message; a text that is a number, such as "1.5", will do.',
    ),
    key: path.optional().describe('Path of a key to sum by.'),
    ...keyBounds,
  })
  .describe('Adds up a number in each message; a message without one is malformed.');

export const sum: ProcessorKind<z.infer<typeof options>> = {
  kind: 'sum',
  matches: (name) => name === 'sum',
  options,
  traits: ({ key, value, keys, top }) => ({
    measure: 'sum',
    keysMax: key ? keys : 0,
    top: key ? top : 0,
    needsBody: true,
    paths: { key: key ?? null, value },
    definition: { value: `sum ${pathName(value)}`, split: key ? pathName(key) : '' },
    isolated: false,
  }),
  async create({ value, key }) {
    const readValue = compilePath(value);
    const numberOf = (message: unknown, frame: unknown) =>
      toNumber(readValue(message, frame), value);
    if (!key) return numberOf;
    const keyOf = compilePath(key);
    return (message, frame) => ({
      key: keyText(keyOf(message, frame)),
      value: numberOf(message, frame),
    });
  },
};

/** A decimal number; no other forms that JavaScript reads, such as `0x10`. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const WHOLE = /^-?\d{16,}$/;

function toNumber(value: unknown, at: string): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  const text = typeof value === 'string' ? value.trim() : '';
  if (!NUMBER.test(text)) throw new TypeError(`there is no number at ${at}`);
  return WHOLE.test(text) ? BigInt(text) : Number(text);
}
