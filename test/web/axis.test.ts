// Axes of the page: from zero, round, and steady while time goes on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { thinTicks, timeTicks, valueAxis } from '../../web/src/axis.ts';
import { T0 } from './views.ts';

test('the value axis holds every value, starts at zero or below, and has few even ticks', () => {
  const values = fc.array(fc.double({ min: -1e12, max: 1e12, noNaN: true }), { maxLength: 30 });
  fc.assert(
    fc.property(values, (list) => {
      const { min, max, ticks } = valueAxis(list, false);
      assert.ok(min <= 0 && max > min);
      // Ticks have twelve digits; nothing on a screen has more.
      const dust = Math.max(...list.map(Math.abs), 0) * 1e-11;
      for (const value of list) assert.ok(value >= min - dust && value <= max + dust, `${value}`);
      assert.ok(ticks.length >= 2 && ticks.length <= 7, `${ticks.length} ticks`);
      assert.ok(ticks.includes(0));
      assert.deepEqual([ticks[0], ticks.at(-1)], [min, max]);
    }),
    { numRuns: 2_000, examples: [[[-5e-324]], [[1e-300, 2e-9]]] },
  );
});

test('messages do not come in halves', () => {
  for (let most = 0; most <= 200; most++) {
    const { ticks, max } = valueAxis([most], true);
    assert.ok(ticks.every(Number.isInteger), `${most}: ${ticks}`);
    assert.ok(max >= most && max >= 1);
  }
});

test('round steps', () => {
  assert.deepEqual(valueAxis([82], true).ticks, [0, 50, 100]);
  assert.deepEqual(valueAxis([12], true).ticks, [0, 5, 10, 15]);
  assert.deepEqual(valueAxis([0.25], false).ticks, [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(valueAxis([-30, 60], false).ticks, [-50, 0, 50, 100]);
  assert.deepEqual(valueAxis([], true).ticks, [0, 1]);
});

test('times are at even steps inside the range', () => {
  const minute = 60_000;
  const { ticks, everyMs } = timeTicks(T0 + 7_000, T0 + 5 * minute + 7_000);
  assert.equal(everyMs, minute);
  assert.deepEqual(
    ticks.map(({ at }) => at),
    [1, 2, 3, 4, 5].map((index) => T0 + index * minute),
  );
});

test('where labels would touch, the same ones stay while the axis moves on', () => {
  const minute = 60_000;
  const shown = (from: number) => {
    const { ticks, everyMs } = timeTicks(from, from + 5 * minute);
    return thinTicks(ticks, everyMs, 200 / (5 * minute), 60).map(({ at }) => at);
  };
  const before = shown(T0);
  const after = new Set(shown(T0 + 5_000));
  assert.equal(before.length, 3);
  for (const at of before.filter((time) => time >= T0 + 5_000)) assert.ok(after.has(at));
});
