// A sink that keeps what it is told in a form in which two ways of counting can be compared.
import type { FeedSink } from '../../src/feeds/feed.ts';
import type { ProcessorTraits } from '../../src/model/channel.ts';
import type { SeriesBatch } from '../../src/model/delivery.ts';
import { ONE_SHARD, type ShardPosition } from '../../src/model/position.ts';
import { FIRST_KEY_SLOT, NONE_SLOT, OTHER_SLOT } from '../../src/model/series.ts';
import { keyText, type WorthOf } from '../../src/model/worth.ts';

/** Few, so that keys run over. */
export const KEYS_MAX = 4;

/** What was added up, and the same without signs, where that is known: a sum in another order is off by some 2^-53 of it. */
interface Sum {
  value: number;
  size: number;
}

/** What was counted between two other things. */
interface Group {
  count: number;
  malformed: number;
  readonly sum: Sum;
  position: string | null;
  readonly series: Map<number, { count: number; readonly sum: Sum }>;
}

/** One thing after the other, in words; sums apart. */
export interface Entry {
  readonly what: string;
  readonly sums: readonly Readonly<Sum>[];
}

/** Whether two logs say the same. */
export function agree(some: readonly Entry[], others: readonly Entry[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ what, sums }, i) => {
      const other = others[i]!;
      return what === other.what && sums.every((sum, j) => isSame(sum, other.sums[j]!));
    })
  );
}

function isSame(a: Sum, b: Sum): boolean {
  return Math.abs(a.value - b.value) <= 1e-13 * Math.max(a.size, b.size);
}

/** All channels of one connection, so that what happens between their messages is in the order of the wire. */
export class Recorder {
  /** Everything that is not counting, with what was counted before it. */
  readonly log: Entry[] = [];
  readonly #groups = new Map<string, Group>();

  /** Something else than a counted message. */
  other(what: string): void {
    for (const name of [...this.#groups.keys()].sort()) {
      const { series, sum, ...rest } = this.#groups.get(name)!;
      const sorted = [...series].sort(([a], [b]) => a - b);
      const keys = sorted.map(([slot, { count }]) => [slot, count]);
      const sums = [sum, ...sorted.map(([, one]) => one.sum)];
      this.log.push({ what: JSON.stringify({ name, ...rest, keys }), sums });
    }
    this.#groups.clear();
    if (what !== '') this.log.push({ what, sums: [] });
  }

  /** The sink of a channel that is counted by `worthOf`. */
  sink(
    name: string,
    worthOf: WorthOf,
    { measure, keysMax }: Pick<ProcessorTraits, 'measure' | 'keysMax'>,
  ): FeedSink {
    const keyed = keysMax > 0;
    const slots = new Map<string, number>();
    let position: string | null = null;
    const slotOf = (key: unknown): number => {
      const text = keyText(key);
      if (text === null) return NONE_SLOT;
      const fits = slots.size < KEYS_MAX;
      const slot = slots.get(text) ?? (fits ? FIRST_KEY_SLOT + slots.size : OTHER_SLOT);
      if (slot !== OTHER_SLOT) slots.set(text, slot);
      return slot;
    };
    const move = (changes: readonly ShardPosition[] | null): Group => {
      const to = changes?.[0]?.[1] ?? null;
      const group = this.#group(name);
      position = to ?? position;
      group.position = to ?? group.position;
      return group;
    };
    const addKey = (group: Group, slot: number, count: number, value: number, size: number) => {
      const one = group.series.get(slot) ?? { count: 0, sum: { value: 0, size: 0 } };
      one.count += count;
      add(one.sum, value, size);
      group.series.set(slot, one);
    };
    const count = (group: Group, body: unknown) => {
      let worth: ReturnType<WorthOf>;
      try {
        worth = worthOf(body);
      } catch {
        group.malformed += 1;
        return;
      }
      const key = typeof worth === 'string' ? worth : typeof worth === 'object' ? worth!.key : null;
      const given = typeof worth === 'object' ? worth!.value : worth;
      const value = measure === 'sum' ? Number(given) : 0;
      if (!Number.isFinite(value)) {
        group.malformed += 1;
        return;
      }
      group.count += 1;
      add(group.sum, value, Math.abs(value));
      if (keyed) addKey(group, slotOf(key), 1, value, Math.abs(value));
    };
    return {
      position: () => position ?? undefined,
      positions: () => (position === null ? [] : [[ONE_SHARD, position]]),
      messages: (bodies, to) => {
        const group = move(to);
        for (const body of bodies) count(group, body);
      },
      tally: (number, to) => {
        move(to).count += number;
      },
      tallySeries: (batch: SeriesBatch, to) => {
        const group = move(to);
        group.count += batch.count;
        add(group.sum, batch.sum, 0);
        const { slots, counts, sums } = batch;
        for (const slot of slots) addKey(group, slot, counts[slot]!, sums[slot * 2]!, 0);
      },
      slotOf,
      malformed: (number, detail) => this.other(`${name} malformed ${number} ${detail}`),
      duplicate: () => {},
      missed: (number, detail) => this.other(`${name} missed ${number} ${detail}`),
      found: () => {},
      up: () => this.other(`${name} up`),
      down: (detail) => this.other(`${name} down ${detail}`),
      settled: () => {},
      alive: () => {},
      note: (kind, detail) => this.other(`${name} ${kind} ${detail}`),
    };
  }

  #group(name: string): Group {
    const group = this.#groups.get(name) ?? {
      count: 0,
      malformed: 0,
      sum: { value: 0, size: 0 },
      position: null,
      series: new Map(),
    };
    this.#groups.set(name, group);
    return group;
  }
}

function add(sum: Sum, value: number, size: number): void {
  sum.value += value;
  sum.size += size;
}
