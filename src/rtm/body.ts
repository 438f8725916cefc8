/** Checking the body of a request against a schema, with a fault that names the field. */
import { z } from 'zod';
import { isChannelName } from './channel-name.ts';
import { type Fault, invalidFormat } from './fault.ts';

/** The name of a channel. Whether it is reserved is a matter of permission, not of form. */
export const channelField = z
  .string()
  .refine((name) => name.startsWith('$') || isChannelName(name), 'must have 1 to 256 bytes');

/**
 * The checked body, or why it is refused. Fields the schema does not know are ignored, as clients
 * send more.
 */
export function readBody<Schema extends z.ZodObject>(
  schema: Schema,
  body: unknown,
): { readonly value: z.output<Schema> } | { readonly fault: Fault } {
  const result = schema.safeParse(body);
  if (result.success) return { value: result.data };
  const issue = result.error.issues[0]!;
  const field = issue.path.length === 0 ? 'body' : issue.path.join('.');
  return { fault: invalidFormat(`'${field}': ${issue.message}`) };
}
