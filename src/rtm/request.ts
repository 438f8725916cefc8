/** Reading one PDU from a client. Nothing that a client sends makes this throw. */
import { isUtf8 } from 'node:buffer';
import { FAULTS, type Fault, invalidFormat } from './fault.ts';

/**
 * A request's id comes back in its reply, in the same type. Null: no reply is wanted, not even an
 * error.
 */
export type RequestId = string | number | null;

export interface Request {
  /** `<service>/<operation>`. */
  readonly action: string;
  readonly id: RequestId;
  /** Whatever the client sent. */
  readonly body: unknown;
}

/** A PDU that cannot be attributed to an operation: answered with `/error`. */
export interface Unreadable {
  readonly id: RequestId;
  readonly fault: Fault;
}

/** Two words of bounded length: what may be echoed as `<action>/error`. */
const ACTION = /^[\w$-]{1,64}\/[\w$-]{1,64}$/;

/** Reads one frame, text or binary, as a PDU in JSON (satori-rtm.md, chapter 1). */
export function readRequest(frame: Buffer): Request | Unreadable {
  const pdu = parseJson(frame);
  if (pdu === undefined) return { id: null, fault: FAULTS.notJson };
  if (!isObject(pdu)) return { id: null, fault: invalidFormat('it is not an object') };
  const { id = null } = pdu;
  if (!isRequestId(id)) {
    return { id: null, fault: invalidFormat("'id' is neither an integer nor a string") };
  }
  const { action } = pdu;
  if (typeof action !== 'string' || !ACTION.test(action)) {
    return { id, fault: invalidFormat("'action' is not <service>/<operation>") };
  }
  return { action, id, body: pdu.body };
}

/** The value, or undefined (which JSON cannot say) when the frame is not JSON in UTF-8. */
function parseJson(frame: Buffer): unknown {
  // Text frames were checked by ws; a binary frame may hold anything, and must not be repaired.
  if (!isUtf8(frame)) return undefined;
  try {
    return JSON.parse(frame.toString());
  } catch {
    return undefined; // The caller answers json_parse_error.
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An integer that lost digits in parsing could not be given back as it came. */
function isRequestId(id: unknown): id is RequestId {
  return id === null || typeof id === 'string' || Number.isSafeInteger(id);
}
