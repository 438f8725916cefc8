/** Numbers that count up by one: everything from the lowest to the last has come, but for the holes. */
import { BEGUN_AGAIN, DUPLICATE, NEW, type Rules, type Verdict } from './verdict.ts';

/** How far back a repetition is told from numbers that begin again. */
export const WINDOW_IDS = 10_000;
/** Holes that are remembered, each a run of missing numbers; the oldest are forgotten first. */
export const HOLES_MAX = 1_000;
/** A jump by more than this is no loss but another numbering. */
const JUMP_MAX = 1e9;

/** Numbers that have not come: [from, to], both included. */
interface Hole {
  readonly from: number;
  readonly to: number;
  /** When they were booked as missing, Unix milliseconds; null for those before the first number ever seen. */
  readonly bookedAt: number | null;
}

export class DenseStream implements Rules {
  #lowest: number;
  #highest: number;
  #holes: Hole[] = [];
  #overflowed = false;
  /** `text` of the holes; null after they have changed. */
  #holesText: string | null = '';

  private constructor(lowest: number, highest: number) {
    this.#lowest = lowest;
    this.#highest = highest;
  }

  /** A stream that begins with `number`, which is still to be taken. */
  static open(number: number): DenseStream {
    return new DenseStream(number, number - 1);
  }

  /**
   * A stream of an earlier run. `text`: the lowest number, then the holes as `from:to@seconds`, after commas; without
   * it, everything up to `last` is taken as come.
   */
  static from(last: number, text: string | undefined): DenseStream {
    const [lowest, ...holes] = text === undefined ? [] : text.split(',');
    const from = lowest === undefined || lowest === '' ? Number.NEGATIVE_INFINITY : Number(lowest);
    const stream = new DenseStream(from, last);
    stream.#holes = holes.flatMap((hole) => readHole(hole));
    stream.#holesText = null;
    return stream;
  }

  get last(): number {
    return this.#highest;
  }

  get text(): string {
    this.#holesText ??= this.#holes.map(writeHole).join('');
    const lowest = Number.isFinite(this.#lowest) ? this.#lowest : '';
    return `${lowest}${this.#holesText}`;
  }

  get overflowed(): boolean {
    return this.#overflowed;
  }

  isMissing(number: number): boolean {
    return this.#holeOf(number) >= 0;
  }

  take(number: number, now: number): Verdict {
    if (number > this.#highest) return this.#advance(number, now);
    const index = this.#holeOf(number);
    if (index >= 0) return this.#fill(index, number);
    if (number < this.#highest - WINDOW_IDS) return this.#beginAgain(number);
    if (number >= this.#lowest) return DUPLICATE;
    if (number < this.#lowest - 1) {
      this.#dig({ from: number + 1, to: this.#lowest - 1, bookedAt: null });
    }
    this.#lowest = number;
    return NEW;
  }

  #advance(number: number, now: number): Verdict {
    const missed = number - this.#highest - 1;
    if (missed > JUMP_MAX) return this.#beginAgain(number);
    if (missed > 0) this.#dig({ from: this.#highest + 1, to: number - 1, bookedAt: now });
    this.#highest = number;
    return missed === 0 ? NEW : { kind: 'new', missed };
  }

  #holeOf(number: number): number {
    return this.#holes.findIndex(({ from, to }) => number >= from && number <= to);
  }

  #fill(index: number, number: number): Verdict {
    const { from, to, bookedAt } = this.#holes[index]!;
    const left = [
      { from, to: number - 1, bookedAt },
      { from: number + 1, to, bookedAt },
    ].filter((hole) => hole.from <= hole.to);
    this.#holes.splice(index, 1, ...left);
    this.#holesText = null;
    this.#bound();
    return bookedAt === null ? NEW : { kind: 'found', bookedAt };
  }

  #beginAgain(number: number): Verdict {
    this.#lowest = number;
    this.#highest = number;
    this.#holes = [];
    this.#holesText = '';
    return BEGUN_AGAIN;
  }

  #dig(hole: Hole): void {
    this.#holes.push(hole);
    this.#holesText = null;
    this.#bound();
  }

  #bound(): void {
    if (this.#holes.length <= HOLES_MAX) return;
    this.#holes.shift();
    this.#overflowed = true;
  }
}

function writeHole({ from, to, bookedAt }: Hole): string {
  const span = from === to ? String(from) : `${from}:${to}`;
  return bookedAt === null ? `,${span}` : `,${span}@${Math.floor(bookedAt / 1_000)}`;
}

function readHole(text: string): Hole[] {
  const match = /^(-?\d+)(?::(-?\d+))?(?:@(\d+))?$/.exec(text);
  if (!match) return [];
  const [, from, to = from, second] = match;
  const bookedAt = second === undefined ? null : Number(second) * 1_000;
  return [{ from: Number(from), to: Number(to), bookedAt }];
}
