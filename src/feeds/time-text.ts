/** Times as texts: the forms that feeds write, and nothing that only looks like one. */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * RFC 3339 (§5.6) with any fraction, a space or `t` for the `T`; with no zone (then UTC), or one written as `Z`, `+01:00`,
 * `+0100` or `+01`, also after a space and before a zone's name, as Go writes times (`+0000 UTC`).
 */
const STAMP =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,30}))? ?([Zz]|UTC|([+-])(\d{2}):?(\d{2})?(?: [A-Za-z]{1,5}| [+-]\d{2,4})?)?(?: m=[+-][\d.]+)?$/;
/** RFC 1123 (§5.2.14), as HTTP and mail write times: `Tue, 15 Nov 1994 08:12:31 GMT`. */
const HTTP_DATE =
  /^(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) (?:GMT|UTC|Z|([+-])(\d{2}):?(\d{2}))$/;

/** The time that a text says, Unix milliseconds; null for a text that is none, and for a date that does not exist. */
export function parseTimeText(text: string): number | null {
  const stamp = STAMP.exec(text);
  if (stamp) {
    const [, year, month, day, hour, minute, second, fraction = '', , sign, hours, minutes] = stamp;
    const at = timeOf([year, month, day, hour, minute, second]);
    if (at === null) return null;
    // Digits below a millisecond are cut off: a double would round .9999999 up, into the second after.
    const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
    return withOffset(at + ms, sign, hours, minutes);
  }
  const date = HTTP_DATE.exec(text);
  if (!date) return null;
  const [, day, name, year, hour, minute, second, sign, hours, minutes] = date;
  const month = MONTHS.indexOf(name!.toLowerCase()) + 1;
  const at = timeOf([year, String(month), day, hour, minute, second]);
  return at === null ? null : withOffset(at, sign, hours, minutes);
}

/** Unix milliseconds of a time in UTC; a leap second reads as the second before. null where there is no such time. */
function timeOf(parts: readonly (string | undefined)[]): number | null {
  const [year, month, day, hour, minute, written] = parts.map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || written > 60) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, Math.min(59, written));
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() : null;
}

function withOffset(
  at: number,
  sign: string | undefined,
  hours: string | undefined,
  minutes: string | undefined,
): number | null {
  if (sign === undefined) return at;
  const [h, m] = [Number(hours), Number(minutes ?? 0)];
  if (h > 23 || m > 59) return null;
  const offsetMs = (h * 60 + m) * 60_000;
  return sign === '-' ? at + offsetMs : at - offsetMs;
}
