/**
 * THE register of operations: what a client can ask for, and what it must be allowed to do for it.
 */
import { authenticate, handshake } from './auth.ts';
import { deleteValue, publish, read, search, write } from './messages.ts';
import type { Verb } from './options.ts';
import type { Answer } from './pdu.ts';
import type { Session } from './session.ts';
import { subscribe, unsubscribe } from './subscribe.ts';

export interface Operation {
  /** What the role must allow; null for what everybody may do, or what asks for itself. */
  readonly verb: Verb | null;
  /** Checks the body, which may be anything, and does it. Does not throw for bad input. */
  readonly run: (body: unknown, session: Session) => Answer;
}

/** Service, then operation. */
export const OPERATIONS: ReadonlyMap<string, ReadonlyMap<string, Operation>> = new Map([
  [
    'auth',
    new Map<string, Operation>([
      ['handshake', { verb: null, run: handshake }],
      ['authenticate', { verb: null, run: authenticate }],
    ]),
  ],
  [
    'rtm',
    new Map<string, Operation>([
      ['subscribe', { verb: 'subscribe', run: subscribe }],
      ['unsubscribe', { verb: 'subscribe', run: unsubscribe }],
      // A heartbeat is a publish that nobody needs permission for.
      ['publish', { verb: null, run: publish }],
      ['read', { verb: 'read', run: read }],
      ['write', { verb: 'write', run: write }],
      ['delete', { verb: 'delete', run: deleteValue }],
      ['search', { verb: 'read', run: search }],
    ]),
  ],
]);
