/** Figures of several runs, and how they are written. */

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const middle = sorted[half]!;
  const median = sorted.length % 2 === 1 ? middle : (sorted[half - 1]! + middle) / 2;
  return { median, least: sorted[0]!, most: sorted.at(-1)! };
}

/** `1.87 (1.57 – 2.05)`; a single run has no spread to show. */
export function writeSpread(values: readonly number[]): string {
  const { median, least, most } = spreadOf(values);
  if (values.length === 1) return writeFigure(median);
  return `${writeFigure(median)} (${writeFigure(least)} – ${writeFigure(most)})`;
}

/** With about three digits that say something. */
export function writeFigure(value: number): string {
  return value.toFixed(value < 1 ? 3 : value < 10 ? 2 : 1);
}
