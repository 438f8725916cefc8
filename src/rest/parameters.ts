/** Query parameters against their schema: what is unknown or wrong is told, all of it at once. */
import type { Request } from 'express';
import type { z } from 'zod';
import { type ParameterError, ProblemDetails } from './problem-details.ts';

export function parameters<T extends z.ZodType>(request: Request, schema: T): z.infer<T> {
  return checkParameters(request.query, schema);
}

/** The same for parameters that did not come through express. */
export function checkParameters<T extends z.ZodType>(
  query: Readonly<Record<string, unknown>>,
  schema: T,
): z.infer<T> {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue): ParameterError[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((param) => ({ param, detail: 'is not a parameter of this address' }));
    }
    const param = String(issue.path[0] ?? '');
    if (Array.isArray(query[param])) return [{ param, detail: 'is given more than once' }];
    if (query[param] === undefined) return [{ param, detail: 'is needed' }];
    return [{ param, detail: complaint(issue) }];
  });
  throw new ProblemDetails(400, 'bad-parameter', 'A parameter is wrong.', errors);
}

function complaint(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    case 'too_small':
      return `is too small; the least is ${issue.minimum}`;
    case 'too_big':
      return `is too big; the most is ${issue.maximum}`;
    default:
      return issue.message;
  }
}
