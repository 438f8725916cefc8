/** Errors as problem documents (RFC 9457), which name the parameter at fault. */
import type { NextFunction, Request, Response } from 'express';

export interface ParameterError {
  readonly param: string;
  readonly detail: string;
}

/** Thrown by handlers; becomes the answer. */
export class ProblemDetails extends Error {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly errors: readonly ParameterError[];

  /** `type` is the last part of the problem's address: `unknown-channel` → `/problems/unknown-channel`. */
  constructor(status: number, type: string, title: string, errors: readonly ParameterError[] = []) {
    super(title);
    this.status = status;
    this.type = type;
    this.title = title;
    this.errors = errors;
  }
}

/** A 400 for one parameter. */
export function badParameter(param: string, detail: string): ProblemDetails {
  return new ProblemDetails(400, 'bad-parameter', 'A parameter is wrong.', [{ param, detail }]);
}

export function sendProblem(response: Response, problem: ProblemDetails): void {
  response
    .status(problem.status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(problemDocument(problem));
}

/** The problem as JSON. */
export function problemDocument({ type, title, status, errors }: ProblemDetails): string {
  const detail = errors.map((error) => `${error.param} ${error.detail}`).join('; ') || title;
  return JSON.stringify({ type: `/problems/${type}`, title, status, detail, errors });
}

/** What is answered after an error of Weir's own: nothing of our insides. */
export function internalProblem(): ProblemDetails {
  return new ProblemDetails(500, 'internal', 'Something went wrong inside Weir.');
}

/** Express's last stop: our problems as they are, all else as a 500 that tells nothing of our insides. */
export function problemHandler(report: (error: unknown) => void) {
  return (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) return next(error);
    if (error instanceof ProblemDetails) return sendProblem(response, error);
    const status = (error as { status?: unknown } | null)?.status;
    if (typeof status === 'number' && status >= 400 && status < 500) {
      return sendProblem(
        response,
        new ProblemDetails(status, 'bad-request', 'The request is malformed.'),
      );
    }
    report(error);
    sendProblem(response, internalProblem());
  };
}
