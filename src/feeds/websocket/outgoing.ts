/**
 * What a `websocket` feed sends: texts as they are, maps and lists as JSON with the digits of the file.
 *
 * A list under `subscribe` is several messages in three cases: all entries are maps, all are texts, or all are lists. Any
 * other list is one message.
 */
import { z } from 'zod';
import { stringifyExact } from '../../model/exact-json.ts';

export type Outgoing = string | Readonly<Record<string, unknown>> | readonly unknown[];

/** The messages to send once connected. */
export interface Subscription {
  /** As in the file. */
  readonly written: Outgoing;
  /** As they are sent, in order. */
  readonly frames: readonly string[];
}

// Handed through as it is, not copied: the digits of numbers are kept with the objects themselves.
const message = z
  .custom<Outgoing>((value) => isText(value) || isMap(value) || Array.isArray(value), {
    error: 'must be a text, a map or a list',
  })
  .superRefine(onlyJson)
  .meta({ type: ['string', 'object', 'array'] });

/** One message; after validation, the text that is sent. */
export const outgoing = message.transform(outgoingText);

/** One message or several; after validation, both what was written and what is sent. */
export const subscription = message
  .refine((written) => !Array.isArray(written) || written.length > 0, {
    error: 'is an empty list; leave it out, or write [[]] for the message []',
  })
  .transform((written): Subscription => {
    return { written, frames: messagesOf(written).map(outgoingText) };
  });

/** Whether the list is several messages, because all its entries are of one kind that can be a message. */
export function isSeveral(written: Outgoing): written is readonly Outgoing[] {
  if (!Array.isArray(written)) return false;
  return [isMap, isText, Array.isArray].some((isKind) => written.every(isKind));
}

/** Whether the list is one of texts, which was one JSON message before 0.2. */
export function isListOfTexts(written: Outgoing): boolean {
  return Array.isArray(written) && written.length > 0 && written.every(isText);
}

export function outgoingText(one: Outgoing): string {
  return typeof one === 'string' ? one : stringifyExact(one);
}

function messagesOf(written: Outgoing): readonly Outgoing[] {
  return isSeveral(written) ? written : [written];
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Complains of each number that JSON does not have: `.nan`, `.inf`, and those that are too big. */
function onlyJson(value: unknown, context: z.core.$RefinementCtx): void {
  const go = (inner: unknown, path: PropertyKey[]): void => {
    if (typeof inner === 'number' && !Number.isFinite(inner)) {
      context.addIssue({ code: 'custom', path, message: 'is no number that JSON can carry' });
    }
    if (typeof inner !== 'object' || inner === null) return;
    const isList = Array.isArray(inner);
    for (const [key, one] of Object.entries(inner)) go(one, [...path, isList ? Number(key) : key]);
  };
  go(value, []);
}
