/** Plans channels: what each is counted in, which stream it is, and where it takes up again. */
import { createHash } from 'node:crypto';
import { feedKind } from './feeds/index.ts';
import type { Assignable } from './model/assignment.ts';
import { type ChannelConfig, describe, type ProcessorTraits } from './model/channel.ts';
import { processorKind } from './processors/index.ts';
import { allocateRing, type RingMemory, type RingShape } from './shared/ring.ts';
import { RingReader } from './shared/ring-reader.ts';
import type {
  FeedThreadChannel,
  NamedRing,
  RestThreadChannel,
  Stored,
} from './threads/messages.ts';

/** A channel as main holds it. */
export interface PlannedChannel extends Assignable {
  /** As in channels.yaml, for telling whether it changed. */
  readonly written: ChannelConfig;
  /** As it runs: `url: self` is the address of Weir's own RTM server. */
  readonly config: ChannelConfig;
  readonly traits: ProcessorTraits;
  readonly ring: RingMemory;
  /** Rings before this one, after a change of the processor, that may still be counted in. */
  readonly formerRings: readonly RingMemory[];
  readonly stream: string;
  readonly waitMs: number;
}

export class ChannelPlanner {
  readonly #rtmUrl: string | null;

  /** `rtmUrl` stands in for `url: self`. */
  constructor(rtmUrl: string | null) {
    this.#rtmUrl = rtmUrl;
  }

  /** Plans a channel at `now` (Unix milliseconds); one that was there before keeps its ring, if it still fits. */
  plan(written: ChannelConfig, now: number, former: PlannedChannel | null): PlannedChannel {
    const traits = processorKind(written.processor.kind)!.traits(written.processor);
    const kind = feedKind(written.feed.kind)!;
    const feed =
      written.feed['url'] === 'self' ? { ...written.feed, url: this.#rtmUrl } : written.feed;
    const shape = { keysMax: traits.keysMax, keyWords: traits.measure === 'sum' ? 2 : 1 } as const;
    const fits = former !== null && sameShape(former.ring.shape, shape);
    return {
      written,
      name: written.name,
      isolated: traits.isolated,
      connectionKey: JSON.stringify([kind.kind, kind.connectionKey(feed, written.name)]),
      config: { ...written, feed },
      traits,
      ring: fits ? former.ring : newRing(shape, now),
      formerRings: former === null ? [] : formerRings(former, fits),
      stream: streamName(kind.kind, kind.streamKey(written.feed, written.name)),
      waitMs: kind.waitMs(written.feed),
    };
  }
}

function newRing(shape: RingShape, now: number): RingMemory {
  const ring = allocateRing(shape);
  // Nobody else knows the ring yet: what is before this second is no affair of its.
  new RingReader(ring).seal(Math.floor(now / 1_000));
  return ring;
}

/** A ring that is counted in has made all before it final. */
function formerRings(
  { ring, formerRings: older }: PlannedChannel,
  fits: boolean,
): readonly RingMemory[] {
  const still = new RingReader(ring).newest > 0 ? [] : older;
  return fits ? still : [...still, ring];
}

/** The channel as its feed thread gets it. `since`: when this run, or this channel in it, began; Unix milliseconds. */
export function feedThreadChannel(
  planned: PlannedChannel,
  stored: Stored,
  since: { readonly at: number; readonly cause: 'down' | 'reload'; readonly detail: string },
): FeedThreadChannel {
  const { config, traits, connectionKey, ring, formerRings: older, stream } = planned;
  const position = stored.positions.get(planned.name) ?? null;
  const blindSince = blindSinceOf(planned.name, stored, since);
  return { config, traits, connectionKey, ring, formerRings: older, stream, position, blindSince };
}

/** Every ring that may be counted in, a channel's former ones first. */
export function sealedRings(channels: readonly PlannedChannel[]): NamedRing[] {
  return channels.flatMap(({ name, waitMs, formerRings: older, ring }) =>
    [...older, ring].map((memory) => ({ name, ring: memory, waitMs })),
  );
}

/** The channels as REST shows them. */
export function shownChannels(
  channels: readonly PlannedChannel[],
  feeds: { threadOf(name: string): string },
): RestThreadChannel[] {
  return channels.map(({ name, config, traits, ring, waitMs }) => {
    const descriptor = describe(config, traits);
    return { name, descriptor, ring, waitMs, thread: feeds.threadOf(name) };
  });
}

function blindSinceOf(
  name: string,
  { aliveAt, sealed }: Stored,
  { at, cause, detail }: Parameters<typeof feedThreadChannel>[2],
): FeedThreadChannel['blindSince'] {
  const known = sealed.get(name);
  if (aliveAt === null || !known) return { from: at, cause: 'feed', detail: 'connecting' };
  // What was counted after the last seal is not in the store, and so was not observed.
  return { from: Math.min(aliveAt, known.sealedTo * 1_000), cause, detail };
}

function sameShape(a: RingShape, b: RingShape): boolean {
  return a.keysMax === b.keysMax && a.keyWords === b.keyWords;
}

function streamName(kind: string, key: string): string {
  return createHash('sha256').update(`${kind} ${key}`).digest('hex').slice(0, 8);
}
