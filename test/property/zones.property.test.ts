/*
 * Every time zone that the runtime knows, at every change of its clocks from 1972 to 2040: buckets partition time,
 * begin where the calendar says, and shorter ones sum to longer ones.
 *
 * The calendar is worked out a second time from the offsets alone (support/zone-edges.ts). Nothing here is random. Of
 * changes that are the same in several zones, one stands for all, unless WEIR_ZONES=all (npm run chaos:zones).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldBuckets } from '../../src/model/bucket.ts';
import {
  bucketEdges,
  bucketStart,
  type Interval,
  isTimeZone,
  nextStart,
  parseInterval,
  previousStart,
} from '../../src/model/interval.ts';
import { emptyTally } from '../../src/model/tally.ts';
import { COUNT } from '../support/positions.ts';
import { edgesByDefinition, wallEdgesByDefinition } from '../support/zone-edges.ts';
import { canonicalName, type OffsetSpan, offsetSpans, zoneNames } from '../support/zone-table.ts';

const HOUR = 3_600_000;
const QUARTER = 900_000;
const FROM = Date.UTC(1971, 11);
const TO = Date.UTC(2040, 2);
/** Around a change, wide enough for the day before it, the day of it and the day after. */
const AROUND_MS = 36 * HOUR;
const DAY = calendar('1d');
const PARENTS = ['1w', '1mo', '1q', '1y'].map(calendar);
const WALL = ['1h', '90m', '2h', '6h', '12h', '24h'].map(fixed);
const UNIX = ['15m', '30m', '100m', '7h', '36h'].map(fixed);
/** The last time that any zone's clocks were off by something else than a multiple of fifteen minutes. */
const LAST_ODD = Date.parse('1979-10-01T10:40:00Z');

type FixedInterval = Interval & { readonly kind: 'fixed' };
type CalendarInterval = Interval & { readonly kind: 'calendar' };

interface ZoneTable {
  /** All zones with these spans; the first stands for them. */
  readonly names: string[];
  readonly spans: readonly OffsetSpan[];
}

interface Change {
  readonly at: number;
  readonly zone: string;
  readonly spans: readonly OffsetSpan[];
  /** Of the days around it, in milliseconds. */
  readonly offsets: readonly number[];
  readonly say: string;
}

const tables = zoneTables();
const all = tables.flatMap(changesOf);
const changes = process.env['WEIR_ZONES'] === 'all' ? all : onePerKind(all);

function calendar(text: string): CalendarInterval {
  return parseInterval(text) as CalendarInterval;
}

function fixed(text: string): FixedInterval {
  return parseInterval(text) as FixedInterval;
}

function zoneTables(): ZoneTable[] {
  const byName = new Map<string, readonly OffsetSpan[]>();
  const bySpans = new Map<string, ZoneTable>();
  for (const zone of zoneNames()) {
    const name = canonicalName(zone);
    const spans = byName.get(name) ?? offsetSpans(name, FROM, TO);
    byName.set(name, spans);
    const key = JSON.stringify(spans);
    const table = bySpans.get(key) ?? { names: [], spans };
    table.names.push(zone);
    bySpans.set(key, table);
  }
  return [...bySpans.values()];
}

/** The changes of a zone; of one without any, a time like others. */
function changesOf({ names, spans }: ZoneTable): Change[] {
  const zone = names[0]!;
  const inside = spans.slice(1).filter(({ from }) => from < Date.UTC(2040, 0));
  const times = inside.length > 0 ? inside.map(({ from }) => from) : [Date.UTC(2026, 2, 29)];
  return times.map((at) => {
    const { from, to } = windowOf({ at });
    const offsets = spans
      .filter((span, i) => span.from <= to && (spans[i + 1]?.from ?? TO) > from)
      .map(({ offsetMs }) => offsetMs);
    return { at, zone, spans, offsets, say: `${zone} ${new Date(at).toISOString()}` };
  });
}

function onePerKind(changes: readonly Change[]): Change[] {
  return [...new Map(changes.map((one) => [`${one.at} ${one.offsets}`, one])).values()];
}

function windowOf({ at }: Pick<Change, 'at'>): { from: number; to: number } {
  return { from: at - AROUND_MS, to: at + AROUND_MS };
}

test('all names are time zones to Weir', (t) => {
  const names = tables.flatMap((table) => table.names);
  t.diagnostic(
    `${names.length} names, ${tables.length} different zones, ${all.length} changes, ${changes.length} looked at`,
  );
  assert.ok(names.length > 500 && all.length > 15_000 && changes.length > 5_000);
  assert.deepEqual(
    names.filter((name) => !isTimeZone(name)),
    [],
  );
});

test('days, weeks, months, quarters and years begin when clocks first show their first day', () => {
  for (const change of changes) {
    const span = windowOf(change);
    const days = bucketEdges(DAY, span, change.zone, 100);
    assert.deepEqual(days, edgesByDefinition(change.spans, 'day', span), `${change.say} 1d`);
    for (const interval of PARENTS) {
      const edges = bucketEdges(interval, span, change.zone, 100);
      const why = `${change.say} ${interval.text}`;
      assert.deepEqual(edges, edgesByDefinition(change.spans, interval.unit, span), why);
      const near = edges.filter((edge) => edge >= span.from && edge <= span.to);
      assert.ok(
        near.every((edge) => days.includes(edge)),
        `${why} is not made of whole days`,
      );
    }
  }
});

test('each instant is in exactly one bucket, and the bucket before it ends where it starts', () => {
  for (const { at, zone, spans, say } of changes) {
    const span = { from: at - 2 * HOUR, to: at + 2 * HOUR };
    for (const interval of [DAY, ...PARENTS.slice(0, 2)]) {
      const edges = edgesByDefinition(spans, interval.unit, span);
      for (const instant of [at - HOUR, at - 1, at, at + HOUR / 2, ...edges.slice(0, -1)]) {
        const start = edges.findLast((edge) => edge <= instant)!;
        const why = `${say} ${interval.text} at ${new Date(instant).toISOString()}`;
        assert.equal(bucketStart(interval, instant, zone), start, why);
      }
      for (const [index, edge] of edges.slice(1).entries()) {
        assert.equal(previousStart(interval, edge, zone), edges[index], `${say} ${interval.text}`);
      }
    }
  }
});

test('hours and what else divides a day begin at the hours that clocks show, and days are made of them', () => {
  for (const change of changes) {
    const { zone, spans, say } = change;
    const span = windowOf(change);
    const days = edgesByDefinition(spans, 'day', span);
    for (const interval of WALL) {
      const edges = bucketEdges(interval, span, zone, 1_000);
      const why = `${say} ${interval.text}`;
      assert.deepEqual(edges, wallEdgesByDefinition(spans, interval.ms, span), why);
      const inside = days.filter((day) => day >= edges[0]! && day <= edges.at(-1)!);
      assert.ok(
        inside.every((day) => edges.includes(day)),
        `${why}: a day is not made of whole steps`,
      );
      for (const [index, edge] of edges.slice(1).entries()) {
        for (const instant of [edges[index]!, Math.ceil((edges[index]! + edge) / 2), edge - 1]) {
          assert.equal(bucketStart(interval, instant, zone), edges[index], why);
        }
      }
    }
  }
});

test('other fixed intervals know no zone: every bucket starts where the one before it ends', () => {
  for (const { at, zone, say } of all) {
    for (const interval of UNIX) {
      const edges = bucketEdges(interval, windowOf({ at }), zone, 1_000);
      const [first] = edges;
      const ms = nextStart(interval, first!, zone) - first!;
      assert.ok(
        edges.every((edge, index) => edge === first! + index * ms && edge % ms === 0),
        say,
      );
      assert.equal(bucketStart(interval, at, zone), at - (((at % ms) + ms) % ms), say);
    }
  }
});

test('quarters of an hour sum to days since October 1979, and hours where clocks are off by whole hours', () => {
  const odd = all.filter(({ offsets }) => offsets.some((offsetMs) => offsetMs % QUARTER !== 0));
  assert.equal(Math.max(...odd.map(({ at }) => at)), LAST_ODD);
  for (const change of changes) {
    if (change.at <= LAST_ODD && odd.includes(change)) continue;
    assertSums(change, QUARTER);
    if (change.offsets.every((offsetMs) => offsetMs % HOUR === 0)) assertSums(change, HOUR);
  }
});

/** Cells of that grain, each with another count, are folded into days; each day is what its cells are worth. */
function assertSums(change: Change, grainMs: number): void {
  const edges = edgesByDefinition(change.spans, 'day', windowOf(change));
  const [start, end] = [edges[0]!, edges.at(-1)!];
  const worth = (at: number) => 1 + ((at / grainMs) % 97);
  const cells: { start: number; tally: ReturnType<typeof emptyTally> }[] = [];
  for (let at = start; at < end; at += grainMs) {
    cells.push({ start: at, tally: { ...emptyTally(), counted: worth(at) } });
  }
  const whole = cells.map((cell) => ({ ...cell, amended: 0, damaged: false, definition: COUNT }));
  const buckets = foldBuckets({
    edges,
    cells: whole,
    gaps: [],
    sealedTo: end,
    now: end,
    definition: COUNT,
  });
  for (const bucket of buckets) {
    assert.equal(bucket.start % grainMs, 0, `${change.say} a cell straddles the edge`);
    let sum = 0;
    for (let at = bucket.start; at < bucket.end; at += grainMs) sum += worth(at);
    assert.equal(bucket.tally.counted, sum, change.say);
  }
}
