/** The wall's time in a zone, as numbers. */
import { DateTime } from 'luxon';

/** Year, month (1 to 12), day, hour, minute, second, millisecond. */
export type LocalParts = readonly [number, number, number, number, number, number, number];

/** What clocks in `zone` show at `at` (Unix milliseconds). */
export function localParts(at: number, zone: string): LocalParts {
  const { year, month, day, hour, minute, second, millisecond } = DateTime.fromMillis(at, { zone });
  return [year, month, day, hour, minute, second, millisecond];
}

/** When clocks in `zone` show `2026-11-21`, `2026-11-21 14:05:00` or with a fraction; null if that is not a time. */
export function fromLocal(text: string, zone: string): number | null {
  const time = DateTime.fromSQL(text, { zone });
  return time.isValid ? time.toMillis() : null;
}
