/**
 * Amendments: what arrives for a second that is final already (an event time in the past, doubt about an earlier
 * coverage, a clock that was set back).
 *
 * They wait in the ring for the timer as (second, word of its row, what to add). Those of one batch are staged
 * here and written to the journal with it. An entry that no final point covers yet is added to in place, so a
 * second of arrival takes at most one entry a word, however many messages it brings.
 */
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

/** What one message can need at most: each field of the tally, and the two words of a key. */
const ENTRIES_A_MESSAGE = TALLY_FIELDS.length + 2;

/** One word of a past second, and what to add to it. */
export interface AmendedWord {
  readonly second: number;
  /** Index into the second's row. */
  readonly word: number;
  readonly delta: number;
}

/** The writer's side. */
export class AmendmentQueue {
  readonly #views: RingViews;
  /** What the running batch amends: `second * rowWords + word` → what to add. */
  readonly #staged = new Map<number, number>();
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
    this.#staged.set(key, (this.#staged.get(key) ?? 0) + delta);
  }

  /** Hands the staged amendments to the journal, as words of `rows` with the values they shall have. */
  journal(write: (index: number, value: number) => void): void {
    if (this.#staged.size === 0) return;
    const { rows, rowWords } = this.#views;
    let count = this.#count;
    for (const [key, delta] of this.#staged) {
      const open = this.#open.get(key);
      if (open !== undefined) {
        const at = entryAt(this.#views, open) + 2;
        write(at, rows[at]! + delta);
        continue;
      }
      const at = entryAt(this.#views, count);
      write(at, Math.floor(key / rowWords));
      write(at + 1, key % rowWords);
      write(at + 2, delta);
      this.#open.set(key, count);
      count += 1;
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
    words.push({ second: rows[at]!, word: rows[at + 1]!, delta: rows[at + 2]! });
  }
  return words;
}

function entryAt(views: RingViews, number: number): number {
  return amendmentsAt(views.rowWords) + (number % AMENDMENTS_MAX) * AMENDMENT_WORDS;
}
