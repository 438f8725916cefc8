/** Short texts in shared memory, as UTF-16 units. */

/** Copies `text` into `units` at `offset`, cut to `unitsMax`; returns the length written. */
export function writeUnits(
  units: Uint16Array,
  text: string,
  offset: number,
  unitsMax: number,
): number {
  const length = Math.min(text.length, unitsMax);
  for (let i = 0; i < length; i++) units[offset + i] = text.charCodeAt(i);
  return length;
}

/** Reads `length` units at `offset`. */
export function readUnits(units: Uint16Array, offset: number, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += String.fromCharCode(units[offset + i]!);
  return text;
}
