/** Did you mean: the known word that is nearest to the one written. */
import { closest, distance } from 'fastest-levenshtein';

/** `did you mean "interval"?`, or the list of what there is. A sentence part without an end. */
export function suggestion(written: string, known: readonly string[]): string {
  if (known.length === 0) return 'nothing is allowed here';
  const nearest = closest(written, [...known]);
  const near =
    distance(written.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, written.length / 3);
  if (near) return `did you mean ${JSON.stringify(nearest)}?`;
  return `known here: ${known.join(', ')}`;
}
