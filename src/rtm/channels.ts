/**
 * All channels of a server: they spring into being on first use, and are bounded in number and in
 * bytes.
 */
import { Channel } from './channel.ts';
import type { Counters } from './counters.ts';
import type { Retention } from './message-log.ts';

export interface ChannelsOptions {
  readonly channelsMax: number;
  /** Bytes that all channels keep together. */
  readonly bytesMax: number;
  readonly messageCountMax: number;
  readonly ageMsMax: number;
}

export interface ChannelsDeps {
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly counters: Counters;
}

export class Channels {
  readonly #options: ChannelsOptions;
  readonly #deps: ChannelsDeps;
  readonly #retention: Retention;
  readonly #byName = new Map<string, Channel>();
  /** A name that comes back must not issue the positions of its earlier life. */
  #generationMin = 1;

  constructor(options: ChannelsOptions, deps: ChannelsDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#retention = {
      messageCountMax: options.messageCountMax,
      ageMsMax: options.ageMsMax,
      keptBytes: 0,
    };
  }

  get count(): number {
    return this.#byName.size;
  }

  /** What all kept messages cost, in bytes. */
  get keptBytes(): number {
    return this.#retention.keptBytes;
  }

  /** The channel, freed of what is too old by now; null when nobody has used the name yet. */
  find(name: string): Channel | null {
    const channel = this.#byName.get(name) ?? null;
    channel?.log.expire(this.#deps.clock());
    return channel;
  }

  /** The channel, made if need be. Null when `channelsMax` is hit and no channel is idle. */
  open(name: string): Channel | null {
    const known = this.find(name);
    if (known !== null) return known;
    if (this.count >= this.#options.channelsMax) this.#dropIdle();
    if (this.count >= this.#options.channelsMax) {
      this.#deps.counters.refusedChannels += 1;
      return null;
    }
    const generation = Math.max(Math.floor(this.#deps.clock()), this.#generationMin);
    const channel = new Channel(name, generation, this.#retention);
    this.#byName.set(name, channel);
    return channel;
  }

  /** Appends a message (JSON text) to an open channel and returns its own position. */
  publish(channel: Channel, text: string): string {
    const index = channel.append(text, this.#deps.clock());
    this.#deps.counters.published += 1;
    this.#shrink();
    return channel.position(index);
  }

  /** The names that start with `prefix`, sorted. */
  search(prefix: string): string[] {
    return [...this.#byName.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  /**
   * Forgets the channels that nobody reads and nobody has written to for longer than messages are
   * kept.
   */
  #dropIdle(): void {
    const oldest = this.#deps.clock() - this.#options.ageMsMax;
    for (const channel of this.#byName.values()) {
      if (channel.readers.size > 0 || (channel.log.last?.at ?? 0) >= oldest) continue;
      channel.log.trimTo(channel.log.nextIndex);
      this.#generationMin = Math.max(this.#generationMin, channel.generation + 1);
      this.#byName.delete(channel.name);
    }
  }

  /** Over the bound of bytes, the largest channel gives up the older half of what it keeps. */
  #shrink(): void {
    while (this.keptBytes > this.#options.bytesMax) {
      let largest: Channel | null = null;
      for (const channel of this.#byName.values()) {
        if (channel.log.count < 2) continue;
        if (largest === null || channel.log.bytes > largest.log.bytes) largest = channel;
      }
      // Each channel keeps its last message, whatever it costs.
      if (largest === null) return;
      largest.log.trimTo(largest.log.firstIndex + Math.ceil(largest.log.count / 2));
      this.#deps.counters.shrunkChannels += 1;
    }
  }
}
