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
