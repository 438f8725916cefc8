/** What the clocks on the wall show in a time zone, and when they are changed. All times are Unix milliseconds. */
import { IANAZone } from 'luxon';

/** Clocks that are set forward (`after` > `before`) or back at `at`; both are milliseconds ahead of UTC. */
export interface ClockChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

interface Day {
  /** At its start. */
  readonly offset: number;
  /** Those in (start, end], ascending. */
  readonly changes: readonly ClockChange[];
}

const DAY_MS = 86_400_000;
/** Clocks are never changed twice in this time. */
const CALM_MS = 6 * 3_600_000;
/** To ask the runtime for an offset is dear, and a chart asks for the same days again and again. */
const DAYS_MAX = 20_000;
const days = new Map<string, Map<number, Day>>();
let dayCount = 0;

/** How far the clocks of `zone` are ahead of UTC at `at`, in milliseconds. */
export function offsetAt(zone: string, at: number): number {
  const day = dayOf(zone, Math.floor(at / DAY_MS));
  return day.changes.findLast((change) => change.at <= at)?.after ?? day.offset;
}

/** The last change in (`after`, `to`]; null if there is none. */
export function lastChange(zone: string, after: number, to: number): ClockChange | null {
  return changesIn(zone, after, to).at(-1) ?? null;
}

/** The first change in (`after`, `to`]; null if there is none. */
export function firstChange(zone: string, after: number, to: number): ClockChange | null {
  return changesIn(zone, after, to)[0] ?? null;
}

/** Whether clocks show the time of `at` a second time, because they are set back (by a day at most). */
export function isShownTwice(zone: string, at: number): boolean {
  return changesIn(zone, at - DAY_MS, at + DAY_MS).some(
    ({ at: change, before, after }) => Math.abs(at - change + 0.5) < before - after,
  );
}

/** `+02:00`, `-03:30`: as in RFC 3339. */
export function offsetText(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${offsetMs < 0 ? '-' : '+'}${hour}:${minute}`;
}

function changesIn(zone: string, after: number, to: number): readonly ClockChange[] {
  const found: ClockChange[] = [];
  // A change at the very start of a day belongs to the day before it.
  for (let day = Math.floor(after / DAY_MS); day * DAY_MS <= to; day++) {
    for (const change of dayOf(zone, day).changes) {
      if (change.at > after && change.at <= to) found.push(change);
    }
  }
  return found;
}

function dayOf(zone: string, index: number): Day {
  const known = days.get(zone)?.get(index);
  if (known) return known;
  if (dayCount >= DAYS_MAX) forget();
  const day = readDay(IANAZone.create(zone), index * DAY_MS);
  const ofZone = days.get(zone) ?? new Map<number, Day>();
  days.set(zone, ofZone.set(index, day));
  dayCount += 1;
  return day;
}

function forget(): void {
  days.clear();
  dayCount = 0;
}

function readDay(zone: IANAZone, start: number): Day {
  const changes: ClockChange[] = [];
  for (let at = start; at < start + DAY_MS; at += CALM_MS) {
    const change = changeIn(zone, at, at + CALM_MS);
    if (change) changes.push(change);
  }
  return { offset: read(zone, start), changes };
}

/** The change in (`after`, `to`], found by halving; null where the offset is the same at both ends. */
function changeIn(zone: IANAZone, after: number, to: number): ClockChange | null {
  const [before, then] = [read(zone, after), read(zone, to)];
  if (before === then) return null;
  let [low, high] = [after, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (read(zone, middle) === before) low = middle;
    else high = middle;
  }
  return { at: high, before, after: then };
}

function read(zone: IANAZone, at: number): number {
  return Math.round(zone.offset(at) * 60_000);
}
