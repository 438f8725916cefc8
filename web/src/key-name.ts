/** Names of keys: one for each series, and how it is shown. Pure. */
import type { KeyBucketView } from './api.ts';

/** The series of all that is not shown by itself; see `nameOf`. */
export const OTHER = '(other)';
const NONE = '(none)';
/** What of a bar belongs to no known series. */
export const UNSPLIT = '(not split)';
const EMPTY = '(empty)';
/** A key that begins so has a quote in front of it in its name. */
const RESERVED = /^['(]/;
/** Characters that are not seen themselves, and change how others are seen: controls, and changes of direction. */
const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** The name of a row's series, different for different series: a key that looks like another series' name is quoted. */
export function nameOf({ series, key }: Pick<KeyBucketView, 'series' | 'key'>): string {
  if (series === 'other') return OTHER;
  if (series === 'none') return NONE;
  return RESERVED.test(key!) ? `'${key}` : key!;
}

/** A text with `\u202e` for each character that would hide, or turn others around: whoever sent it may not say how it is read. */
export function visible(text: string): string {
  return text.replace(
    UNSEEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A name as it is shown: visible, and never empty. */
export function shownName(name: string): string {
  if (name === '') return EMPTY;
  const seen = visible(name);
  return seen.trim() === '' ? JSON.stringify(seen) : seen;
}
