/** What many descriptions in OpenAPI share: problems, and the refusals that every address can answer with. */
import { z } from 'zod';
import { problemView } from './schemas.ts';

/** The path parameter of one channel. */
export const channelName = z
  .string()
  .meta({ description: "A channel's name.", examples: ['flights'] });

export function json(description: string, schema: z.ZodType) {
  return { description, content: { 'application/json': { schema } } };
}

export function problem(description: string) {
  return { description, content: { 'application/problem+json': { schema: problemView } } };
}

export const WRONG_PARAMETER = problem('A parameter is unknown or wrong; the document names it.');
export const NO_CHANNEL = problem('There is no such channel.');

/** What the gate, and the header Accept, can make of any request. */
export const REFUSALS = {
  '403': problem(
    'The name in Host, the page in Origin, or the address of the client may not come in; the document has the line to write.',
  ),
  '406': problem('The header Accept takes none of the forms that there are.'),
} as const;
