// Interval arithmetic against its laws, over random intervals, zones and times.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bucketEdges,
  bucketStart,
  nextStart,
  parseInterval,
  previousStart,
} from '../../src/model/interval.ts';
import { TIERS, tierFor } from '../../src/model/tier.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/St_Johns',
  'Africa/Casablanca',
];
const interval = fc
  .constantFrom('1s', '7s', '10s', '1m', '5m', '13m', '1h', '6h', '1d', '1w', '1mo', '1q', '1y')
  .map((text) => parseInterval(text)!);
const zone = fc.constantFrom(...ZONES);
const time = fc.integer({ min: Date.UTC(1972, 0), max: Date.UTC(2040, 0) });

test('a bucket holds its time: start ≤ t < next start, and both ends give the same bucket', () => {
  fc.assert(
    fc.property(interval, zone, time, (i, z, t) => {
      const start = bucketStart(i, t, z);
      const next = nextStart(i, start, z);
      assert.ok(start <= t && t < next);
      assert.equal(bucketStart(i, start, z), start);
      assert.equal(bucketStart(i, next - 1, z), start);
      assert.equal(bucketStart(i, next, z), next);
      assert.equal(previousStart(i, next, z), start);
    }),
    { numRuns: 3_000 },
  );
});

test('edges partition the range: ascending, without holes, first holds from, last is not before to', () => {
  fc.assert(
    fc.property(interval, zone, time, fc.integer({ min: 1, max: 400 }), (i, z, from, days) => {
      const to = from + days * 3_600_000;
      const edges = bucketEdges(i, { from, to }, z, 500);
      assert.ok(edges[0]! <= from);
      if (edges.length <= 500) assert.ok(edges.at(-1)! >= to);
      for (let k = 0; k + 1 < edges.length; k++)
        assert.equal(nextStart(i, edges[k]!, z), edges[k + 1]);
    }),
    { numRuns: 500 },
  );
});

test("every edge falls on the grain of the interval's tier, so no cell straddles two buckets", () => {
  fc.assert(
    fc.property(interval, zone, time, (i, z, t) => {
      const { seconds } = TIERS.find(({ name }) => name === tierFor(i))!;
      assert.equal(bucketStart(i, t, z) % (seconds * 1_000), 0);
    }),
    { numRuns: 3_000 },
  );
});
