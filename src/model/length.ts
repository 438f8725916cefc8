/** Lengths of time for people, in the two largest units that say something. */

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** `131 ms`, `2.4 s`, `12 min 5 s`, `3 h 20 min`, `2 d`. `ms`: milliseconds, not negative. */
export function lengthText(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const first = UNITS.findIndex(([, length]) => seconds >= length);
  const [unit, length] = UNITS[first]!;
  const [lesser, lesserLength] = UNITS[first + 1]!;
  const rest = Math.floor((seconds % length) / lesserLength);
  const whole = `${Math.floor(seconds / length)} ${unit}`;
  return rest === 0 ? whole : `${whole} ${rest} ${lesser}`;
}
