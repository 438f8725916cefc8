/** Going into data that nobody has checked. */
import type { Path } from './places.ts';

/** The value at the path; undefined where there is none. Only own properties are followed. */
export function valueAt(data: unknown, path: Path): unknown {
  let at = data;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return at;
}

/** Whether lists and maps lie in each other deeper than that. `seen`: how deep each was looked into before. */
export function isDeeper(
  data: unknown,
  levels: number,
  seen: Map<object, number> = new Map(),
): boolean {
  if (typeof data !== 'object' || data === null) return false;
  if (levels === 0) return true;
  // What an alias names is one object, however often it is used.
  if ((seen.get(data) ?? levels + 1) <= levels) return false;
  seen.set(data, levels);
  return Object.values(data).some((inner) => isDeeper(inner, levels - 1, seen));
}
