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

/** Whether lists and maps lie in each other deeper than that. */
export function isDeeper(data: unknown, levels: number): boolean {
  if (typeof data !== 'object' || data === null) return false;
  return levels === 0 || Object.values(data).some((inner) => isDeeper(inner, levels - 1));
}
