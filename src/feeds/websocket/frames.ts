/** From a frame to its messages: which frames carry any, and how many. */
import { isUtf8 } from 'node:buffer';
import { NumberTooLarge, parseExact } from '../../model/exact-json.ts';
import { compilePath } from '../../model/path.ts';
import { EXCERPT_LENGTH_MAX } from '../../model/redaction.ts';
import { compileConditions } from './conditions.ts';
import type { WebsocketOptions } from './options.ts';

/** What a frame turned out to be. */
export type Frame =
  | { readonly kind: 'messages'; readonly messages: readonly unknown[]; readonly value: unknown }
  /** An acknowledgement, a heartbeat, whatever is no message here. */
  | { readonly kind: 'other'; readonly value?: unknown }
  | { readonly kind: 'ready'; readonly value?: unknown }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'malformed'; readonly detail: string };

/** A function that says of each frame what it is. */
export function frameReader(options: WebsocketOptions): (data: Buffer) => Frame {
  const { format } = options;
  const when = (conditions: WebsocketOptions['only'], otherwise: boolean) =>
    conditions === undefined ? () => otherwise : compileConditions(conditions);
  const ignored = when(options.ignore, false);
  const ready = when(options.ready, false);
  const refused = when(options.refused, false);
  const wanted = when(options.only, true);
  const listOf = options.messages === undefined ? null : compilePath(options.messages);
  return (data) => {
    const frame = decode(data, format);
    const subject = frame.kind === 'broken' ? frame.text : frame.value;
    const value = frame.kind === 'broken' ? undefined : frame.value;
    // Checked before JSON, so that a feed's plain "pong" can be ignored in a feed of JSON.
    if (ignored(subject)) return { kind: 'other', value };
    if (refused(subject)) return { kind: 'refused', text: excerpt(data) };
    if (ready(subject)) return { kind: 'ready', value };
    if (frame.kind === 'broken') return { kind: 'malformed', detail: frame.detail };
    if (!wanted(value)) return { kind: 'other', value };
    const messages = listOf ? listOf(value) : [value];
    if (Array.isArray(messages)) return { kind: 'messages', messages, value };
    return { kind: 'malformed', detail: `there is no array at ${options.messages}` };
  };
}

type Decoded =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'broken'; readonly text: string; readonly detail: string };

function decode(data: Buffer, format: WebsocketOptions['format']): Decoded {
  if (format === 'binary') return { kind: 'value', value: data };
  if (!isUtf8(data)) return { kind: 'broken', text: '', detail: 'a frame is not UTF-8' };
  const text = data.toString('utf8');
  if (format === 'text') return { kind: 'value', value: text };
  try {
    return { kind: 'value', value: parseExact(text) };
  } catch (error) {
    // The caller counts the frame as malformed, unless it is one to ignore.
    const detail = error instanceof NumberTooLarge ? error.message : 'a frame is not JSON';
    return { kind: 'broken', text, detail };
  }
}

function excerpt(data: Buffer): string {
  return data.toString('utf8', 0, EXCERPT_LENGTH_MAX);
}
