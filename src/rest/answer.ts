/** Sending JSON with an entity tag, so that asking again costs little. */
import { hash } from 'node:crypto';
import type { Request, Response } from 'express';

export interface Answer {
  readonly type: 'application/json' | 'text/csv' | 'application/x-ndjson';
  readonly body: string;
  /** What decides whether the answer is still the same; leaves out when it was made. */
  readonly revision: string;
  /** May be kept for a while: absolute range, closed buckets. */
  readonly settled: boolean;
}

/** How long a settled answer may be used without asking: healing is rare, not impossible. */
const SETTLED_SECONDS = 60;

/** Answers with 200, or 304 if the asker has this revision already. */
export function sendAnswer(request: Request, response: Response, answer: Answer): void {
  const digest = hash('sha256', answer.revision, 'base64url').slice(0, 22);
  // The bytes differ in `generatedAt` alone, so only an answer without it could be strong; settled ones have none.
  response.setHeader('ETag', answer.settled ? `"${digest}"` : `W/"${digest}"`);
  response.setHeader(
    'Cache-Control',
    answer.settled ? `public, max-age=${SETTLED_SECONDS}` : 'no-cache',
  );
  response.vary('Accept');
  if (knows(request, digest)) {
    response.status(304).end();
    return;
  }
  response.setHeader('Content-Type', `${answer.type}; charset=utf-8`);
  response.setHeader('Content-Length', Buffer.byteLength(answer.body));
  // Not `send`: a text goes out in one piece with the head, and is not copied before.
  response.end(answer.body);
}

/**
 * Whether the asker named this tag (RFC 9110, 13.1.2, weak comparison). Express's own check is not used: it
 * sends the whole answer to everyone who says `Cache-Control: no-cache`, which fetch does by itself.
 */
function knows(request: Request, digest: string): boolean {
  const tags = request.get('If-None-Match')?.split(',') ?? [];
  return tags.some((tag) => ['*', `"${digest}"`].includes(tag.trim().replace(/^W\//, '')));
}
