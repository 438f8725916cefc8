// Weir's clock, not the browser's, says what "now" is, and which year is the present one.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { learnTime, timeNow } from '../../web/src/clock.ts';
import { formatMoment, formatSpan, formatTick } from '../../web/src/format.ts';
import { setZone } from '../../web/src/zone.ts';

afterEach(() => {
  learnTime(Date.now(), Date.now(), Date.now());
  setZone(null);
});

test('a browser that is five minutes fast or slow takes the time of the answer', () => {
  for (const minutes of [-5, 5]) {
    const here = Date.now();
    learnTime(here - minutes * 60_000, here - 20, here + 20);
    assert.ok(Math.abs(timeNow() - (Date.now() - minutes * 60_000)) < 1_000, String(minutes));
  }
});

test('a difference that the way of the answer explains is none', () => {
  const here = Date.now();
  learnTime(here - 1_500, here - 20, here + 20);
  assert.ok(Math.abs(timeNow() - Date.now()) < 100);
  learnTime(here - 5_000, here - 8_000, here);
  assert.ok(Math.abs(timeNow() - Date.now()) < 100, 'slow answers say little');
});

test('a day of another year is written with its year, everywhere', () => {
  setZone('UTC');
  const at = Date.UTC(2019, 10, 21, 14);
  const day = 86_400_000;
  for (const text of [
    formatMoment(at, Date.now()),
    formatTick(at, day),
    formatSpan(at, at + day),
    formatSpan(at, at + 7 * day),
    formatSpan(at, at + 3_600_000),
  ]) {
    assert.match(text, /2019/);
  }
  const now = timeNow();
  const year = String(new Date(now).getUTCFullYear());
  assert.ok(!formatTick(now, day).includes(year));
});
