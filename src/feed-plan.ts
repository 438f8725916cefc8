/** The plan of the feed threads: which channels run together, and where each takes up again. */
import { feedKind } from './feeds/index.ts';
import { assignThreads } from './model/assignment.ts';
import type { ChannelConfig, ProcessorTraits } from './model/channel.ts';
import type { RingMemory } from './shared/ring.ts';
import type { FeedThreadChannel } from './threads/messages.ts';

/** A channel as main holds it. */
export interface PlannedChannel {
  readonly config: ChannelConfig;
  readonly traits: ProcessorTraits;
  readonly ring: RingMemory;
}

/** What an earlier run left in the store. */
export interface Stored {
  readonly aliveAt: number | null;
  readonly positions: ReadonlyMap<string, string>;
  readonly known: ReadonlySet<string>;
}

/** The channels of each feed thread. `startedAt` in Unix milliseconds; `rtmUrl` stands in for `url: self`. */
export function planFeedThreads(
  channels: readonly PlannedChannel[],
  context: {
    readonly stored: Stored;
    readonly startedAt: number;
    readonly rtmUrl: string | null;
    readonly threadCount: number;
  },
): FeedThreadChannel[][] {
  const assignable = channels.map(({ config, traits, ring }) => {
    const { name, feed } = config;
    const options = feed['url'] === 'self' ? { ...feed, url: context.rtmUrl } : feed;
    const kind = feedKind(feed.kind)!;
    return {
      name,
      isolated: traits.isolated,
      connectionKey: JSON.stringify([kind.kind, kind.connectionKey(options, name)]),
      config: { ...config, feed: options },
      ring,
    };
  });
  return assignThreads(assignable, context.threadCount).map((group) =>
    group.map(({ config, ring }) => {
      const position = context.stored.positions.get(config.name) ?? null;
      return { config, ring, position, blindSince: blindSince(config.name, context) };
    }),
  );
}

function blindSince(
  name: string,
  { stored, startedAt }: { readonly stored: Stored; readonly startedAt: number },
): FeedThreadChannel['blindSince'] {
  if (stored.aliveAt === null || !stored.known.has(name)) {
    return { from: startedAt, cause: 'feed', detail: 'connecting' };
  }
  return { from: stored.aliveAt, cause: 'down', detail: 'Weir was not running' };
}
