/** The gate before REST: who may come in, which pages of other sites may read, and what they are answered first. */
import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import type { Gate, Refusal } from '../admission/gate.ts';
import type { Right } from '../model/config.ts';
import { ProblemDetails } from './problem-details.ts';

/** How long a browser may keep the answer to its first question. */
const PREFLIGHT_SECONDS = 600;
const METHODS = 'GET, HEAD';
/** What a page of another site may read beside the body. */
const EXPOSED_HEADERS = 'ETag, Link, Retry-After';

/** Lets nobody past who may not do `right`; answers the browser's first question for pages of other sites. */
export function admit(gate: () => Gate, right: Right) {
  return (request: Request, response: Response, next: NextFunction): void => {
    response.vary('Origin');
    const foreign = gate().allowedForeignOrigin(request);
    if (foreign !== null) allowPage(request, response, foreign);
    checkEntry(gate(), request, right);
    if (request.method !== 'OPTIONS' || foreign === null) return next();
    response.set('Access-Control-Max-Age', String(PREFLIGHT_SECONDS));
    response.status(204).end();
  };
}

/** Throws a problem for a caller that may not do `right`. */
export function checkEntry(gate: Gate, request: IncomingMessage, right: Right): void {
  const refusal = gate.refusal(request, right);
  if (refusal !== null) throw asProblem(refusal);
}

export function asProblem({ code, title, param, detail }: Refusal): ProblemDetails {
  return new ProblemDetails(403, code, title, [{ param, detail }]);
}

function allowPage(request: Request, response: Response, origin: string): void {
  response.set('Access-Control-Allow-Origin', origin);
  response.set('Access-Control-Expose-Headers', EXPOSED_HEADERS);
  if (request.method !== 'OPTIONS') return;
  response.set('Access-Control-Allow-Methods', METHODS);
  const asked = request.get('Access-Control-Request-Headers');
  if (asked !== undefined) response.set('Access-Control-Allow-Headers', asked);
}
