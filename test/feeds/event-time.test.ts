// When a message happened, as it says itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventTime, eventTimeWaitMs, timeReader } from '../../src/feeds/event-time.ts';

const AT = Date.UTC(2026, 10, 21, 14, 5, 30, 250);
const read = (value: unknown, option: object = {}) =>
  timeReader(eventTime.parse({ path: 't', ...option }))!([{ t: value }], null).times[0]!;

test('a number is in the unit that its size tells, as a text as well', () => {
  assert.equal(read(AT), AT);
  assert.equal(read(AT / 1_000), AT);
  assert.equal(read(AT * 1_000), AT);
  assert.equal(Math.round(read(AT * 1e6)!), AT);
  assert.equal(read(String(AT)), AT);
  assert.equal(read('1700000000.5'), 1_700_000_000_500);
});

test('a unit that is given is taken at its word', () => {
  assert.equal(read(5_000, { unit: 'ms' }), 5_000);
  assert.equal(read(5_000, { unit: 's' }), 5_000_000);
});

test('RFC 3339, with any offset, without one, with a space', () => {
  for (const text of [
    '2026-11-21T14:05:30.250Z',
    '2026-11-21t15:35:30.25+01:30',
    '2026-11-21 14:05:30.250',
    '2026-11-21T09:05:30.250000-05:00',
  ]) {
    assert.equal(read(text), AT, text);
  }
});

/** 19,770 days, 13 h, 34 min and 56 s after the start of 1970. */
const SECOND = 1_708_176_896_000;

for (const [title, value, expected] of [
  ['RFC 3339', '2024-02-17T13:34:56Z', SECOND],
  ['one digit of a fraction', '2024-02-17T13:34:56.2Z', SECOND + 200],
  ['a fraction of six digits', '2024-02-17T13:34:56.207576Z', SECOND + 207],
  ['a fraction of thirty digits', `2024-02-17T13:34:56.${'207'.repeat(10)}Z`, SECOND + 207],
  ['a comma before the fraction', '2024-02-17T13:34:56,207Z', SECOND + 207],
  ['a space for the T', '2024-02-17 13:34:56Z', SECOND],
  ['no zone', '2024-02-17T13:34:56', SECOND],
  ['a zone without a colon', '2024-02-17T13:34:56+0000', SECOND],
  ['a zone of hours alone', '2024-02-17 13:34:56+00', SECOND],
  ['a zone west of Greenwich', '2024-02-17T08:04:56-0530', SECOND],
  ['a zone east of Greenwich, past midnight', '2024-02-18T00:34:56+11', SECOND],
  ["Go's form", '2024-02-17 13:34:56.207576423 +0000 UTC', SECOND + 207],
  ["Go's form with a zone of its own", '2024-02-17 14:34:56 +0100 CET', SECOND],
  ["Go's form with its monotonic clock", '2024-02-17 13:34:56 +0000 UTC m=+0.000012', SECOND],
  ['RFC 1123', 'Sat, 17 Feb 2024 13:34:56 GMT', SECOND],
  ['RFC 1123 without the day of the week', '17 Feb 2024 13:34:56 +0000', SECOND],
  ['seconds', 1_708_176_896, SECOND],
  ['seconds with a fraction', 1_708_176_896.25, SECOND + 250],
  ['milliseconds', 1_708_176_896_207, SECOND + 207],
  ['microseconds', 1_708_176_896_000_000, SECOND],
  ['nanoseconds', 1_708_176_896_207_576_423n, SECOND + 207],
  ['nanoseconds as a text', '1708176896207576423', SECOND + 207],
  ['a leap second, as the second before', '2016-12-31T23:59:60Z', 1_483_228_799_000],
  ['29 February of a leap year', '2024-02-29T00:00:00Z', 1_709_164_800_000],
  ['the start of 1970', '1970-01-01T00:00:00Z', 0],
] as const) {
  test(`a time is read: ${title}`, () => {
    assert.equal(read(value), expected);
  });
}

test('the last moment of a second is in that second, however many digits say so', () => {
  for (const value of [
    '2024-02-17T13:34:56.9999999Z',
    '2024-02-17 13:34:56.999999999 +0000 UTC',
    `2024-02-17T13:34:56.${'9'.repeat(30)}Z`,
    1_708_176_896_999_999_999n,
    '1708176896999999999',
  ]) {
    assert.equal(read(value), SECOND + 999, String(value));
  }
});

test('a date or a time of day that does not exist is none', () => {
  for (const text of [
    '2026-11-31T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-11-00T00:00:00Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T14:60:00Z',
    '2026-11-21T14:05:61Z',
    '2026-11-21T14:05:30+24:00',
    '31 Nov 2026 14:05:30 GMT',
    '21 Foo 2026 14:05:30 GMT',
  ]) {
    assert.equal(read(text), null, text);
  }
});

test('what is no time is none', () => {
  for (const value of [
    null,
    undefined,
    '',
    'soon',
    '2026-13-45T99:00:00Z',
    -1,
    Number.NaN,
    true,
    {},
    [],
  ]) {
    assert.equal(read(value), null, String(value));
  }
});

test('without the option there is nothing to read and nothing to wait for', () => {
  assert.equal(timeReader(undefined), null);
  assert.equal(eventTimeWaitMs(undefined), 0);
  assert.equal(eventTimeWaitMs('t'), 2_000);
  assert.equal(eventTimeWaitMs(eventTime.parse({ path: 't', wait: '30s' })), 30_000);
});
