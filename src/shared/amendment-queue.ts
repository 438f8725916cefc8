/**
 * Amendments: what arrives for a second that is final already (an event time in the past, doubt about an earlier
 * coverage, a clock that was set back).
 *
 * They wait in the ring for the timer as (second, word of its row, what to add). What to add is an exact sum of two
 * words, so that sums keep their digits. Those of one batch are staged here and written to the journal with it. An entry that no final point covers yet is added to in place, so a
 * second of arrival takes at most one entry a word, however many messages it brings.
 */
import { addAt } from '../model/exact-sum.ts';
import { TALLY_FIELDS } from '../model/tally.ts';
import {
  AMENDMENT_WORDS,
  AMENDMENTS_MAX,
  amendmentCountAt,
  amendmentsAt,
  BATCH_AMENDMENTS_MAX,
  CONTROL,
  type RingViews,
} from './ring.ts';

/** Entries that one message can need: each field of the tally, and both numbers of a key. */
const ENTRIES_A_MESSAGE = TALLY_FIELDS.length + 2;

/** One word of a past second, and what to add to it. */
export interface AmendedWord {
  readonly second: number;
  /** Index into the second's row. */
  readonly word: number;
  /** What to add, and the part of it that a double leaves out. */
  readonly delta: number;
  readonly deltaLow: number;
}

/** The writer's side. */
export class AmendmentQueue {
  readonly #views: RingViews;
  /** What the running batch amends: `second * rowWords + word` → index into `#deltas`. */
  readonly #staged = new Map<number, number>();
  readonly #deltas = new Float64Array(BATCH_AMENDMENTS_MAX * 2);
  /** Entries that no final point covers: the same key → the entry's number. */
  readonly #open = new Map<number, number>();

  constructor(views: RingViews) {
    this.#views = views;
  }

  /** Whether everything that one more message can amend has room. */
  get hasRoom(): boolean {
    const staged = this.#staged.size;
    const waiting =
      (this.#count - Atomics.load(this.#views.control, CONTROL.amendmentsSealed)) >>> 0;
    return (
      staged + ENTRIES_A_MESSAGE <= BATCH_AMENDMENTS_MAX &&
      waiting + staged + ENTRIES_A_MESSAGE <= AMENDMENTS_MAX
    );
  }

  stage(second: number, word: number, delta: number): void {
    const key = second * this.#views.rowWords + word;
    let at = this.#staged.get(key);
    if (at === undefined) {
      at = this.#staged.size * 2;
      this.#staged.set(key, at);
      this.#deltas.fill(0, at, at + 2);
    }
    addAt(this.#deltas, at, delta);
  }

  /** Hands the staged amendments to the journal, as words of `rows` with the values they shall have. */
  journal(write: (index: number, value: number) => void): void {
    if (this.#staged.size === 0) return;
    const { rows, rowWords } = this.#views;
    let count = this.#count;
    const deltas = this.#deltas;
    for (const [key, staged] of this.#staged) {
      const open = this.#open.get(key);
      const at = entryAt(this.#views, open ?? count);
      if (open === undefined) {
        write(at, Math.floor(key / rowWords));
        write(at + 1, key % rowWords);
        this.#open.set(key, count);
        count += 1;
      } else {
        addAt(deltas, staged, rows[at + 2]!);
        addAt(deltas, staged, rows[at + 3]!);
      }
      write(at + 2, deltas[staged]!);
      write(at + 3, deltas[staged + 1]!);
    }
    write(amendmentCountAt(rowWords), count);
    this.#staged.clear();
  }

  /** A final point now covers what was written: it must not change any more. */
  settle(): void {
    this.#open.clear();
  }

  get #count(): number {
    return this.#views.rows[amendmentCountAt(this.#views.rowWords)]!;
  }
}

/** The reader's side: the amendments with numbers in [from, to), which a final point must cover. */
export function readAmendments(views: RingViews, from: number, to: number): AmendedWord[] {
  const { rows } = views;
  const words: AmendedWord[] = [];
  for (let number = from; number < to; number++) {
    const at = entryAt(views, number);
    words.push({
      second: rows[at]!,
      word: rows[at + 1]!,
      delta: rows[at + 2]!,
      deltaLow: rows[at + 3]!,
    });
  }
  return words;
}

function entryAt(views: RingViews, number: number): number {
  return amendmentsAt(views.rowWords) + (number % AMENDMENTS_MAX) * AMENDMENT_WORDS;
}
