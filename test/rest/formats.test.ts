// Answers are the bytes that the library would write.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toCsv, toJson } from '../../src/rest/formats.ts';
import type { BucketView } from '../../src/rest/schemas.ts';
import { formatTime } from '../../src/rest/time-parameter.ts';

const gap = { from: 'a', to: null, cause: 'feed', detail: '"\\\u2028\n' } as const;
const count = fc.maxSafeNat();
const row = fc.record(
  {
    channel: fc.constantFrom('a', 'b-1'),
    start: fc.constant('2026-11-21T00:00:00Z'),
    end: fc.constant('2026-11-21T00:00:01Z'),
    count: fc.option(count),
    sum: fc.option(fc.double()),
    state: fc.constantFrom('open', 'complete', 'partial', 'missing'),
    coverage: fc.double({ min: 0, max: 1, noNaN: true }),
    missed: fc.option(count),
    replayed: count,
    undated: count,
    late: count,
    malformed: count,
    rev: count,
    gaps: fc.oneof(fc.constant([]), fc.constant([gap])),
    key: fc.string(),
  },
  {
    requiredKeys: [
      'channel',
      'start',
      'end',
      'count',
      'state',
      'coverage',
      'missed',
      'replayed',
      'undated',
      'late',
      'malformed',
      'rev',
      'gaps',
    ],
  },
);

test('rows are the same bytes as JSON.stringify makes of them', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 4 }), (rows) => {
      const ordered = rows.map(({ sum, key, count: counted, channel, start, end, ...rest }) => ({
        ...{ channel, start, end, count: counted },
        ...(sum === undefined ? {} : { sum }),
        ...rest,
        ...(key === undefined ? {} : { key, series: 'key' }),
      }));
      assert.equal(toJson(ordered as unknown as BucketView[]), JSON.stringify(ordered));
    }),
  );
});

test('times are written as toISOString writes them, without a fraction of zeros', () => {
  const at = fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 });
  const second = fc.integer({ min: -62_167_219_200, max: 253_402_300_799 }).map((s) => s * 1_000);
  fc.assert(
    fc.property(fc.oneof(at, second), (ms) => {
      assert.equal(formatTime(ms), new Date(ms).toISOString().replace('.000Z', 'Z'));
    }),
  );
});

test('CSV says why a number is not known', () => {
  const unknown = { channel: 'a', start: 's', end: 'e', count: null, state: 'complete' };
  const [header, line] = toCsv([{ ...unknown, reason: 'keys-full' } as BucketView]).split('\r\n');
  assert.match(header!, /,reason$/);
  assert.match(line!, /^a,,,s,e,,,complete,.*,keys-full$/);
});
