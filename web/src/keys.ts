/** A channel's bars split by key: which keys, in which order and look, and what each had of every bar. Pure. */
import type { KeyBucketView, Measure } from './api.ts';
import { nameOf, OTHER, UNSPLIT } from './key-name.ts';

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
  readonly parts: ReadonlyMap<number, BarSplit>;
  /** Starts of bars whose keys were counted by another definition, some or all. */
  readonly redefined: ReadonlySet<number>;
}

/** One bar's keys. */
export interface BarSplit {
  /** What each shown key had, in the order of the legend. */
  readonly parts: readonly Part[];
  /** What all keys had together, hidden ones too; null where that is not known yet, as the bar was open. */
  readonly known: number | null;
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
  return { keys, parts: partsOf(rows, keys, shownAs, worthOf), redefined: redefinedOf(rows) };
}

function redefinedOf(rows: readonly KeyBucketView[]): Set<number> {
  const redefined = rows.filter(
    ({ reason, gaps }) => reason === 'redefined' || gaps.some(({ cause }) => cause === 'redefined'),
  );
  return new Set(redefined.map(({ start }) => Date.parse(start)));
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
): Map<number, BarSplit> {
  const parts = new Map<number, BarSplit>();
  for (const [start, group] of Map.groupBy(rows, (row) => Date.parse(row.start))) {
    // What nobody observed has no parts.
    if (group.every((row) => worthOf(row) === null)) continue;
    const values = new Map<string, number>();
    for (const row of group) {
      const key = shownAs(nameOf(row));
      values.set(key, (values.get(key) ?? 0) + (worthOf(row) ?? 0));
    }
    const shown = keys.filter(({ hidden }) => !hidden);
    const isOpen = group.some(({ state }) => state === 'open');
    parts.set(start, {
      parts: shown.map(({ key, look, pattern }) => ({
        key,
        look,
        pattern,
        value: values.get(key) ?? 0,
      })),
      known: isOpen ? null : [...values.values()].reduce((sum, value) => sum + value, 0),
    });
  }
  return parts;
}

/** Smaller shares are what additions of fractions in another order leave. */
const REST_MIN = 1e-9;

/** The parts of a bar that is worth `whole`. The last one is what no key has, such as messages that were counted by another definition. */
export function partsOfBar({ parts, known }: BarSplit, whole: number | null): readonly Part[] {
  const rest = known === null || whole === null ? 0 : whole - known;
  if (rest <= REST_MIN * Math.abs(whole!)) return parts;
  return [...parts, { key: UNSPLIT, look: OTHER_LOOK, pattern: 'plain', value: rest }];
}
