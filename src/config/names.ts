/** The data of the file as people may see it: the names of variables, and none of their values. */
import { BARE } from '../model/exact-json.ts';
import { namesOnly } from './variable-text.ts';

/**
 * Makes, in place, every text of `written` one that may be seen, and returns `written`. `data` is the same with the values
 * of the variables: where it has a number, true or false for a text, the name stands without quotes.
 */
export function withNames(written: unknown, data: unknown): unknown {
  const seen = new Set<unknown>();
  const go = (holder: unknown, beside: unknown): void => {
    if (typeof holder !== 'object' || holder === null || seen.has(holder)) return;
    seen.add(holder);
    for (const [key, value] of Object.entries(holder)) {
      const other = (beside as Record<string, unknown> | undefined)?.[key];
      if (typeof value !== 'string') go(value, other);
      else if (value.includes('${')) {
        const bare = ['number', 'bigint', 'boolean'].includes(typeof other) ? BARE : '';
        (holder as Record<string, unknown>)[key] = bare + namesOnly(value);
      }
    }
  };
  go(written, data);
  return written;
}
