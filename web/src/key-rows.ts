/** The split by key of one card's bars: read page by page, the newest first, and then only what is new. */
import { type BucketPage, bucketsAddress, getJson, type KeyBucketView } from './api.ts';
import type { Wanted } from './window.ts';

/** Pages of one reading: more rows than bars can be drawn of. */
const PAGES_MAX = 30;
/** Bars read again each time: the running one, and those that closed a moment ago. */
const FRESH_BARS = 3;
/** All is read again so often, for what was amended. */
const WHOLE_EVERY_MS = 30_000;

export class KeyRows {
  readonly #name: string;
  readonly #asked: Wanted;
  #rows: readonly KeyBucketView[] = [];
  #wholeAt = Number.NEGATIVE_INFINITY;

  constructor(name: string, asked: Wanted) {
    this.#name = name;
    this.#asked = asked;
  }

  /** The rows as they are now, at `now` (any clock, milliseconds). Rejects when Weir does not answer. */
  async read(now: number, stop: AbortSignal): Promise<readonly KeyBucketView[]> {
    const starts = [...new Set(this.#rows.map(({ start }) => start))].sort();
    const from = now - this.#wholeAt < WHOLE_EVERY_MS ? starts.at(-FRESH_BARS) : undefined;
    const fresh = await this.#readFrom(from ?? this.#asked.shownFrom, stop);
    if (from === undefined) this.#wholeAt = now;
    this.#rows = from === undefined ? fresh : putRows(this.#rows, fresh, from);
    return this.#rows;
  }

  async #readFrom(from: string, stop: AbortSignal): Promise<KeyBucketView[]> {
    const address = bucketsAddress(
      this.#name,
      { ...this.#asked, from },
      { key: '*', order: 'desc' },
    );
    const rows: KeyBucketView[] = [];
    for (
      let next: string | null = address, pages = 0;
      next !== null && pages < PAGES_MAX;
      pages++
    ) {
      const page: BucketPage<KeyBucketView> = await getJson(next, stop);
      rows.push(...page.data);
      next = page.links.next && pageAddress(address, page.links.next);
    }
    return rows;
  }
}

/** What was held before `from`, and what is fresh from there on. */
export function putRows(
  held: readonly KeyBucketView[],
  fresh: readonly KeyBucketView[],
  from: string,
): readonly KeyBucketView[] {
  return [...fresh, ...held.filter(({ start }) => start < from)];
}

/** The next page, asked for where the first one was: Weir may live below a path that it does not know. */
function pageAddress(first: string, next: string): string {
  return `${first.split('?')[0]}?${next.split('?')[1]}`;
}
