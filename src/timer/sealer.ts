/**
 * The sealer: moves final seconds from the rings to the store.
 *
 * It reads only seconds before a ring's head, so being late can neither lose nor misplace a message. A ring's
 * seconds count as sealed once the store has them; until then they stay in the ring and are tried again.
 */
import type { Gap } from '../model/bucket.ts';
import { OTHER_KEY, type WeirEvent } from '../model/channel.ts';
import type { Tally } from '../model/tally.ts';
import { OTHER_SLOT } from '../shared/key-table.ts';
import type { RingReader } from '../shared/ring-reader.ts';

/** Notes kept while the store cannot be written; more are dropped, oldest first. */
export const NOTES_WAITING_MAX = 10_000;

export interface SealerChannel {
  readonly name: string;
  readonly ring: RingReader;
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
  readonly sealedTo: number;
  readonly cells: { readonly second: number; readonly tally: Tally }[];
  readonly keyCells: {
    readonly second: number;
    readonly key: string;
    readonly counted: number;
    readonly sum: number;
  }[];
  readonly amendments: readonly never[];
  readonly amendmentCount: number;
  readonly position: string | null;
}

export class Sealer {
  readonly #channels: readonly SealerChannel[];
  readonly #store: SealedCells;
  #gaps: { channel: string; gap: Gap }[] = [];
  #events: WeirEvent[] = [];

  constructor(channels: readonly SealerChannel[], store: SealedCells) {
    this.#channels = channels;
    this.#store = store;
  }

  /** Everything before `second` (Unix seconds) is an earlier run's affair. Called once, before any writer starts. */
  begin(second: number): void {
    for (const { ring } of this.#channels) if (ring.sealed === 0) ring.seal(second);
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
    const due = this.#channels.filter(({ ring }) => ring.head > ring.sealed);
    const seals = due.map(({ name, ring }) => sealOf(name, ring));
    this.#store.commit({ at: now, seals, gaps: this.#gaps, events: this.#events });
    this.#gaps = [];
    this.#events = [];
    due.forEach(({ ring }, index) => {
      ring.seal(seals[index]!.sealedTo);
    });
  }

  /** Channels whose head is behind `second`: their feed thread has not spoken since. */
  behind(second: number): number {
    return this.#channels.filter(({ ring }) => ring.head < second).length;
  }
}

function sealOf(channel: string, ring: RingReader): Seal {
  // The head is read once: what becomes final meanwhile is for the next seal.
  const { head: sealedTo, position } = ring.finalPoint();
  const seal: Seal = {
    channel,
    sealedTo,
    cells: [],
    keyCells: [],
    amendments: [],
    amendmentCount: 0,
    position,
  };
  for (const second of ring.secondsHeld(ring.sealed, sealedTo)) {
    const tally = ring.tally(second);
    if (Object.values(tally).some((value) => value !== 0)) seal.cells.push({ second, tally });
    for (const { slot, counted, sum } of ring.keyTallies(second)) {
      const key = slot === OTHER_SLOT ? OTHER_KEY : ring.keyName(slot)!;
      seal.keyCells.push({ second, key, counted, sum });
    }
  }
  return seal;
}

function keep<T>(notes: T[], note: T): void {
  notes.push(note);
  if (notes.length > NOTES_WAITING_MAX) notes.shift();
}
