// The numbers on the page equal REST's and those that were counted, in every zone and interval, through the page's own model.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { parseInterval } from '../../src/model/interval.ts';
import { emptyTally } from '../../src/model/tally.ts';
import { type BucketPage, bucketsAddress } from '../../web/src/api.ts';
import { putIn } from '../../web/src/buckets.ts';
import { chartModel } from '../../web/src/chart-model.ts';
import { PLAIN_VIEW } from '../../web/src/view-state.ts';
import { INTERVALS, wantedOf } from '../../web/src/window.ts';
import { setZone } from '../../web/src/zone.ts';
import { liveRest, NOW } from '../rest/live-rest.ts';
import { COUNT } from '../support/positions.ts';
import { seal } from '../support/stored.ts';

const ZONES = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Apia'];
const RANGES = ['90s', '5m', '1h', '6h', '24h', '7d', '30d', '90d'];
const RETENTION = { '1s': 3_600_000, '1m': 35 * 86_400_000, '15m': 3_650 * 86_400_000 };
const CHART = { interval: '1m', range: '1h' };
const S = NOW / 1_000;

const ends: (() => unknown)[] = [];
let rest: Awaited<ReturnType<typeof liveRest>>;
/** What was counted: [second, count], seconds further apart the older they are. */
const counted: [number, number][] = [];

before(async () => {
  rest = await liveRest({ after: (end: () => unknown) => ends.push(end) } as never);
  for (let age = 1, index = 0; age < 100 * 86_400; age += 1 + Math.floor(age / 300), index++) {
    counted.push([S - age, 1 + ((index * 37) % 91)]);
  }
  counted.reverse();
  const cells = counted.map(([second, count]) => ({
    second,
    tally: { ...emptyTally(), received: count, counted: count, coveredMs: 1_000 },
  }));
  const seals = [seal('a', S, cells, { definition: COUNT })];
  rest.store.commit({ at: NOW, seals, gaps: [], events: [] });
});
after(async () => {
  setZone(null);
  for (const end of ends.reverse()) await end();
});

/** The edges that people of the zone would expect, by another way than the page's. */
function expectedStart(at: number, interval: string, zone: string): number {
  const parsed = parseInterval(interval)!;
  const time = DateTime.fromMillis(at, { zone });
  if (parsed.kind === 'calendar') return time.startOf(parsed.unit).toMillis();
  if (parsed.ms < 3_600_000) return Math.floor(at / parsed.ms) * parsed.ms;
  // The page's longer lengths are whole hours; the one that clocks show twice is two bars of an hour.
  if (parsed.text === '1h') return time.startOf('hour').toMillis();
  const hours = parsed.ms / 3_600_000;
  const hour = Math.floor(time.hour / hours) * hours;
  const shown = time.set({ hour, minute: 0, second: 0, millisecond: 0 }).getPossibleOffsets();
  return Math.min(...shown.map((one) => one.toMillis()));
}

test('every bar has the count of its interval, and its interval is that of the zone', async () => {
  const choice = fc.record({
    zone: fc.constantFrom(...ZONES),
    range: fc.constantFrom(...RANGES),
    interval: fc.option(fc.constantFrom(...INTERVALS)),
    widthPx: fc.integer({ min: 250, max: 1_900 }),
    back: fc.integer({ min: 0, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(choice, async ({ zone, range, interval, widthPx, back }) => {
      setZone(zone);
      const lengthMs =
        { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[range.at(-1)!]! *
        Number.parseInt(range, 10);
      const span =
        back === 0 ? null : { from: NOW - (back + 1) * lengthMs, to: NOW - back * lengthMs };
      const view = { ...PLAIN_VIEW, zone, range, interval, span };
      const wanted = wantedOf(view, CHART, { widthPx, now: NOW, retention: RETENTION, zone });
      const response = await rest.get(`/${bucketsAddress('a', wanted)}`);
      const page = (await response.json()) as BucketPage;
      assert.equal(response.status, 200, JSON.stringify([page, wanted]));
      // As the page does: what the stream tells again changes nothing.
      const buckets = putIn(page.data, page.data.slice(-3), page.data.length);
      const { bars } = chartModel(buckets, 'count', { barCount: wanted.barCount, span });
      assert.ok(bars.length > 0);
      for (const bar of bars) {
        assert.equal(bar.start, expectedStart(bar.start, wanted.interval, zone), wanted.interval);
        assert.ok(expectedStart(bar.end - 1, wanted.interval, zone) === bar.start);
        const within = counted.filter(
          ([second]) => second * 1_000 >= bar.start && second * 1_000 < bar.end,
        );
        const sum = within.reduce((total, [, count]) => total + count, 0);
        if (bar.state !== 'open') assert.equal(bar.value, within.length === 0 ? null : sum);
      }
      if (span) assert.ok(bars[0]!.end > span.from && bars.at(-1)!.start < span.to);
    }),
    { numRuns: 150 },
  );
});
