/** A channel's bars split by key: which keys, in which order and look, and what each had of every bar. Pure. */
import type { KeyBucketView, Measure } from './api.ts';

/** The series of all that is not shown by itself; see `nameOf`. */
export const OTHER = '(other)';
const NONE = '(none)';
/** A key that begins so has a quote in front of it in its name. */
const RESERVED = /^['(]/;

/** The name of a row's series, different for different series: a key that looks like another series' name is quoted. */
export function nameOf({ series, key }: Pick<KeyBucketView, 'series' | 'key'>): string {
  if (series === 'other') return OTHER;
  if (series === 'none') return NONE;
  return RESERVED.test(key!) ? `'${key}` : key!;
}

/** What is drawn over a colour. */
export type Pattern = 'plain' | 'lines' | 'dots';

export interface Part {
  readonly key: string;
  readonly look: number;
  readonly pattern: Pattern;
  readonly value: number;
}

export interface KeyLook {
  readonly key: string;
  /** Number of its colour: the same whatever else is shown. */
  readonly look: number;
  /** Tells it from its neighbours without colour, and from the key whose colour it shares. */
  readonly pattern: Pattern;
  readonly total: number;
  readonly hidden: boolean;
}

export interface KeySplit {
  /** In the order in which they came, greatest first; `(other)` last. */
  readonly keys: readonly KeyLook[];
  /** By the start of the bar, Unix milliseconds. */
  readonly parts: ReadonlyMap<number, readonly Part[]>;
}

/** Colours that stay apart in every kind of colour blindness; the last is that of `(other)`. See tokens.css. */
export const LOOKS = 8;
export const OTHER_LOOK = LOOKS - 1;
const PATTERNS: readonly Pattern[] = ['plain', 'lines', 'plain', 'dots'];

interface SplitOptions {
  readonly top?: number | null;
  readonly hidden?: readonly string[];
  /** Places that keys have been given: kept while the card lives, so that colours and order stay. */
  readonly places?: Map<string, number>;
}

/** null where there are no keys, or where a part would hang below the baseline. */
export function splitByKey(
  rows: readonly KeyBucketView[],
  measure: Measure,
  { top, hidden = [], places = new Map() }: SplitOptions,
): KeySplit | null {
  const worthOf = ({ count, sum }: KeyBucketView) => (measure === 'sum' ? sum : count) ?? null;
  if (rows.length === 0 || rows.some((row) => (worthOf(row) ?? 0) < 0)) return null;
  const totals = new Map<string, number>();
  for (const row of rows) {
    const name = nameOf(row);
    totals.set(name, (totals.get(name) ?? 0) + (worthOf(row) ?? 0));
  }
  const ranked = [...totals.keys()]
    .filter((key) => key !== OTHER)
    .sort((a, b) => totals.get(b)! - totals.get(a)! || (a < b ? -1 : 1));
  const single = new Set(ranked.slice(0, top ?? ranked.length));
  const shownAs = (key: string) => (single.has(key) ? key : OTHER);
  takePlaces(ranked.slice(0, top ?? ranked.length), places);
  const names = [...single].sort((a, b) => places.get(a)! - places.get(b)!);
  if (single.size < totals.size) names.push(OTHER);
  const keys = names.map((key) => ({
    key,
    ...lookOf(places.get(key)),
    total: [...totals].reduce((sum, [name, value]) => sum + (shownAs(name) === key ? value : 0), 0),
    hidden: hidden.includes(key),
  }));
  return { keys, parts: partsOf(rows, keys, shownAs, worthOf) };
}

/** A key keeps its place; a new one gets the first that none of the shown ones has. */
function takePlaces(shown: readonly string[], places: Map<string, number>): void {
  const taken = new Set(shown.flatMap((key) => places.get(key) ?? []));
  for (const key of shown) {
    if (places.has(key)) continue;
    let place = 0;
    while (taken.has(place)) place += 1;
    taken.add(place);
    places.set(key, place);
  }
  for (const key of [...places.keys()]) if (!shown.includes(key)) places.delete(key);
}

function lookOf(place: number | undefined): { readonly look: number; readonly pattern: Pattern } {
  if (place === undefined) return { look: OTHER_LOOK, pattern: 'plain' };
  return { look: place % OTHER_LOOK, pattern: PATTERNS[place % PATTERNS.length]! };
}

function partsOf(
  rows: readonly KeyBucketView[],
  keys: readonly KeyLook[],
  shownAs: (key: string) => string,
  worthOf: (row: KeyBucketView) => number | null,
): Map<number, Part[]> {
  const parts = new Map<number, Part[]>();
  for (const [start, group] of Map.groupBy(rows, (row) => Date.parse(row.start))) {
    // What nobody observed has no parts.
    if (group.every((row) => worthOf(row) === null)) continue;
    const values = new Map<string, number>();
    for (const row of group) {
      const key = shownAs(nameOf(row));
      values.set(key, (values.get(key) ?? 0) + (worthOf(row) ?? 0));
    }
    const shown = keys.filter(({ hidden }) => !hidden);
    parts.set(
      start,
      shown.map(({ key, look, pattern }) => ({
        key,
        look,
        pattern,
        value: values.get(key) ?? 0,
      })),
    );
  }
  return parts;
}
