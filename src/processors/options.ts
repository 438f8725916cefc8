/** Options that several processors share. */
import { z } from 'zod';
import { parsePath } from '../model/path.ts';
import { KEYS_DEFAULT, KEYS_MAX, TOP_DEFAULT, TOP_MAX } from './processor.ts';

/** A path into a message. */
export const path = z
  .string()
  .min(1)
  .refine((text) => parsePath(text) !== null, {
    error: 'is not a path; write one like route_id or data.items[0].id',
  });

export const keyBounds = {
  keys: z
    .int()
    .min(1)
    .max(KEYS_MAX)
    .default(KEYS_DEFAULT)
    .describe('How many keys get a series of their own; later ones are counted under "(other)".'),
  top: z
    .int()
    .min(1)
    .max(TOP_MAX)
    .default(TOP_DEFAULT)
    .describe('How many keys are shown one by one; the others are shown together as "(other)".'),
};
