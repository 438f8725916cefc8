/**
 * The sealer: moves final seconds from the rings to the store.
 *
 * It reads only seconds before a ring's head, so being late can neither lose nor misplace a message. A ring's
 * seconds count as sealed once the store has them; until then they stay in the ring and are tried again.
 */
import type { Gap } from '../model/bucket.ts';
import type { WeirEvent } from '../model/channel.ts';
import type { ShardPosition } from '../model/position.ts';
import type { Definition, SeriesName } from '../model/series.ts';
import type { Tally } from '../model/tally.ts';
import type { KeyTally, RingReader } from '../shared/ring-reader.ts';

/** Notes kept while the store cannot be written; more are dropped, oldest first. */
export const NOTES_WAITING_MAX = 10_000;

export interface SealerChannel {
  readonly name: string;
  readonly ring: RingReader;
  /** What the numbers of the ring mean, and whose positions it holds. */
  readonly definition: Definition;
  readonly stream: string;
  /** Since when the ring has its keys; Unix seconds. */
  readonly keysSince: number;
  /** How long after its end a bucket still takes messages as a matter of course, in seconds. */
  readonly waitSeconds: number;
}

/** How far the store has come with a channel in this run. */
export interface StoredProgress {
  /** Unix seconds. */
  readonly sealedTo: number;
  readonly amendmentCount: number;
}

/** What the sealer needs of a store; see `StoreWriter`. */
export interface SealedCells {
  commit(commit: {
    at: number;
    seals: readonly Seal[];
    gaps: readonly { channel: string; gap: Gap }[];
    events: readonly WeirEvent[];
  }): void;
}

interface Seal {
  readonly channel: string;
  readonly definition: Definition;
  readonly stream: string;
  readonly sealedTo: number;
  readonly cells: { readonly second: number; readonly tally: Tally }[];
  readonly keyCells: (KeyWorth & { readonly second: number })[];
  readonly amendments: {
    readonly second: number;
    readonly tally: Tally;
    readonly keyCells: readonly KeyWorth[];
    readonly heals: boolean;
  }[];
  readonly amendmentCount: number;
  readonly positions: readonly ShardPosition[];
  readonly keysSince: number;
}

interface KeyWorth extends SeriesName {
  readonly counted: number;
  readonly sum: number;
  readonly sumLow: number;
}

export class Sealer {
  #channels: readonly SealerChannel[];
  /** Channels that are gone: sealed once more. */
  #retired: readonly SealerChannel[] = [];
  readonly #store: SealedCells;
  /** The final point that was sealed last, by its number; a ring with another one is due. */
  readonly #sealedPoints = new WeakMap<RingReader, number>();
  #gaps: { channel: string; gap: Gap }[] = [];
  #events: WeirEvent[] = [];

  constructor(channels: readonly SealerChannel[], store: SealedCells) {
    this.#channels = channels;
    this.#store = store;
  }

  /**
   * A timer thread before this one may have ended between committing and saying so on the board: what the store
   * has of this run is not sealed again.
   */
  takeUp(progress: ReadonlyMap<string, StoredProgress>): void {
    for (const { name, ring } of this.#channels) {
      const stored = progress.get(name);
      if (!stored) continue;
      ring.seal(Math.max(ring.sealed, stored.sealedTo));
      // A ring that another took up has fewer than the channel.
      ring.sealAmendments(Math.min(stored.amendmentCount, ring.finalPoint().amendmentCount));
    }
  }

  /** Seals these from now on. Of the others, what is final by now is sealed first, and then no more. */
  setChannels(channels: readonly SealerChannel[]): void {
    const rings = new Set(channels.map(({ ring }) => ring));
    this.#retired = [...this.#retired, ...this.#channels.filter(({ ring }) => !rings.has(ring))];
    this.#channels = channels;
  }

  /** Takes a gap into the next commit. */
  noteGap(channel: string, gap: Gap): void {
    keep(this.#gaps, { channel, gap });
  }

  /** Takes an event into the next commit. */
  noteEvent(event: WeirEvent): void {
    keep(this.#events, event);
  }

  /** Commits every second that is final by now. Throws what the store throws; nothing is lost then. */
  seal(now: number): void {
    const due = [...this.#retired, ...this.#channels]
      .map((channel) => ({ channel, finalCount: channel.ring.finalCount }))
      .filter(({ channel: { ring }, finalCount }) => {
        return finalCount > 0 && this.#sealedPoints.get(ring) !== finalCount;
      });
    const seals = due.map(({ channel }) =>
      sealOf(channel, this.#sealedPoints.get(channel.ring) ?? 0),
    );
    this.#store.commit({ at: now, seals, gaps: this.#gaps, events: this.#events });
    this.#gaps = [];
    this.#events = [];
    this.#retired = [];
    due.forEach(({ channel: { ring } }, index) => {
      const { sealedTo, amendmentCount, pointNumber } = seals[index]!;
      ring.seal(sealedTo);
      ring.sealAmendments(amendmentCount);
      this.#sealedPoints.set(ring, pointNumber);
    });
  }

  /**
   * Channels that are not sealed up to `second`: their feed thread has not said since that it is over. A ring's newest
   * second would say too much: it is opened a moment before the final point is there.
   */
  behind(second: number): number {
    return this.#channels.filter(({ ring }) => ring.sealed < second).length;
  }
}

/** What becomes final after the point was read is for the next seal. `since`: number of the last point that was sealed. */
function sealOf(
  { name, ring, waitSeconds, definition, stream, keysSince }: SealerChannel,
  since: number,
): Seal & { readonly pointNumber: number } {
  const { point, positions } = positionsOf(ring, since);
  const cells: Seal['cells'] = [];
  const keyCells: Seal['keyCells'] = [];
  for (const second of ring.secondsHeld(ring.sealed, point.head)) {
    const tally = ring.tally(second);
    if (Object.values(tally).some((value) => value !== 0)) cells.push({ second, tally });
    for (const worth of keyWorths(ring, ring.keyTallies(second))) {
      keyCells.push({ second, ...worth });
    }
  }
  const closed = ring.sealed - waitSeconds;
  const amendments = ring.amendments(point).map(({ second, tally, keys }) => ({
    second,
    tally,
    keyCells: keyWorths(ring, keys),
    heals: second < closed,
  }));
  return {
    channel: name,
    definition,
    stream,
    pointNumber: point.number,
    // A ring that was taken up from the store may be ahead of its last final point.
    sealedTo: Math.max(point.head, ring.sealed),
    cells,
    keyCells,
    amendments,
    amendmentCount: point.amendmentCount,
    positions,
    keysSince,
  };
}

/** The newest point whose positions were read before the next one came. */
function positionsOf(ring: RingReader, since: number) {
  for (;;) {
    const point = ring.finalPoint();
    const positions = ring.positions(point, since);
    if (positions !== null) return { point, positions };
  }
}

function keyWorths(ring: RingReader, tallies: readonly KeyTally[]): KeyWorth[] {
  return tallies.map(({ slot, ...worth }) => ({ ...ring.seriesAt(slot), ...worth }));
}

function keep<T>(notes: T[], note: T): void {
  notes.push(note);
  if (notes.length > NOTES_WAITING_MAX) notes.shift();
}
