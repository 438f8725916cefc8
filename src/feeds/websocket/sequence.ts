/**
 * Sequence numbers: what the ids of a feed's messages prove of losses and repetitions.
 *
 * `dense` ids count up by one, so a jump is a loss of known size, and whatever came before is known to the last id.
 * `rising` ids only grow: they tell repetitions, not losses. A feed may number several streams (`by`).
 */
import { z } from 'zod';
import { compilePath } from '../../model/path.ts';
import { path } from '../event-time.ts';

/** How far back a repetition is told from ids that start anew; ids of a rising stream that are remembered. */
export const WINDOW_IDS = 10_000;
/** Spans of ids that have not come yet, a stream. */
export const HOLES_MAX = 1_000;
/** Streams with numbers of their own; a message of one more is taken as it is. */
export const STREAMS_MAX = 1_000;
/** Longest name of a stream, in UTF-16 units; a message of one with a longer name is taken as it is, too. */
const STREAM_UNITS_MAX = 256;
/** A jump by more than this is no loss but another numbering. */
const JUMP_MAX = 1e9;

export const sequence = z
  .strictObject({
    path: path.describe("Path to a message's number."),
    kind: z
      .enum(['dense', 'rising'])
      .describe(
        'dense: each is one more than the last, so losses are known; rising: only greater.',
      ),
    by: path.optional().describe('Path to the name of the stream, where several are numbered.'),
  })
  .optional()
  .describe('Numbers that tell lost and repeated messages, such as trade ids.');

export type SequenceOptions = NonNullable<z.infer<typeof sequence>>;

/** What a message's number says of it. */
export type Verdict =
  /** Comes for the first time; so many before it are missing, or null for an unknown number. */
  | { readonly kind: 'new'; readonly missed: number | null }
  | { readonly kind: 'duplicate' }
  /** Was said to be missing, at `bookedAt` (Unix milliseconds), and came after all. */
  | { readonly kind: 'found'; readonly bookedAt: number };

interface Stream {
  take(id: number, now: number): Verdict;
  readonly last: number;
}

const NEW: Verdict = { kind: 'new', missed: 0 };
const DUPLICATE: Verdict = { kind: 'duplicate' };
const STARTED_ANEW: Verdict = { kind: 'new', missed: null };

export class Sequence {
  readonly #idOf: (message: unknown) => number | null;
  readonly #streamOf: (message: unknown) => string;
  readonly #open: (last: number | null, first: number) => Stream;
  readonly #streams = new Map<string, Stream>();

  constructor({ path: at, kind, by }: SequenceOptions) {
    const read = compilePath(at);
    const readStream = by === undefined ? () => '' : compilePath(by);
    this.#idOf = (message) => idOf(read(message));
    this.#streamOf = (message) => nameOf(readStream(message));
    this.#open =
      kind === 'dense'
        ? (last, first) => new DenseStream(last, first)
        : (last) => new RisingStream(last);
  }

  /** The last id of each stream, to go on from after a restart. */
  get lastIds(): Record<string, number> {
    return Object.fromEntries([...this.#streams].map(([name, { last }]) => [name, last]));
  }

  /** Takes up where an earlier run was. */
  resume(lastIds: Readonly<Record<string, number>>): void {
    for (const [name, last] of Object.entries(lastIds)) {
      if (!this.#streams.has(name)) this.#streams.set(name, this.#open(last, last));
    }
  }

  /** Looks at the next message; null for one without a number. `now` in Unix milliseconds. */
  take(message: unknown, now: number): Verdict | null {
    const id = this.#idOf(message);
    if (id === null) return null;
    const name = this.#streamOf(message);
    if (name.length > STREAM_UNITS_MAX) return null;
    let stream = this.#streams.get(name);
    if (!stream) {
      if (this.#streams.size >= STREAMS_MAX) return null;
      stream = this.#open(null, id);
      this.#streams.set(name, stream);
    }
    return stream.take(id, now);
  }
}

/** Whatever is no name (a list, a map) names no stream of its own: made a text, it could throw. */
function nameOf(value: unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
}

function idOf(value: unknown): number | null {
  const id = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null;
}

/** Ids that have not come: [from, to], both included. */
interface Hole {
  readonly from: number;
  readonly to: number;
  /** When they were booked as missing; null for what lies before the first id ever seen. */
  readonly bookedAt: number | null;
}

/** Everything from `#lowest` to `#highest` has come, but for the holes. */
class DenseStream implements Stream {
  #lowest: number;
  #highest: number;
  #holes: Hole[] = [];

  /** `last`: of an earlier run, which had everything up to it. */
  constructor(last: number | null, first: number) {
    this.#lowest = last === null ? first : Number.NEGATIVE_INFINITY;
    this.#highest = last ?? first - 1;
  }

  get last(): number {
    return this.#highest;
  }

  take(id: number, now: number): Verdict {
    if (id > this.#highest) return this.#goOn(id, now);
    const index = this.#holes.findIndex(({ from, to }) => id >= from && id <= to);
    if (index >= 0) return this.#fill(index, id);
    if (id < this.#highest - WINDOW_IDS) return this.#startAnew(id);
    if (id >= this.#lowest) return DUPLICATE;
    if (id < this.#lowest - 1) this.#dig({ from: id + 1, to: this.#lowest - 1, bookedAt: null });
    this.#lowest = id;
    return NEW;
  }

  #goOn(id: number, now: number): Verdict {
    const missed = id - this.#highest - 1;
    if (missed > JUMP_MAX) return this.#startAnew(id);
    if (missed > 0) this.#dig({ from: this.#highest + 1, to: id - 1, bookedAt: now });
    this.#highest = id;
    return missed === 0 ? NEW : { kind: 'new', missed };
  }

  #fill(index: number, id: number): Verdict {
    const { from, to, bookedAt } = this.#holes[index]!;
    const left = [
      { from, to: id - 1, bookedAt },
      { from: id + 1, to, bookedAt },
    ].filter((hole) => hole.from <= hole.to);
    this.#holes.splice(index, 1, ...left);
    return bookedAt === null ? NEW : { kind: 'found', bookedAt };
  }

  #startAnew(id: number): Verdict {
    this.#lowest = id;
    this.#highest = id;
    this.#holes = [];
    return STARTED_ANEW;
  }

  #dig(hole: Hole): void {
    this.#holes.push(hole);
    if (this.#holes.length > HOLES_MAX) this.#holes.shift();
  }
}

/** Remembers the last ids; of those before, only that they were lower. */
class RisingStream implements Stream {
  #highest: number;
  readonly #seen = new Set<number>();
  /** Ids in a row that were lower than all remembered ones. */
  #lowInARow = 0;

  constructor(last: number | null) {
    this.#highest = last ?? Number.NEGATIVE_INFINITY;
    if (last !== null) this.#seen.add(last);
  }

  get last(): number {
    return this.#highest;
  }

  take(id: number): Verdict {
    if (id <= this.#highest) {
      this.#lowInARow += 1;
      // So many repetitions in a row are none: the feed numbers anew.
      if (this.#lowInARow <= WINDOW_IDS)
        return this.#seen.has(id) || this.#isOld(id) ? DUPLICATE : this.#remember(id);
      this.#seen.clear();
      this.#lowInARow = 0;
      this.#highest = id;
      this.#remember(id);
      return STARTED_ANEW;
    }
    this.#lowInARow = 0;
    this.#highest = id;
    return this.#remember(id);
  }

  /** Lower than the oldest that is remembered: it must have come before. */
  #isOld(id: number): boolean {
    const [oldest] = this.#seen;
    return oldest !== undefined && id < oldest;
  }

  #remember(id: number): Verdict {
    this.#seen.add(id);
    if (this.#seen.size > WINDOW_IDS) {
      const [oldest] = this.#seen;
      this.#seen.delete(oldest!);
    }
    return NEW;
  }
}
