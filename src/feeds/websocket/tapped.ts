/** What of a `websocket` channel the tap can count. */
import type { SeriesBatch } from '../../model/delivery.ts';
import { areFew, type Guard, openTap, plainSteps, type TapLink } from '../../tap/index.ts';
import type { FeedChannel } from '../feed.ts';
import { tapChannel } from '../tapped.ts';
import { ANY, type Conditions } from './conditions.ts';
import type { WebsocketOptions } from './options.ts';

/**
 * A tap for frames, or arrays at a path, that nothing else is asked of; null for all others. `proven` is called when
 * messages have come.
 */
export function tapOf(channel: FeedChannel<WebsocketOptions>, proven: () => void): TapLink | null {
  const { options, sink } = channel;
  const { only, ignore, ready, refused, time, sequence, cursor, format, frameBytesMax } = options;
  if ([ignore, ready, refused, time, sequence, cursor].some((one) => one !== undefined))
    return null;
  const guards = only === undefined ? [] : guardsOf(only);
  if (guards === null || (guards.length > 0 && format !== 'json')) return null;
  const list = options.messages === undefined ? null : plainSteps(options.messages);
  if (options.messages !== undefined && list === null) return null;
  const counted = (batch: SeriesBatch) => {
    sink.tallySeries(batch, null);
    if (batch.count > 0) proven();
  };
  const tapped = tapChannel(channel, { id: '', list, guards, counted });
  const looksInside = tapped && (tapped.program.key ?? tapped.program.value) !== null;
  if (!tapped || (looksInside && format !== 'json')) return null;
  const envelope = format === 'json' ? 'json' : 'opaque';
  return openTap({ envelope, utf8: format !== 'binary', frameBytesMax, channels: [tapped] });
}

/** Conditions that can be told by the bytes: values at plain paths, all of which must be there. Null for others. */
function guardsOf(conditions: Conditions): readonly Guard[] | null {
  const given = [conditions].flat();
  const [one] = given;
  if (given.length !== 1 || one === undefined || typeof one === 'string') return null;
  const guards: Guard[] = [];
  for (const [name, wanted] of Object.entries(one)) {
    const path = plainSteps(name);
    if (!path?.length || wanted === ANY) return null;
    const values = [wanted].flat();
    if (!values.every((value) => typeof value !== 'bigint')) return null;
    guards.push({ path, values });
  }
  return areFew(guards) ? guards : null;
}
