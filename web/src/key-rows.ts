/** The split by key of one card's bars: read page by page, the newest first, and then only what is new. */
import { type BucketPage, bucketsAddress, getJson, type KeyBucketView } from './api.ts';
import { nameOf } from './key-name.ts';
import type { Wanted } from './window.ts';

/** Pages of one reading: more rows than bars can be drawn of. */
const PAGES_MAX = 30;
/** Bars read again each time: the running one, and those that closed a moment ago. */
export const FRESH_BARS = 3;
/** All is read again so often, for what was amended. */
const WHOLE_EVERY_MS = 30_000;
/** The same while bars before the newest have changed, or the newest are split into other keys than those before them. */
const MIXED_EVERY_MS = 5_000;

export class KeyRows {
  readonly #name: string;
  readonly #asked: Wanted;
  /** The most rows that one bar may have: the top keys, messages without a key, and all others. */
  readonly #rowsOfBar: number;
  #rows: readonly KeyBucketView[] = [];
  #wholeAt = Number.NEGATIVE_INFINITY;
  #mixed = false;
  #amended = false;

  /** `top`: the channel's number of keys that have rows of their own. */
  constructor(name: string, asked: Wanted, top: number) {
    this.#name = name;
    this.#asked = asked;
    this.#rowsOfBar = top + 2;
  }

  /** A bar that is not read again each time has changed. */
  amended(): void {
    this.#amended = true;
  }

  /** The rows as they are now, at `now` (any clock, milliseconds). Rejects when Weir does not answer. */
  async read(now: number, stop: AbortSignal): Promise<readonly KeyBucketView[]> {
    const everyMs = this.#mixed || this.#amended ? MIXED_EVERY_MS : WHOLE_EVERY_MS;
    if (now - this.#wholeAt >= everyMs) {
      // News from here on may be newer than the answer.
      this.#amended = false;
      this.#rows = await this.#readPages(PAGES_MAX, {}, stop);
      this.#wholeAt = now;
      this.#mixed = false;
      return this.#rows;
    }
    // Of the whole range, and only its first page: the keys that have rows are the top ones of the range that is asked for.
    const limit = String(FRESH_BARS * this.#rowsOfBar);
    const fresh = await this.#readPages(1, { limit }, stop);
    this.#mixed = namesOf(fresh) !== namesOf(this.#rows);
    this.#rows = putRows(this.#rows, fresh);
    return this.#rows;
  }

  /** The rows of so many pages, the newest bars first. */
  async #readPages(
    most: number,
    more: Readonly<Record<string, string>>,
    stop: AbortSignal,
  ): Promise<KeyBucketView[]> {
    const address = bucketsAddress(
      this.#name,
      { ...this.#asked, from: this.#asked.shownFrom },
      { key: '*', order: 'desc', ...more },
    );
    const rows: KeyBucketView[] = [];
    for (let next: string | null = address, pages = 0; next !== null && pages < most; pages++) {
      const page: BucketPage<KeyBucketView> = await getJson(next, stop);
      rows.push(...page.data);
      next = page.links.next && pageAddress(address, page.links.next);
    }
    return rows;
  }
}

/** Which series a reading has: the same for each of its bars. */
function namesOf(rows: readonly KeyBucketView[]): string {
  const names = rows.filter(({ start }) => start === rows[0]!.start).map(nameOf);
  return JSON.stringify(names.sort());
}

/** What is fresh, and what was held of the time before it. */
export function putRows(
  held: readonly KeyBucketView[],
  fresh: readonly KeyBucketView[],
): readonly KeyBucketView[] {
  const [from = ''] = fresh.map(({ start }) => start).sort();
  return from === '' ? held : [...fresh, ...held.filter(({ start }) => start < from)];
}

/** The next page, asked for where the first one was: Weir may live below a path that it does not know. */
function pageAddress(first: string, next: string): string {
  return `${first.split('?')[0]}?${next.split('?')[1]}`;
}
