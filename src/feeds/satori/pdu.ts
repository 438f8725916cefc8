/**
 * PDUs of Satori RTM v2: one JSON object a WebSocket message.
 *
 * `action` is `<service>/<operation>[/<outcome>]`. Everything here comes from outside, so nothing is
 * believed before it is looked at.
 */

import { parseExact } from '../../model/exact-json.ts';
import { EXCERPT_LENGTH_MAX } from '../../model/redaction.ts';

export interface Pdu {
  readonly action: string;
  readonly id: string | number | null;
  readonly body: Readonly<Record<string, unknown>>;
}

const NO_BODY: Readonly<Record<string, unknown>> = {};

/** A frame as a PDU; null if it is none. A PDU without an action (Cobra's errors) has the empty action. */
export function parsePdu(text: string): Pdu | null {
  let value: unknown;
  try {
    value = parseExact(text);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  const { action, id, body } = value;
  return {
    action: typeof action === 'string' ? action : '',
    id: typeof id === 'string' || typeof id === 'number' ? id : null,
    body: isRecord(body) ? body : NO_BODY,
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A whole number of messages, or null. */
export function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** A server's error body as a sentence: code, and its reason if that says more. */
export function errorText(body: Readonly<Record<string, unknown>>): string {
  const code = textOf(body['error']) ?? 'error';
  const reason = textOf(body['reason']);
  const text = reason && reason !== code ? `${code} (${reason})` : code;
  return text.slice(0, EXCERPT_LENGTH_MAX);
}
