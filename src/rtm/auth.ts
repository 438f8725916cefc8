/** The service `auth`: a client proves that it knows its role's secret, without sending it. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { readBody } from './body.ts';
import { FAULTS } from './fault.ts';
import { type Answer, ok, refuse } from './pdu.ts';
import type { Session } from './session.ts';

const METHOD = 'role_secret';

const methodField = z.object({ method: z.string() });
const handshakeBody = z.object({ data: z.object({ role: z.string().min(1) }) });
const authenticateBody = z.object({ credentials: z.object({ hash: z.string() }) });

/**
 * What a client answers to a nonce: base64 of HMAC-MD5 under the role's secret, of the nonce's text
 * as received. Always 24 characters (satori-rtm.md, 2.1).
 */
export function authHash(secret: string, nonce: string): string {
  return createHmac('md5', secret).update(nonce).digest('base64');
}

/** `auth/handshake`: names a role and gets a nonce. */
export function handshake(body: unknown, session: Session): Answer {
  const wrongMethod = checkMethod(body);
  if (wrongMethod !== null) return wrongMethod;
  const parsed = readBody(handshakeBody, body);
  if ('fault' in parsed) return refuse(parsed.fault);
  const { role } = parsed.value.data;
  const { roles, random } = session.world;
  const known = Object.hasOwn(roles, role) ? roles[role]! : null;
  // The role of clients that prove nothing has no secret.
  if (known?.secret === undefined) return refuse(FAULTS.unauthenticated);
  const nonce = random();
  session.handshake = { role: known, secret: known.secret, nonce };
  return ok({ data: { nonce } });
}

/** `auth/authenticate`: signs the nonce. Each nonce is good for one attempt. */
export function authenticate(body: unknown, session: Session): Answer {
  const wrongMethod = checkMethod(body);
  if (wrongMethod !== null) return wrongMethod;
  const parsed = readBody(authenticateBody, body);
  if ('fault' in parsed) return refuse(parsed.fault);
  const asked = session.handshake;
  session.handshake = null;
  if (asked === null) return refuse(FAULTS.unauthenticated);
  const expected = authHash(asked.secret, asked.nonce);
  if (!sameText(expected, parsed.value.credentials.hash)) return refuse(FAULTS.unauthenticated);
  session.role = asked.role;
  return ok({});
}

function checkMethod(body: unknown): Answer | null {
  const parsed = readBody(methodField, body);
  if ('fault' in parsed) return refuse(parsed.fault);
  return parsed.value.method === METHOD ? null : refuse(FAULTS.methodNotAllowed);
}

/** Takes the same time wherever two texts of one length differ. */
function sameText(expected: string, given: string): boolean {
  const left = Buffer.from(expected);
  const right = Buffer.from(given);
  return left.length === right.length && timingSafeEqual(left, right);
}
