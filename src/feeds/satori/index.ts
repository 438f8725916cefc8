/** `satori`: RTM v2 and its Cobra dialect. Channels of one endpoint, appkey and role share a connection. */
import { ONE_SHARD } from '../../model/position.ts';
import { eventTimeWaitMs, timePath } from '../event-time.ts';
import type { Feed, FeedChannel, FeedKind } from '../feed.ts';
import { type SatoriOptions, satoriOptions } from './options.ts';
import { Session } from './session.ts';
import { subscriptionId } from './subscription.ts';

export const satori: FeedKind<SatoriOptions> = {
  kind: 'satori',
  options: satoriOptions,
  connectionKey({ channel: _c, filter: _f, period: _p, only: _o, history: _h, time: _t, ...rest }) {
    return JSON.stringify(rest);
  },
  streamKey: ({ url, appkey, channel, filter, period, only }, name) =>
    JSON.stringify([url, appkey, filter ?? channel ?? name, period, only]),
  shardsMax: () => 1,
  waitMs: ({ time }) => eventTimeWaitMs(time),
  // Without a position, each server begins where it likes.
  uncounted: (_options, positions) =>
    typeof new Map(positions).get(ONE_SHARD) === 'string' ? 'again' : 'unknown',
  paths: ({ time }) => timePath(time),
  open(channels, deps) {
    let sessions = withoutClashes(channels).map((group) => new Session(group, deps));
    return {
      afterPause() {
        for (const session of sessions) session.afterPause();
      },
      async remove(channelName) {
        const empty = sessions.filter((session) => !session.remove(channelName));
        sessions = sessions.filter((session) => !empty.includes(session));
        await Promise.all(empty.map((session) => session.close()));
      },
      async close() {
        await Promise.all(sessions.map((session) => session.close()));
      },
    } satisfies Feed;
  },
};

/**
 * As few groups as can be, so that no group has one subscription id twice: two channels that count the same
 * RTM channel resume from their own positions, which one subscription cannot do.
 */
function withoutClashes(
  channels: readonly FeedChannel<SatoriOptions>[],
): FeedChannel<SatoriOptions>[][] {
  const groups: { readonly ids: Set<string>; readonly channels: FeedChannel<SatoriOptions>[] }[] =
    [];
  for (const channel of channels) {
    const id = subscriptionId(channel);
    let group = groups.find(({ ids }) => !ids.has(id));
    if (!group) {
      group = { ids: new Set(), channels: [] };
      groups.push(group);
    }
    group.ids.add(id);
    group.channels.push(channel);
  }
  return groups.map((group) => group.channels);
}
