/**
 * Conditions on frames: which of them are messages.
 *
 * `{ type: match }` is met by a frame whose `type` is "match"; `{ type: [ping, pong] }` by either; `{ block: "*" }`
 * by any frame that has a `block`. All lines of one condition must hold; of several conditions, one.
 */
import { z } from 'zod';
import { compilePath, parsePath } from '../../model/path.ts';

/** Whole numbers beyond 2^53 are bigints, in the file as in frames. */
const scalar = z.union([z.string(), z.number(), z.bigint(), z.boolean(), z.null()]);
const byPath = z
  .record(
    z.string().refine((text) => parsePath(text) !== null, { error: 'is not a path' }),
    z.union([scalar, z.array(scalar).min(1)]),
  )
  .refine((record) => Object.keys(record).length > 0, { error: 'names no path' });

const one = z.union([z.string(), byPath]);
export const conditions = z.union([one, z.array(one).min(1)]);
export type Conditions = z.infer<typeof conditions>;

export type FramePredicate = (frame: unknown) => boolean;

/** Any value, as long as there is one. */
export const ANY = '*';

/** A predicate that holds when any of the conditions is met. A plain text is met by a frame that equals it. */
export function compileConditions(given: Conditions): FramePredicate {
  const predicates = (Array.isArray(given) ? given : [given]).map(compileOne);
  return (frame) => predicates.some((predicate) => predicate(frame));
}

function compileOne(condition: z.infer<typeof one>): FramePredicate {
  if (typeof condition === 'string') return (frame) => frame === condition;
  const lines = Object.entries(condition).map(([path, wanted]) => {
    const read = compilePath(path);
    if (wanted === ANY) return (frame: unknown) => read(frame) !== undefined;
    const values: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    return (frame: unknown) => values.includes(read(frame));
  });
  return (frame) => lines.every((line) => line(frame));
}
