/** Numbers that only grow: the last ones are remembered; of those before, only that they were lower. */
import { BEGUN_AGAIN, DUPLICATE, NEW, type Rules, type Verdict } from './verdict.ts';

/** Numbers that are remembered. */
export const REMEMBERED_IDS = 256;
/** So many lower numbers in a row are no repetitions: the feed numbers anew. */
export const LOW_IN_A_ROW_MAX = 10_000;

export class RisingStream implements Rules {
  #highest = Number.NEGATIVE_INFINITY;
  readonly #seen = new Set<number>();
  /** The lowest that is remembered; all below it count as come. */
  #oldest = Number.NEGATIVE_INFINITY;
  #lowInARow = 0;
  /** The remembered numbers as text, and how many they are in it; null when they have to be written anew. */
  #written: { text: string; last: number; count: number } | null = null;

  /** A stream of which nothing is known yet. */
  static open(): RisingStream {
    return new RisingStream();
  }

  /** A stream of an earlier run. `text`: see `text`; without it, everything up to `last` counts as come. */
  static from(last: number, text: string | undefined): RisingStream {
    const stream = new RisingStream();
    stream.#highest = last;
    for (const number of readNumbers(text)) stream.#seen.add(number);
    stream.#seen.add(last);
    stream.#oldest = text === undefined ? last : Math.min(...stream.#seen);
    // Fewer than can be remembered: there were no others before them.
    const all = text !== undefined && stream.#seen.size < REMEMBERED_IDS;
    if (all) stream.#oldest = Number.NEGATIVE_INFINITY;
    return stream;
  }

  get last(): number {
    return this.#highest;
  }

  /** The remembered numbers, ascending: the lowest, then each step to the next one, after a plus sign. */
  get text(): string {
    const written = this.#written;
    if (written && written.last === this.#highest) return written.text;
    const numbers = [...this.#seen].sort((a, b) => a - b);
    const text = numbers
      .map((number, index) => (index === 0 ? String(number) : `+${number - numbers[index - 1]!}`))
      .join('');
    this.#written = { text, last: this.#highest, count: numbers.length };
    return text;
  }

  get overflowed(): boolean {
    return false;
  }

  /** Whether it may still come: it is neither remembered nor lower than all that are. */
  isMissing(number: number): boolean {
    return number < this.#highest && number > this.#oldest && !this.#seen.has(number);
  }

  take(number: number): Verdict {
    if (number > this.#highest) {
      this.#lowInARow = 0;
      this.#append(number);
      return NEW;
    }
    this.#lowInARow += 1;
    if (this.#lowInARow > LOW_IN_A_ROW_MAX) return this.#beginAgain(number);
    if (this.#seen.has(number) || number < this.#oldest) return DUPLICATE;
    this.#remember(number);
    this.#written = null;
    return NEW;
  }

  /** The highest number so far: its text is that of those before with one step more, for a while. */
  #append(number: number): void {
    const written = this.#written;
    if (written && written.count < 2 * REMEMBERED_IDS && written.last === this.#highest) {
      const text = `${written.text}+${number - written.last}`;
      this.#written = { text, last: number, count: written.count + 1 };
    } else this.#written = null;
    this.#highest = number;
    this.#remember(number);
  }

  #remember(number: number): void {
    this.#seen.add(number);
    if (this.#seen.size <= REMEMBERED_IDS) return;
    const [first] = this.#seen;
    this.#seen.delete(first!);
    this.#oldest = Math.max(this.#oldest, first!);
  }

  #beginAgain(number: number): Verdict {
    this.#seen.clear();
    this.#lowInARow = 0;
    this.#highest = number;
    this.#oldest = Number.NEGATIVE_INFINITY;
    this.#written = null;
    this.#remember(number);
    return BEGUN_AGAIN;
  }
}

function readNumbers(text: string | undefined): number[] {
  if (text === undefined || text === '') return [];
  let at = 0;
  return text
    .split('+')
    .map((step, index) => {
      at = index === 0 ? Number(step) : at + Number(step);
      return at;
    })
    .slice(-REMEMBERED_IDS);
}
