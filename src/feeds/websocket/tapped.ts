/** What of a `websocket` channel the tap can count. */
import type { SeriesBatch } from '../../model/delivery.ts';
import { openTap, plainSteps, type TapLink } from '../../tap/index.ts';
import type { FeedChannel } from '../feed.ts';
import { tapChannel } from '../tapped.ts';
import type { WebsocketOptions } from './options.ts';

/**
 * A tap for frames, or arrays at a path, that nothing else is asked of; null for all others. `proven` is called when
 * messages have come.
 */
export function tapOf(channel: FeedChannel<WebsocketOptions>, proven: () => void): TapLink | null {
  const { options, sink } = channel;
  const { only, ignore, ready, refused, time, sequence, cursor, format, frameBytesMax } = options;
  if ([only, ignore, ready, refused, time, sequence, cursor].some((one) => one !== undefined))
    return null;
  const list = options.messages === undefined ? null : plainSteps(options.messages);
  if (options.messages !== undefined && list === null) return null;
  const counted = (batch: SeriesBatch) => {
    sink.tallySeries(batch, null);
    if (batch.count > 0) proven();
  };
  const tapped = tapChannel(channel, { id: '', list, counted });
  const looksInside = tapped && (tapped.program.key ?? tapped.program.value) !== null;
  if (!tapped || (looksInside && format !== 'json')) return null;
  const envelope = format === 'json' ? 'json' : 'opaque';
  return openTap({ envelope, utf8: format !== 'binary', frameBytesMax, channels: [tapped] });
}
