// Zones: local time to moment and back, ticks at the zone's own round times, labels of the zone.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { timeTicks } from '../../web/src/axis.ts';
import { formatSpan } from '../../web/src/format.ts';
import { fromLocal, offsetMs, setZone } from '../../web/src/zone.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Pacific/Apia',
  'Australia/Lord_Howe',
];
const HOUR = 3_600_000;
afterEach(() => setZone(null));

test("offsets are those of the zone's own clocks, at any moment", () => {
  const at = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2035, 0, 1) });
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), at, (zone, moment) => {
      setZone(zone);
      assert.equal(offsetMs(moment), DateTime.fromMillis(moment, { zone }).offset * 60_000);
      const local = moment + offsetMs(moment);
      const back = fromLocal(local);
      assert.ok(back.includes(moment), 'also where clocks show this time twice');
      for (const one of back) assert.equal(one + offsetMs(one), local);
    }),
    { numRuns: 500 },
  );
});

test('a time that clocks skip is the first moment after', () => {
  setZone('Europe/Berlin');
  const [skipped] = fromLocal(Date.UTC(2026, 2, 29, 2, 30));
  assert.equal(new Date(skipped!).toISOString(), '2026-03-29T01:30:00.000Z');
});

test('days, hours and quarters have their ticks where the zone has them, also where clocks change', () => {
  const ranges: [string, number, number, RegExp][] = [
    ['Asia/Kathmandu', Date.UTC(2026, 10, 21), Date.UTC(2026, 10, 21, 6), /T..:15:00/],
    ['America/St_Johns', Date.UTC(2026, 10, 18), Date.UTC(2026, 10, 22), /T03:30:00/],
    ['Europe/Berlin', Date.UTC(2026, 9, 23), Date.UTC(2026, 9, 28), /T2[23]:00:00/],
    ['UTC', Date.UTC(2026, 0, 1), Date.UTC(2026, 5, 1), /-01T00:00:00/],
  ];
  for (const [zone, from, to, pattern] of ranges) {
    setZone(zone);
    const { ticks } = timeTicks(from, to);
    assert.ok(ticks.length >= 3, `${zone}: ${ticks.length} ticks`);
    for (const { at } of ticks) assert.match(new Date(at).toISOString(), pattern);
    const apart = ticks.slice(1).map(({ at }, index) => at - ticks[index]!.at);
    assert.ok(Math.min(...apart) > 0, 'ascending');
  }
});

test('the two days on which clocks change have one tick each, 25 or 23 hours apart', () => {
  setZone('Europe/Berlin');
  const { ticks } = timeTicks(Date.UTC(2026, 9, 23), Date.UTC(2026, 9, 28));
  const apart = ticks.slice(1).map(({ at }, index) => (at - ticks[index]!.at) / HOUR);
  assert.ok(apart.includes(25), apart.join());
});

test('the hour that clocks show twice has two ticks and two bars, told apart by their offset', () => {
  setZone('Europe/Berlin');
  const change = Date.UTC(2026, 9, 25, 1);
  const { ticks } = timeTicks(change - 3 * HOUR, change + 2 * HOUR);
  const twice = ticks.filter(({ at }) => [change - HOUR, change].includes(at));
  assert.equal(twice.length, 2);
  assert.match(twice[0]!.label, /2:00.* UTC\+2$/);
  assert.match(twice[1]!.label, /2:00.* UTC\+1$/);
  assert.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length);
  for (const { at, label } of ticks)
    if (!twice.some((one) => one.at === at)) assert.doesNotMatch(label, /UTC/);
  assert.match(formatSpan(change - HOUR, change), /2:00.* UTC\+2 – .*2:00.* UTC\+1$/);
  assert.match(formatSpan(change, change + HOUR), /2:00.* UTC\+1 – .*3:00[^U]*$/);
  setZone('Australia/Lord_Howe');
  assert.match(
    formatSpan(Date.UTC(2026, 3, 4, 14, 30), Date.UTC(2026, 3, 4, 14, 45)),
    /UTC\+11 – .*UTC\+11$/,
  );
  assert.match(formatSpan(Date.UTC(2026, 3, 4, 15), Date.UTC(2026, 3, 4, 15, 15)), /UTC\+10:30 – /);
});

test('labels are those of the chosen zone', () => {
  const at = Date.UTC(2026, 10, 21, 14, 0);
  setZone('Asia/Kathmandu');
  const there = formatSpan(at, at + 300_000);
  assert.match(there, /7:45/);
  setZone('UTC');
  assert.match(formatSpan(at, at + 300_000), /2:00|14:00/);
  assert.match(formatSpan(at, at + 300_000, true), /Nov 21/);
});
