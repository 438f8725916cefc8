// A sink that keeps what it is told in a form in which two ways of counting can be compared.
import type { FeedSink } from '../../src/feeds/feed.ts';
import type { ProcessorTraits } from '../../src/model/channel.ts';
import type { About, SeriesBatch } from '../../src/model/delivery.ts';
import { keyText, type WorthOf } from '../../src/model/worth.ts';

/** Few, so that keys run over. */
export const KEYS_MAX = 4;

/** What was counted between two other things. */
interface Group {
  count: number;
  malformed: number;
  sum: number;
  position: string | null;
  readonly series: Map<number, { count: number; sum: number }>;
}

/** All channels of one connection, so that what happens between their messages is in the order of the wire. */
export class Recorder {
  /** Everything that is not counting, with what was counted before it, as text. */
  readonly log: string[] = [];
  readonly #groups = new Map<string, Group>();

  /** Something else than a counted message. */
  other(what: string): void {
    for (const name of [...this.#groups.keys()].sort()) {
      const { series, sum, ...rest } = this.#groups.get(name)!;
      const keys = [...series]
        .sort(([a], [b]) => a - b)
        .map(([slot, one]) => [slot, one.count, near(one.sum)]);
      this.log.push(JSON.stringify({ name, ...rest, sum: near(sum), keys }));
    }
    this.#groups.clear();
    if (what !== '') this.log.push(what);
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
      const slot = slots.get(text) ?? (slots.size < KEYS_MAX ? slots.size + 1 : 0);
      if (slot > 0) slots.set(text, slot);
      return slot;
    };
    const move = (to: string | null): Group => {
      const group = this.#group(name);
      position = to ?? position;
      group.position = to ?? group.position;
      return group;
    };
    const addKey = (group: Group, slot: number, count: number, sum: number) => {
      const one = group.series.get(slot) ?? { count: 0, sum: 0 };
      group.series.set(slot, { count: one.count + count, sum: one.sum + sum });
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
      group.sum += value;
      if (keyed) addKey(group, slotOf(key), 1, value);
    };
    return {
      get position() {
        return position;
      },
      messages: (bodies: readonly unknown[], to: string | null, _about?: About) => {
        const group = move(to);
        for (const body of bodies) count(group, body);
      },
      tally: (number, to) => {
        move(to).count += number;
      },
      tallySeries: (batch: SeriesBatch, to) => {
        const group = move(to);
        group.count += batch.count;
        group.sum += batch.sum;
        for (const slot of batch.slots) addKey(group, slot, batch.counts[slot]!, batch.sums[slot]!);
      },
      slotOf,
      malformed: (number, detail) => this.other(`${name} malformed ${number} ${detail}`),
      duplicate: () => {},
      missed: (number, detail) => this.other(`${name} missed ${number} ${detail}`),
      found: () => {},
      up: () => this.other(`${name} up`),
      down: (detail) => this.other(`${name} down ${detail}`),
      alive: () => {},
      note: (kind, detail) => this.other(`${name} ${kind} ${detail}`),
    };
  }

  #group(name: string): Group {
    const group = this.#groups.get(name) ?? {
      count: 0,
      malformed: 0,
      sum: 0,
      position: null,
      series: new Map(),
    };
    this.#groups.set(name, group);
    return group;
  }
}

/** Sums are compared to twelve digits: what is added first is not the same, so what should cancel out may leave a trace. */
function near(sum: number): string {
  return (Math.abs(sum) < 1e-6 ? 0 : sum).toPrecision(12);
}
