// A sink that records its calls in order, and lets a test wait for the next one of a kind.
import type { FeedSink } from '../../src/feeds/feed.ts';
import type { EventKind } from '../../src/model/channel.ts';
import type { About, SeriesBatch } from '../../src/model/delivery.ts';
import type { ShardPosition } from '../../src/model/position.ts';

export interface SinkCall {
  readonly call:
    | 'messages'
    | 'malformed'
    | 'duplicate'
    | 'missed'
    | 'found'
    | 'up'
    | 'down'
    | 'alive'
    | 'settled'
    | 'note';
  /** Messages counted, malformed or missed. */
  readonly count: number | null;
  /** The first of the positions that came with it; null for none. */
  readonly position: string | null;
  readonly changes: Changes;
  readonly detail: string;
  readonly bodies: readonly unknown[];
  /** Of `down`: the link is known to have lived until then. */
  readonly proven?: boolean;
  readonly about?: About | undefined;
}

type Changes = readonly ShardPosition[] | null;

const NOTHING = { count: null, position: null, changes: null, detail: '', bodies: [] };

export class FakeSink implements FeedSink {
  readonly calls: SinkCall[] = [];
  /** The positions as they are now, by shard. */
  readonly held = new Map<string, string | null>();
  counted = 0;
  /** Of those, the ones that never went through `ws`. */
  tapped = 0;
  /** What those were worth, in all and by key. */
  summed = 0;
  readonly keys = new Map<unknown, { count: number; sum: number }>();
  readonly #slots: unknown[] = [];
  malformedCount = 0;
  #seen = 0;
  #wake: (() => void)[] = [];

  position(shard: string): string | null | undefined {
    return this.held.get(shard);
  }

  positions(): readonly ShardPosition[] {
    return [...this.held];
  }

  /** `tally` and `messages` are recorded alike: which of them is called is the feed's choice. */
  messages(bodies: readonly unknown[], changes: Changes, about?: About): void {
    this.#count(bodies.length, changes, bodies, about);
  }

  tally(count: number, changes: Changes, about?: About): void {
    this.#count(count, changes, [], about);
  }

  tallySeries(batch: SeriesBatch, changes: Changes, about?: About): void {
    const { count, sum, slots, counts, sums } = batch;
    this.tapped += count;
    this.summed += sum;
    for (const slot of slots) {
      const key = this.#slots[slot - 1];
      const one = this.keys.get(key) ?? { count: 0, sum: 0 };
      this.keys.set(key, { count: one.count + counts[slot]!, sum: one.sum + sums[slot * 2]! });
    }
    this.#count(count, changes, [], about);
  }

  slotOf(key: unknown): number {
    if (!this.#slots.includes(key)) this.#slots.push(key);
    return this.#slots.indexOf(key) + 1;
  }

  malformed(count: number, detail: string): void {
    this.malformedCount += count;
    this.#record({ ...NOTHING, call: 'malformed', count, detail });
  }

  missed(count: number | null, detail: string, changes: Changes): void {
    this.#record({ ...NOTHING, call: 'missed', count, detail, changes });
  }

  duplicate(count: number, changes: Changes): void {
    this.#record({ ...NOTHING, call: 'duplicate', count, changes });
  }

  found(count: number, bookedAt: number): void {
    this.#record({ ...NOTHING, call: 'found', count, detail: String(bookedAt) });
  }

  up(resumed = false): void {
    this.#record({ ...NOTHING, call: 'up', detail: resumed ? 'resumed' : '' });
  }

  down(detail: string, proven = false): void {
    this.#record({ ...NOTHING, call: 'down', detail, proven });
  }

  alive(): void {
    this.#record({ ...NOTHING, call: 'alive' });
  }

  settled(): void {
    this.#record({ ...NOTHING, call: 'settled' });
  }

  note(kind: EventKind, detail: string): void {
    this.#record({ ...NOTHING, call: 'note', detail: `${kind}: ${detail}` });
  }

  /** The next call of that kind after those already waited for. */
  async next(call: SinkCall['call']): Promise<SinkCall> {
    for (;;) {
      const index = this.calls.findIndex((one, at) => at >= this.#seen && one.call === call);
      if (index >= 0) {
        this.#seen = index + 1;
        return this.calls[index]!;
      }
      await new Promise<void>((wake) => this.#wake.push(wake));
    }
  }

  /** Resolves when so many messages have been counted in all. */
  async untilCounted(count: number): Promise<void> {
    while (this.counted < count) await new Promise<void>((wake) => this.#wake.push(wake));
  }

  /** The calls of some kinds, by name, in order. */
  names(...kinds: SinkCall['call'][]): string[] {
    return this.calls.map(({ call }) => call).filter((call) => kinds.includes(call));
  }

  all(call: SinkCall['call']): SinkCall[] {
    return this.calls.filter((one) => one.call === call);
  }

  #count(count: number, changes: Changes, bodies: readonly unknown[], about?: About): void {
    this.counted += count;
    this.#record({ ...NOTHING, call: 'messages', count, changes, bodies, about });
  }

  #record(call: SinkCall): void {
    for (const [shard, position] of call.changes ?? []) this.held.set(shard, position);
    this.calls.push({ ...call, position: call.changes?.[0]?.[1] ?? null });
    const wake = this.#wake;
    this.#wake = [];
    for (const one of wake) one();
  }
}
