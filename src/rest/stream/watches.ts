/** Everything that is watched for the hub's viewers: each thing once, however many want it. */
import type { RestChannel, RestSources } from '../sources.ts';
import { BucketWatch } from './bucket-watch.ts';
import { ChannelWatch, ServiceWatch } from './channel-watch.ts';
import type { Moment } from './moment.ts';
import type { StreamEvent } from './stream-event.ts';
import { type SeriesWanted, type Subscription, seriesOf, tellsOf } from './subscription.ts';
import { Topic } from './topic.ts';

/** How long a thing is remembered after its last viewer, for those who come again. */
const LINGER_MS = 120_000;
/** Series watched at once; viewers of more get no buckets of the rest. */
export const SERIES_MAX = 5_000;

const SERVICE = 'service';

/** Lists of topics held at once; they are made anew when needed. */
const TOPIC_LISTS_MAX = 1_000;

interface Watch {
  look(moment: Moment): StreamEvent[];
  sweep?(now: number): StreamEvent[];
}

interface Watched {
  readonly topic: Topic;
  /** Whom it is about; null for the whole service. */
  readonly channel: RestChannel | null;
  look(moment: Moment): StreamEvent[];
  sweep(now: number): StreamEvent[];
  /** By `elapsed`. */
  wantedAt: number;
}

export class Watches {
  readonly #sources: RestSources;
  readonly #onUnwatched: () => void;
  readonly #watched = new Map<string, Watched>();
  /** Topics of each subscription, while the list of channels stays the same. */
  readonly #topics = new Map<string, readonly string[]>();
  #channels: readonly RestChannel[] = [];
  #swept = 0;

  /** `onUnwatched` hears of each series that is over the bound. */
  constructor(sources: RestSources, onUnwatched: () => void) {
    this.#sources = sources;
    this.#onUnwatched = onUnwatched;
  }

  /** Sees to it that what the subscription asks for is watched. */
  want(subscription: Subscription, seq: number): void {
    const elapsed = this.#sources.clock.elapsed();
    const add = (name: string, channel: RestChannel | null, make: () => Watch) => {
      if (this.#watched.has(name)) return;
      const watch = make();
      this.#watched.set(name, {
        topic: new Topic(seq),
        channel,
        look: (moment) => watch.look(moment),
        sweep: (at) => watch.sweep?.(at) ?? [],
        wantedAt: elapsed,
      });
    };
    add(SERVICE, null, () => new ServiceWatch(this.#sources));
    for (const channel of this.#sources.channels) {
      const { name } = channel.descriptor;
      if (!tellsOf(subscription, name)) continue;
      add(`channel ${name}`, channel, () => new ChannelWatch(channel));
    }
    for (const series of seriesOf(subscription, this.#sources)) {
      if (this.#watched.size >= SERIES_MAX && !this.#watched.has(seriesTopic(series))) {
        this.#onUnwatched();
        continue;
      }
      const { history, settings } = this.#sources;
      add(seriesTopic(series), series.channel, () => {
        return new BucketWatch(series, history, settings.retention);
      });
    }
  }

  /** Follows the list of channels, and forgets what nobody has wanted for long. */
  refresh(subscriptions: readonly Subscription[], elapsed: number, seq: number): void {
    if (this.#listHasChanged()) {
      this.#dropGone();
      this.#topics.clear();
      for (const subscription of subscriptions) this.want(subscription, seq);
    }
    if (this.#topics.size > TOPIC_LISTS_MAX) this.#topics.clear();
    for (const subscription of subscriptions) {
      for (const topic of this.topicsOf(subscription)) {
        const watched = this.#watched.get(topic);
        if (watched) watched.wantedAt = elapsed;
      }
    }
    for (const [name, { wantedAt }] of this.#watched) {
      if (elapsed - wantedAt > LINGER_MS) this.#watched.delete(name);
    }
  }

  /** Changes by topic; recorded under `seq`. Things that merely linger are not looked at. */
  look(moment: Moment, seq: number, sweep: boolean): Map<string, StreamEvent[]> {
    const changes = new Map<string, StreamEvent[]>();
    const names = [...this.#watched.keys()];
    const sweptName = sweep ? names[this.#swept++ % Math.max(1, names.length)] : undefined;
    for (const [name, watched] of this.#watched) {
      if (watched.wantedAt < moment.elapsed) continue;
      const events = watched.look(moment);
      if (name === sweptName) events.push(...watched.sweep(moment.now));
      for (const event of events) watched.topic.record(event, seq);
      if (events.length > 0) changes.set(name, events);
    }
    return changes;
  }

  topicsOf(subscription: Subscription): readonly string[] {
    const held = this.#topics.get(subscription.signature);
    if (held) return held;
    const names = this.#sources.channels.map(({ descriptor }) => descriptor.name);
    const channels = names.filter((name) => tellsOf(subscription, name));
    const topics = [
      SERVICE,
      ...channels.map((name) => `channel ${name}`),
      ...new Set(seriesOf(subscription, this.#sources).map(seriesTopic)),
    ];
    this.#topics.set(subscription.signature, topics);
    return topics;
  }

  /** The newest of everything in the subscription, for those who come without an id. */
  latest(subscription: Subscription): StreamEvent[] {
    return this.topicsOf(subscription).flatMap((name) =>
      name === SERVICE ? [] : (this.#watched.get(name)?.topic.latest() ?? []),
    );
  }

  /** Everything of the subscription that changed after `seq`; null when that is not known any more. */
  after(subscription: Subscription, seq: number): StreamEvent[] | null {
    const events: StreamEvent[] = [];
    for (const name of this.topicsOf(subscription)) {
      const missed = this.#watched.get(name)?.topic.after(seq) ?? null;
      if (missed === null) return null;
      events.push(...missed);
    }
    return events;
  }

  /** The list may be changed in place or replaced; a channel that was reloaded is another object. */
  #listHasChanged(): boolean {
    const { channels } = this.#sources;
    const same =
      channels.length === this.#channels.length &&
      channels.every((channel, index) => channel === this.#channels[index]);
    if (!same) this.#channels = [...channels];
    return !same;
  }

  #dropGone(): void {
    for (const [name, { channel }] of this.#watched) {
      if (channel !== null && !this.#channels.includes(channel)) this.#watched.delete(name);
    }
  }
}

function seriesTopic({ channel, interval, zone }: SeriesWanted): string {
  return `series ${channel.descriptor.name} ${interval.text} ${zone}`;
}
