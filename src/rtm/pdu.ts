/** Writing PDUs. Messages come in as JSON text and are not parsed again. */
import type { Fault } from './fault.ts';
import type { RequestId } from './request.ts';

/** How an operation ended. `ok` and `data` are the JSON text of bodies. */
export type Answer =
  | { readonly ok: string; readonly data?: readonly string[] }
  | { readonly error: Fault; readonly subscriptionId?: string };

/** A body that holds no message. */
export function ok(body: Readonly<Record<string, unknown>>): Answer {
  return { ok: JSON.stringify(body) };
}

/** A refusal; `subscriptionId` tells subscription requests apart. */
export function refuse(error: Fault, subscriptionId?: string): Answer {
  return subscriptionId === undefined ? { error } : { error, subscriptionId };
}

/** The reply PDUs to a request with an id: any number of `data`, then `ok` or `error`. */
export function replyPdus(action: string, id: RequestId, answer: Answer): string[] {
  if ('error' in answer) {
    const { error, subscriptionId } = answer;
    return [
      pdu(`${action}/error`, JSON.stringify({ ...error, subscription_id: subscriptionId }), id),
    ];
  }
  const data = (answer.data ?? []).map((body) => pdu(`${action}/data`, body, id));
  return [...data, pdu(`${action}/ok`, answer.ok, id)];
}

/** The answer to a PDU that cannot be attributed. */
export function unreadablePdu(id: RequestId, fault: Fault): string {
  return pdu('/error', JSON.stringify(fault), id);
}

/** `position` is the one after the last of `texts` (messages as JSON text). */
export function dataPdu(
  subscriptionId: string,
  position: string,
  texts: readonly string[],
): string {
  const id = JSON.stringify(subscriptionId);
  const body = `{"subscription_id":${id},"position":"${position}","messages":[${texts.join(',')}]}`;
  return pdu('rtm/subscription/data', body, null);
}

/**
 * What became of a reader that fell behind: it was moved on (`fast_forward`), or its subscription
 * ended (a fault).
 */
export interface Loss {
  readonly position: string;
  /** Null when nobody knows, because the position was of another generation. */
  readonly missed: number | null;
}

/** Delivery goes on at `loss.position`. */
export function fastForwardPdu(subscriptionId: string, loss: Loss): string {
  // A position of another run, or of another server, says nothing of how far behind the client is.
  const reason = loss.missed === null ? 'Position of another generation' : 'Client too slow';
  const info = { info: 'fast_forward', reason };
  return pdu('rtm/subscription/info', lossBody(subscriptionId, info, loss), null);
}

/** The subscription has ended; it had got as far as `loss.position`. */
export function endedPdu(subscriptionId: string, fault: Fault, loss: Loss): string {
  return pdu('rtm/subscription/error', lossBody(subscriptionId, { ...fault }, loss), null);
}

function lossBody(subscriptionId: string, what: Record<string, unknown>, loss: Loss): string {
  return JSON.stringify({
    subscription_id: subscriptionId,
    ...what,
    position: loss.position,
    missed_message_count: loss.missed ?? undefined,
  });
}

function pdu(action: string, bodyText: string, id: RequestId): string {
  const idText = id === null ? '' : `"id":${JSON.stringify(id)},`;
  return `{"action":${JSON.stringify(action)},${idText}"body":${bodyText}}`;
}
