import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alignment,
  bucketEdges,
  bucketStart,
  formatDuration,
  type Interval,
  nextStart,
  parseDuration,
  parseInterval,
  previousStart,
} from '../../src/model/interval.ts';

const HOUR = 3_600_000;
const interval = (text: string): Interval => parseInterval(text)!;
const at = (text: string): number => Date.parse(text);

test('an interval reads back as it was written, in short and in ISO form', () => {
  for (const text of ['1s', '10s', '90s', '5m', '1h', '24h', '1d', '1w', '1mo', '1q', '1y']) {
    assert.equal(interval(text).text, text === '24h' ? '24h' : text);
  }
  assert.deepEqual(parseInterval('PT5M'), parseInterval('5m'));
  assert.deepEqual(parseInterval('P1D'), parseInterval('1d'));
  assert.deepEqual(parseInterval('P1M'), parseInterval('1mo'));
  assert.deepEqual(parseInterval('PT1H30M'), parseInterval('90m'));
});

test('what is no interval is null', () => {
  for (const text of [
    '',
    '5',
    '5x',
    '0s',
    '-5m',
    '1.5h',
    '500ms',
    '2d',
    '1M',
    'PT',
    'P1DT1H',
    '99999999h',
    ' 5m',
  ]) {
    assert.equal(parseInterval(text), null, text);
  }
});

test('durations read back', () => {
  assert.equal(parseDuration('500ms'), 500);
  assert.equal(parseDuration('35d'), 35 * 24 * HOUR);
  assert.equal(parseDuration('10y'), 3_650 * 24 * HOUR);
  assert.equal(parseDuration('5 m'), null);
  assert.equal(parseDuration('270000y'), 270_000 * 365 * 24 * HOUR);
  assert.equal(parseDuration('280000y'), null);
  assert.equal(formatDuration(90_000), '90s');
  assert.equal(formatDuration(HOUR), '1h');
  assert.equal(formatDuration(1_500), '1500ms');
});

test('fixed intervals are aligned to the Unix clock', () => {
  assert.equal(bucketStart(interval('7m'), 7 * 60_000 * 100 + 1, 'UTC'), 7 * 60_000 * 100);
  assert.equal(
    bucketStart(interval('7h'), at('2026-11-21T14:59:59.999Z'), 'Asia/Kathmandu'),
    bucketStart(interval('7h'), at('2026-11-21T14:59:59.999Z'), 'UTC'),
  );
});

test('an hour, and what else divides a day, is aligned to the clocks of the zone; the rest says so', () => {
  assert.equal(
    bucketStart(interval('1h'), at('2026-11-21T14:59:59.999Z'), 'Asia/Kathmandu'),
    at('2026-11-21T14:15:00Z'),
  );
  assert.equal(
    bucketStart(interval('12h'), at('2026-11-21T14:59:59.999Z'), 'America/Los_Angeles'),
    at('2026-11-21T08:00:00Z'),
  );
  for (const text of ['1h', '90m', '2h', '6h', '12h', '24h', '1d', '1mo']) {
    assert.equal(alignment(interval(text)), 'zone', text);
  }
  for (const text of ['1s', '30m', '7h', '36h', '100m', '25h', '48h']) {
    assert.equal(alignment(interval(text)), 'unix', text);
  }
});

for (const [text, zone, from, starts] of [
  ['1h', 'Europe/Berlin', '2026-10-25T01:00+02:00', [1, 2, 3, 4]],
  ['2h', 'Europe/Berlin', '2026-10-25T00:00+02:00', [2, 5, 7]],
  ['2h', 'Europe/Berlin', '2026-03-29T00:00+01:00', [2, 3, 5]],
  ['6h', 'Europe/Berlin', '2026-03-29T00:00+01:00', [5, 11, 17, 23]],
  ['90m', 'America/New_York', '2026-11-01T00:00-04:00', [1.5, 4, 5.5]],
  ['1h', 'Australia/Lord_Howe', '2026-04-05T01:00+11:00', [1.5, 2.5, 3.5]],
  ['1h', 'Australia/Lord_Howe', '2026-10-04T01:00+10:30', [1, 1.5, 2.5]],
  ['12h', 'Australia/Lord_Howe', '2026-04-05T00:00+11:00', [12.5, 24.5]],
] as const) {
  test(`${text} in ${zone} on ${from.slice(0, 10)} begins at the hours that clocks show`, () => {
    let start = at(from);
    assert.equal(bucketStart(interval(text), start, zone), start);
    const hours = starts.map(() => {
      start = nextStart(interval(text), start, zone);
      return (start - at(from)) / HOUR;
    });
    assert.deepEqual(hours, starts);
  });
}

test('a week starts on Monday, a day at local midnight', () => {
  assert.equal(
    bucketStart(interval('1w'), at('2026-11-21T12:00:00Z'), 'UTC'),
    at('2026-11-16T00:00:00Z'),
  );
  assert.equal(
    bucketStart(interval('1d'), at('2026-11-21T18:20:00Z'), 'Asia/Kathmandu'),
    at('2026-11-21T18:15:00Z'),
  );
});

test('days of daylight saving time have 23 and 25 hours', () => {
  const day = interval('1d');
  const spring = bucketStart(day, at('2026-03-29T12:00:00Z'), 'Europe/Berlin');
  assert.equal(nextStart(day, spring, 'Europe/Berlin') - spring, 23 * HOUR);
  const autumn = bucketStart(day, at('2026-10-25T12:00:00Z'), 'Europe/Berlin');
  assert.equal(nextStart(day, autumn, 'Europe/Berlin') - autumn, 25 * HOUR);
  const lordHowe = bucketStart(day, at('2026-04-05T01:00:00Z'), 'Australia/Lord_Howe');
  assert.equal(nextStart(day, lordHowe, 'Australia/Lord_Howe') - lordHowe, 24.5 * HOUR);
});

test('where clocks are set back over midnight, a day begins once: with the first midnight', () => {
  const day = interval('1d');
  for (const [zone, first, again] of [
    ['Atlantic/Azores', '2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z'],
    ['America/Havana', '2026-11-01T04:00:00Z', '2026-11-01T05:00:00Z'],
    ['America/St_Johns', '2010-11-07T02:30:00Z', '2010-11-07T03:00:00Z'],
  ] as const) {
    const start = at(first);
    for (const time of [start, at(again), start + 12 * HOUR]) {
      assert.equal(bucketStart(day, time, zone), start, zone);
    }
    assert.equal(nextStart(day, previousStart(day, start, zone), zone), start, zone);
    assert.equal(nextStart(day, start, zone) - start, 25 * HOUR, zone);
  }
});

test('Apia had no 30 December 2011, and no bucket for it', () => {
  const day = interval('1d');
  const last = bucketStart(day, at('2011-12-30T05:00:00Z'), 'Pacific/Apia');
  const next = nextStart(day, last, 'Pacific/Apia');
  assert.equal(new Date(next).toISOString(), '2011-12-30T10:00:00.000Z');
  assert.equal(previousStart(day, next, 'Pacific/Apia'), last);
});

test('edges cover the range, and stop at the bound', () => {
  const edges = bucketEdges(interval('1m'), { from: 90_000, to: 200_000 }, 'UTC', 100);
  assert.deepEqual(edges, [60_000, 120_000, 180_000, 240_000]);
  assert.equal(bucketEdges(interval('1s'), { from: 0, to: 1e9 }, 'UTC', 10).length, 11);
});
