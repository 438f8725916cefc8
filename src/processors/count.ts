/** `count`: every message is worth 1. */
import { z } from 'zod';
import type { ProcessorKind } from './processor.ts';

const options = z.strictObject({ kind: z.literal('count') }).describe('Counts every message.');

export const count: ProcessorKind<z.infer<typeof options>> = {
  kind: 'count',
  matches: (name) => name === 'count',
  options,
  traits: () => ({
    measure: 'count',
    keysMax: 0,
    top: 0,
    needsBody: false,
    paths: { key: null, value: null },
    definition: { value: 'count', split: '' },
    isolated: false,
  }),
  create: async () => () => 1,
};
