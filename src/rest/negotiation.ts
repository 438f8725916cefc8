/** Which form of an answer the client takes; 406 for one that takes none of those there are. */
import type { NextFunction, Request, Response } from 'express';
import { ProblemDetails } from './problem-details.ts';

/** Lets only those past who take one of these types. */
export function produces(...types: readonly string[]) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    acceptedType(request, types);
    next();
  };
}

/** The type that the client likes best; the first where it does not say. Throws a problem where it takes none. */
export function acceptedType(request: Request, types: readonly string[]): string {
  const header = request.get('Accept')?.trim() ?? '';
  const accepted = header === '' ? types[0] : request.accepts([...types]) || similar(header, types);
  if (accepted) return accepted;
  throw new ProblemDetails(406, 'not-acceptable', 'There is no such form of this answer.', [
    { param: 'Accept', detail: `can be ${types.join(' or ')}` },
  ]);
}

/** The same without looking at parameters: `application/json; charset=utf-8` is met by `application/json`. */
function similar(header: string, types: readonly string[]): string | undefined {
  const names = header
    .split(',')
    .map((part) =>
      part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/),
    )
    .filter(([, ...parameters]) => !parameters.some((text) => /^q=0(\.0*)?$/.test(text)))
    .map(([name]) => name);
  return types.find((type) => names.includes(type));
}
