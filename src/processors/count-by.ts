/** `count-by`: every message is worth 1, under the key at a path. */
import { z } from 'zod';
import { compilePath, pathName } from '../model/path.ts';
import { keyText } from '../model/worth.ts';
import { keyBounds, path } from './options.ts';
import type { ProcessorKind } from './processor.ts';

const options = z
  .strictObject({
    kind: z.literal('count-by'),
    key: path.describe('Path of the key in a message, such as route_id or data.symbol.'),
    ...keyBounds,
  })
  .describe('Counts messages by a key; messages without it are counted under "(none)".');

const WITHOUT_KEY = { key: null, value: 1 };

export const countBy: ProcessorKind<z.infer<typeof options>> = {
  kind: 'count-by',
  matches: (name) => name === 'count-by',
  options,
  traits: ({ key, keys, top }) => ({
    measure: 'count',
    keysMax: keys,
    top,
    needsBody: true,
    paths: { key, value: null },
    definition: { value: 'count', split: pathName(key) },
    isolated: false,
  }),
  async create({ key }) {
    const keyOf = compilePath(key);
    return (message, frame) => keyText(keyOf(message, frame)) ?? WITHOUT_KEY;
  },
};
