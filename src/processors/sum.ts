/** `sum`: every message is worth the number at a path, optionally under the key at another. */
import { z } from 'zod';
import { compilePath } from '../model/path.ts';
import { keyText } from '../model/worth.ts';
import { keyBounds, path } from './options.ts';
import type { ProcessorKind } from './processor.ts';

const options = z
  .strictObject({
    kind: z.literal('sum'),
    value: path.describe('Path of the number in a message; a text that is a number will do.'),
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
    isolated: false,
  }),
  async create({ value, key }) {
    const readValue = compilePath(value);
    const numberOf = (message: unknown) => toNumber(readValue(message), value);
    if (!key) return numberOf;
    const keyOf = compilePath(key);
    return (message) => ({ key: keyText(keyOf(message)), value: numberOf(message) });
  },
};

function toNumber(value: unknown, at: string): number {
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (!Number.isFinite(number)) throw new TypeError(`there is no number at ${at}`);
  return number;
}
