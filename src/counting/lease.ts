/**
 * A feed's hold on a counter, so that one feed can take it over from another without a moment of both or neither.
 *
 * A lease that waits begins when its feed is about to need the counter: when it asks where to go on, or says that
 * it is up. From then on the lease before it is over: what its feed still says is not heard.
 */
import type { EventKind } from '../model/channel.ts';
import type { About, SeriesBatch } from '../model/delivery.ts';
import type { ShardPosition } from '../model/position.ts';
import type { Changes } from './batch.ts';
import type { ChannelCounter } from './channel-counter.ts';

export interface LeaseParts {
  /** Called once, when the lease begins: ends the one before, and gives the counter. */
  begin(): ChannelCounter;
  /** The feed of a waiting lease is in trouble. */
  trouble(detail: string): void;
}

export class Lease {
  /** Let go once it has begun: they hold the lease before, which holds the one before that. */
  #parts: LeaseParts | null;
  #counter: ChannelCounter | null = null;
  #over = false;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
  }

  /** The counter, once the lease has begun, and until it is over. */
  get counter(): ChannelCounter | null {
    return this.#counter;
  }

  /** Begins now, if it has not yet. */
  begin(): ChannelCounter | null {
    const parts = this.#parts;
    if (parts === null || this.#over) return this.#counter;
    this.#parts = null;
    this.#counter = parts.begin();
    return this.#counter;
  }

  /** Ends it: nothing that the feed says is heard any more. */
  end(): void {
    this.#over = true;
    this.#parts = null;
    this.#counter = null;
  }

  position(shard: string): string | null | undefined {
    return this.begin()?.position(shard);
  }

  positions(): readonly ShardPosition[] {
    return this.begin()?.positions() ?? [];
  }

  messages(bodies: readonly unknown[], changes: Changes, about?: About): void {
    this.#counter?.messages(bodies, changes, about);
  }

  tally(count: number, changes: Changes, about?: About): void {
    this.#counter?.tally(count, changes, about);
  }

  tallySeries(batch: SeriesBatch, changes: Changes, about?: About): void {
    this.#counter?.tallySeries(batch, changes, about);
  }

  slotOf(key: unknown): number | null {
    return this.#counter?.slotOf(key) ?? null;
  }

  malformed(count: number, detail: string): void {
    this.#counter?.malformed(count, detail);
  }

  duplicate(count: number, changes: Changes): void {
    this.#counter?.duplicate(count, changes);
  }

  missed(count: number | null, detail: string, changes: Changes): void {
    this.#counter?.missed(count, detail, changes);
  }

  found(count: number, bookedAt: number): void {
    this.#counter?.found(count, bookedAt);
  }

  up(resumed?: boolean): void {
    this.begin()?.up(resumed);
  }

  down(detail: string, proven?: boolean, retryMs?: number | null): void {
    if (this.#counter) this.#counter.down(detail, proven, retryMs);
    else this.#parts?.trouble(detail);
  }

  alive(): void {
    this.#counter?.alive();
  }

  settled(): void {
    this.#counter?.settled();
  }

  note(kind: EventKind, detail: string): void {
    this.#counter?.note(kind, detail);
  }
}
