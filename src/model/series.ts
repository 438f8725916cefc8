/**
 * Series: what the numbers of a channel are of.
 *
 * The messages of a keyed channel are split into one series a key, one of messages without a key, and one of keys
 * beyond a bound. A definition says how a message is valued and by what it is split: numbers of two definitions are
 * never added into one.
 */

/** `key`: one key's. `none`: of messages without a key. `other`: of keys that have no series of their own. */
export type SeriesKind = 'key' | 'none' | 'other';

export interface SeriesName {
  readonly series: SeriesKind;
  /** null unless `series` is `key`. */
  readonly key: string | null;
}

export const OTHER_SERIES: SeriesName = { series: 'other', key: null };
export const NONE_SERIES: SeriesName = { series: 'none', key: null };

export function keySeries(key: string): SeriesName {
  return { series: 'key', key };
}

/** A text that is different for different series; for maps. */
export function seriesId({ series, key }: SeriesName): string {
  return series === 'key' ? `=${key}` : series;
}

/** Slots of a channel's series: two are fixed, those of keys come after. */
export const OTHER_SLOT = 0;
export const NONE_SLOT = 1;
export const FIRST_KEY_SLOT = 2;

export interface Definition {
  /** How messages are counted and valued, such as `count` or `sum ["price"]`. */
  readonly value: string;
  /** By what they are split; empty for no split. */
  readonly split: string;
}

export function isSameDefinition(a: Definition, b: Definition): boolean {
  return a.value === b.value && a.split === b.split;
}
