/** From a frame to its messages: which frames carry any, and how many. */
import { isUtf8 } from 'node:buffer';
import { compilePath } from '../../model/path.ts';
import type { FeedSink } from '../feed.ts';
import { compileConditions } from './conditions.ts';
import type { WebsocketOptions } from './options.ts';

/** Returns whether the frame carried messages. */
export type FrameReader = (data: Buffer) => boolean;

/** A function that reads each frame and tells the sink what it carried. */
export function frameReader(options: WebsocketOptions, sink: FeedSink): FrameReader {
  const ignored = options.ignore ? compileConditions(options.ignore) : () => false;
  const wanted = options.only ? compileConditions(options.only) : () => true;
  const listOf = options.messages === undefined ? null : compilePath(options.messages);
  return (data) => {
    const frame = decode(data, options.format);
    // Checked before JSON, so that a feed's plain "pong" can be ignored in a feed of JSON.
    if (frame.kind === 'broken') {
      if (!ignored(frame.text)) sink.malformed(1, frame.detail);
      return false;
    }
    if (ignored(frame.value) || !wanted(frame.value)) return false;
    const list = listOf ? listOf(frame.value) : [frame.value];
    if (!Array.isArray(list)) {
      sink.malformed(1, `there is no array at ${options.messages}`);
      return false;
    }
    sink.messages(list, null);
    return list.length > 0;
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
    return { kind: 'value', value: JSON.parse(text) };
  } catch {
    // What follows: the caller counts the frame as malformed, unless it is one to ignore.
    return { kind: 'broken', text, detail: 'a frame is not JSON' };
  }
}
