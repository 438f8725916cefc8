/** A user's own class, from a file beside channels.yaml: `kind: ./processors/my-processor.ts`. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { stringifyExact } from '../model/exact-json.ts';
import type { WorthOf } from '../model/worth.ts';
import { keyBounds } from './options.ts';
import type { Processor, ProcessorKind } from './processor.ts';

const FILE = /^\.{0,2}\/.+\.(ts|mts|js|mjs)$/;

const options = z
  .looseObject({
    kind: z
      .string()
      .regex(FILE)
      .describe('A file beside channels.yaml, such as ./processors/high-value-trades.ts.'),
    class: z
      .string()
      .default('default')
      .describe('Name of the class that the file exports; its default export if not given.'),
    measure: z
      .enum(['count', 'sum'])
      .default('count')
      .describe('What a bar shows: how many messages, or the sum of what they are worth.'),
    keyed: z.boolean().default(false).describe('Whether the class gives each message a key.'),
    ...keyBounds,
  })
  .describe('Your own class. All other options are handed to its constructor.');

export const custom: ProcessorKind<z.infer<typeof options>> = {
  kind: './file.ts',
  matches: (name) => FILE.test(name),
  options,
  traits: ({ measure, keyed, keys, top, ...rest }) => ({
    measure,
    keysMax: keyed ? keys : 0,
    top: keyed ? top : 0,
    needsBody: true,
    paths: null,
    definition: {
      value: `${measure} by ${stringifyExact(rest)}`,
      split: keyed ? stringifyExact(rest) : '',
    },
    isolated: true,
  }),
  async create(given, folder) {
    const file = resolve(folder, given.kind);
    const processor = await instantiate(file, given);
    return bind(processor, `${given.class} in ${given.kind}`);
  },
};

async function instantiate(file: string, given: z.infer<typeof options>): Promise<unknown> {
  const exported: Record<string, unknown> = await import(pathToFileURL(file).href);
  const Class = exported[given.class];
  if (typeof Class !== 'function') {
    const names = Object.keys(exported).join(', ') || 'nothing';
    throw new TypeError(`${given.kind} exports no class ${given.class}; it exports ${names}`);
  }
  return new (Class as new (options: unknown) => unknown)(given);
}

function bind(processor: unknown, name: string): WorthOf {
  const { process } = processor as Partial<Processor>;
  if (typeof process !== 'function') throw new TypeError(`${name} has no method process(message)`);
  return (message) => process.call(processor, message);
}
