/** Plans channels: what each is counted in, which stream it is, and where it takes up again. */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { feedKind } from './feeds/index.ts';
import type { Assignable } from './model/assignment.ts';
import { type ChannelConfig, describe, type ProcessorTraits } from './model/channel.ts';
import { isSameDefinition } from './model/series.ts';
import { processorKind } from './processors/index.ts';
import { allocateRing, type RingShape } from './shared/ring.ts';
import { RingReader } from './shared/ring-reader.ts';
import type {
  BoundRing,
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
  readonly ring: BoundRing;
  /** Rings before this one, after an edit, that may still be counted in. */
  readonly formerRings: readonly BoundRing[];
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
    const shape: RingShape = {
      keysMax: traits.keysMax,
      keyWords: traits.measure === 'sum' ? 3 : 1,
      shardsMax: kind.shardsMax(feed),
    };
    const { definition } = traits;
    const stream = streamName(kind.kind, kind.streamKey(written.feed, written.name));
    const fits = former !== null && isFit(former.ring, { shape, definition, stream });
    return {
      written,
      name: written.name,
      isolated: traits.isolated,
      connectionKey: JSON.stringify([kind.kind, kind.connectionKey(feed, written.name)]),
      config: { ...written, feed },
      traits,
      ring: fits ? former.ring : newRing({ shape, definition, stream }, now),
      formerRings: former === null ? [] : formerRings(former, fits),
      waitMs: kind.waitMs(written.feed),
    };
  }
}

/** What a ring is made for: with another shape, definition or stream, a channel needs another ring. */
interface RingPurpose extends Pick<BoundRing, 'definition' | 'stream'> {
  readonly shape: RingShape;
}

function newRing({ shape, definition, stream }: RingPurpose, now: number): BoundRing {
  const memory = allocateRing(shape);
  const since = Math.floor(now / 1_000);
  // The ring is not shared yet. Mark earlier seconds as sealed.
  new RingReader(memory).seal(since);
  return { memory, definition, stream, since };
}

function isFit(ring: BoundRing, { shape, definition, stream }: RingPurpose): boolean {
  const sameMeaning = isSameDefinition(ring.definition, definition) && ring.stream === stream;
  return sameMeaning && isDeepStrictEqual(ring.memory.shape, shape);
}

/** A ring that is counted in has made all before it final. */
function formerRings(
  { ring, formerRings: older }: PlannedChannel,
  fits: boolean,
): readonly BoundRing[] {
  const still = new RingReader(ring.memory).newest > 0 ? [] : older;
  return fits ? still : [...still, ring];
}

/** The channel as its feed thread gets it. `since`: when this run, or this channel in it, began; Unix milliseconds. */
export function feedThreadChannel(
  planned: PlannedChannel,
  stored: Stored,
  since: { readonly at: number; readonly cause: 'down' | 'reload'; readonly detail: string },
): FeedThreadChannel {
  const { config, traits, connectionKey, ring, formerRings: older } = planned;
  const known = stored.positions.get(planned.name);
  // A position holds only for the stream it came from. Some of the oldest do not say which that was.
  const isOwn = known?.stream === ring.stream || known?.stream === '';
  const positions = isOwn ? [...known!.shards] : [];
  const blindSince = blindSinceOf(planned.name, stored, since);
  return { config, traits, connectionKey, ring, formerRings: older, positions, blindSince };
}

/** Every ring that may be counted in, a channel's former ones first. */
export function sealedRings(channels: readonly PlannedChannel[]): NamedRing[] {
  return channels.flatMap(({ name, waitMs, formerRings: older, ring }) =>
    [...older, ring].map((one) => ({ name, ring: one, waitMs })),
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

function streamName(kind: string, key: string): string {
  return createHash('sha256').update(`${kind} ${key}`).digest('hex').slice(0, 8);
}
