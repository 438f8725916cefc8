// Where days, weeks and months begin, by definition and not by luxon: a local date begins when clocks first show it.
import type { CalendarUnit } from '../../src/model/interval.ts';
import type { OffsetSpan } from './zone-table.ts';

const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday. */
const MONDAY_MS = 4 * DAY_MS;

/** Edges of a unit from the last one at or before `from` to the first one at or after `to`, ascending, none twice. */
export function edgesByDefinition(
  spans: readonly OffsetSpan[],
  unit: CalendarUnit,
  { from, to }: { readonly from: number; readonly to: number },
): number[] {
  const edges: number[] = [];
  // Two days back, so that the first edge is before `from` whatever the clocks did.
  let local = localStart(unit, from + offsetAt(spans, from) - 2 * DAY_MS);
  while (edges.length === 0 || edges.at(-1)! < to) {
    const edge = firstShown(spans, local);
    if (edge !== edges.at(-1)) edges.push(edge);
    local = nextLocalStart(unit, local);
  }
  return edges.slice(edges.findLastIndex((edge) => edge <= from));
}

/**
 * Edges of steps that divide a day, from the last one at or before `from` to the first one at or after `to`: where clocks
 * first show a whole number of steps, and where they show it again, if they are set back by a step or more.
 */
export function wallEdgesByDefinition(
  allSpans: readonly OffsetSpan[],
  stepMs: number,
  { from, to }: { readonly from: number; readonly to: number },
): number[] {
  const first = allSpans.findLastIndex((span) => span.from <= from - 5 * DAY_MS);
  const spans = allSpans.slice(Math.max(0, first));
  const edges = new Set<number>();
  const local = (at: number) => Math.floor((at + offsetAt(spans, at)) / stepMs) * stepMs;
  const last = local(to + 3 * DAY_MS);
  for (let shown = local(from - 3 * DAY_MS); shown <= last; shown += stepMs) {
    edges.add(firstShown(spans, shown));
    for (const [index, { from: at, offsetMs }] of spans.entries()) {
      const before = spans[index - 1]?.offsetMs ?? offsetMs;
      const again = shown - offsetMs;
      if (before - offsetMs >= stepMs && again >= at && again < at + before - offsetMs)
        edges.add(again);
    }
  }
  const sorted = [...edges].sort((a, b) => a - b);
  const end = sorted.findIndex((edge) => edge >= to);
  return sorted.slice(
    sorted.findLastIndex((edge) => edge <= from),
    end + 1,
  );
}

/** When clocks first show this local time or a later one. Local times are counted as if they were UTC. */
export function firstShown(spans: readonly OffsetSpan[], local: number): number {
  for (let index = 0; index < spans.length; index++) {
    const { from, offsetMs } = spans[index]!;
    const at = Math.max(index === 0 ? Number.NEGATIVE_INFINITY : from, local - offsetMs);
    if (at < (spans[index + 1]?.from ?? Number.POSITIVE_INFINITY)) return at;
  }
  throw new Error('the last span has no end');
}

function offsetAt(spans: readonly OffsetSpan[], at: number): number {
  return (spans.findLast(({ from }) => from <= at) ?? spans[0]!).offsetMs;
}

function localStart(unit: CalendarUnit, local: number): number {
  const day = Math.floor(local / DAY_MS) * DAY_MS;
  if (unit === 'day') return day;
  if (unit === 'week') return Math.floor((day - MONDAY_MS) / (7 * DAY_MS)) * 7 * DAY_MS + MONDAY_MS;
  const date = new Date(day);
  const month = date.getUTCMonth();
  if (unit === 'month') return Date.UTC(date.getUTCFullYear(), month);
  return Date.UTC(date.getUTCFullYear(), unit === 'quarter' ? month - (month % 3) : 0);
}

function nextLocalStart(unit: CalendarUnit, local: number): number {
  const days = { day: 1, week: 7, month: 31, quarter: 93, year: 366 }[unit];
  return localStart(unit, local + days * DAY_MS);
}
