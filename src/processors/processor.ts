/**
 * The contract of processors: what one message is worth.
 *
 * A kind is a name, a schema for its options, and a function that makes the processor. Adding one is one
 * file here and one line in `index.ts`.
 */
import type { z } from 'zod';
import type { KindOptions, ProcessorTraits } from '../model/channel.ts';
import type { Worth, WorthOf } from '../model/worth.ts';

export type { Worth } from '../model/worth.ts';

export interface ProcessorKind<O extends KindOptions = KindOptions> {
  /** The name in channels.yaml; for kinds that are no fixed name, what stands in for it in messages. */
  readonly kind: string;
  /** Whether `name` asks for this kind. */
  matches(name: string): boolean;
  /** Validates the options, `kind` included. Its descriptions become the documentation. */
  readonly options: z.ZodType<O>;
  /** What the options mean for memory, REST and threads. */
  traits(options: O): ProcessorTraits;
  /** Makes the processor, once a channel and thread. Rejects with an Error that an operator understands. */
  create(options: O, folder: string): Promise<WorthOf>;
}

/** What a user's own class provides; see docs/processors.md. Instances are made once a channel, with the options. */
export interface Processor {
  process(message: unknown): Worth;
}

/** How many keys have a series of their own, where the configuration does not say. */
export const KEYS_DEFAULT = 1_000;
export const KEYS_MAX = 100_000;
/** How many keys are shown one by one, where the configuration does not say. */
export const TOP_DEFAULT = 10;
export const TOP_MAX = 1_000;
