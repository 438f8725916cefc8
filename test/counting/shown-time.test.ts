// A clock that goes back shows time again: its seconds are then of two times, and never read complete.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShownTime } from '../../src/counting/shown-time.ts';

const step = (number: number, from: number, to: number) => ({ number, from, to });

test('what a clock showed while it was ahead is shown again, and what it skipped is not', () => {
  const shown = new ShownTime(null, 1_000);
  assert.deepEqual(shown.step(step(1, 5_000, 60_000)), []);
  assert.deepEqual(shown.step(step(2, 70_000, 15_000)), [{ from: 60_000, to: 70_000 }]);
});

test('a clock that is set back from the right time shows again what it has just shown', () => {
  const shown = new ShownTime(null, 1_000);
  assert.deepEqual(shown.step(step(1, 90_000, 30_000)), [{ from: 30_000, to: 90_000 }]);
  // Back at the right time, nothing is ahead.
  assert.deepEqual(shown.step(step(2, 40_000, 100_000)), []);
});

test('what an earlier run counted is known by its end', () => {
  assert.deepEqual(new ShownTime(5_000, 9_000).shownAfter(9_000), []);
  assert.deepEqual(new ShownTime(9_000, 5_000).shownAfter(5_000), [{ from: 5_000, to: 9_000 }]);
});

test('of a clock that steps for ever, no shown time is forgotten', () => {
  const shown = new ShownTime(null, 0);
  for (let i = 0; i < 1_000; i++) {
    const at = 1_000_000 - i * 1_000;
    shown.step(step(2 * i + 1, i, at));
    shown.step(step(2 * i + 2, at + 500, i + 1));
  }
  const spans = shown.shownAfter(2_000);
  for (let i = 0; i < 999; i++) {
    const at = 1_000_000 - i * 1_000;
    if (at <= 2_000) continue;
    assert.ok(spans.some(({ from, to }) => from <= at && to >= at + 500));
  }
  assert.ok(spans.length <= 101);
});
