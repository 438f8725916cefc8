// The page's model: what is shown is what REST said, no more and no less.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  barAt,
  chartModel,
  countsOf,
  firstBarAt,
  midpoint,
  runsOf,
  totalsOf,
} from '../../web/src/chart-model.ts';
import { summaryText } from '../../web/src/messages.ts';
import { bucketView, STEP_MS, T0 } from './views.ts';

const VIEWS = [
  bucketView(0, 412),
  bucketView(1, 0),
  bucketView(2, 200, { state: 'partial', coverage: 0.5 }),
  bucketView(3, null),
  bucketView(4, 57, { state: 'open', rev: 0 }),
];

test("a bar has REST's number and state; null is none, and zero is one", () => {
  const { bars, from, to } = chartModel(VIEWS, 'count');
  assert.deepEqual(
    bars.map(({ value, state, shown }) => [value, state, shown]),
    [
      [412, 'complete', '412'],
      [0, 'complete', '0'],
      [200, 'partial', '200'],
      [null, 'missing', '—'],
      [57, 'open', '57'],
    ],
  );
  assert.deepEqual([from, to], [T0, T0 + 5 * STEP_MS]);
});

test('numbers are shown in full: none is rounded, none turns into zero', () => {
  const shown = (sum: number) =>
    chartModel([bucketView(0, 1, { sum })], 'sum').bars[0]!.shown.replace(/[^\d.-]/g, '');
  for (const sum of [9_007_199_254_740_991, 1_234_567, 23_330.25, -4, 0.004, -0.00012]) {
    assert.equal(Number(shown(sum)), sum);
  }
});

test('a channel that sums shows the sum, and none where there is none', () => {
  const views = [bucketView(0, 3, { sum: 34.5 }), bucketView(1, null, { sum: null })];
  assert.deepEqual(
    chartModel(views, 'sum').bars.map(({ value }) => value),
    [34.5, null],
  );
});

test('a bar stands in the middle of its interval', () => {
  const [bar] = chartModel(VIEWS, 'count').bars;
  assert.equal(midpoint(bar!), T0 + STEP_MS / 2);
});

test('neighbours in one state are one run, and the runs hold every bar', () => {
  const { bars } = chartModel(VIEWS, 'count');
  assert.deepEqual(runsOf(bars), [
    { state: 'complete', start: T0, count: 2 },
    { state: 'partial', start: T0 + 2 * STEP_MS, count: 1 },
    { state: 'missing', start: T0 + 3 * STEP_MS, count: 1 },
    { state: 'open', start: T0 + 4 * STEP_MS, count: 1 },
  ]);
});

test('a total of which some is missing is a least one', () => {
  const all = totalsOf(chartModel(VIEWS, 'count').bars, 'count');
  assert.deepEqual([all.total, all.isPart, all.peak?.value], [669, true, 412]);
  assert.match(summaryText(all, '5m'), /^At least 669 in 5 min, peak 412 at /);
  const { bars } = chartModel(VIEWS.slice(0, 2), 'count');
  const whole = totalsOf(bars, 'count');
  assert.deepEqual([whole.total, whole.isPart], [412, false]);
  assert.deepEqual(countsOf(bars), { open: 0, complete: 2, partial: 0, missing: 0 });
});

test('a sum of which some is missing is no lower bound, and its extreme may be below zero', () => {
  const sums = VIEWS.map((view, index) => ({ ...view, sum: [10, -1_300, 79, null, 0][index]! }));
  const totals = totalsOf(chartModel(sums, 'sum').bars, 'sum');
  assert.equal(totals.total, -1_211);
  assert.match(summaryText(totals, '5m'), /^-1,211 observed in 5 min, peak -1,300 at /);
});

test('a range in which nothing was observed has no total: nothing is not zero', () => {
  const missing = VIEWS.slice(3, 4);
  const totals = totalsOf(chartModel(missing, 'count').bars, 'count');
  assert.equal(totals.total, null);
  assert.equal(summaryText(totals, '5m'), 'Nothing observed');
});

test('total, peak and change speak of all keys, also of those that the reader has taken out', () => {
  const rows = ['a', 'b'].map((key) => ({ ...VIEWS[0]!, key, series: 'key' as const, count: 206 }));
  const { bars } = chartModel(VIEWS.slice(0, 1), 'count', { keys: rows, hidden: ['b'] });
  assert.deepEqual([bars[0]!.value, bars[0]!.whole], [206, VIEWS[0]!.count]);
  assert.equal(totalsOf(bars, 'count').total, VIEWS[0]!.count);
});

test('the shares in the legend are of the bars that are shown, not of the period before', () => {
  const row = (view: (typeof VIEWS)[0], key: string, count: number) => ({
    ...view,
    key,
    series: 'key' as const,
    count,
  });
  const rows = [row(VIEWS[0]!, 'old', 900), row(VIEWS[1]!, 'new', 5)];
  const { keys } = chartModel(VIEWS.slice(0, 2), 'count', {
    keys: rows,
    barCount: 0,
    span: { from: T0 + STEP_MS, to: T0 + 2 * STEP_MS },
  });
  assert.deepEqual(
    keys.map(({ key, total }) => [key, total]),
    [['new', 5]],
  );
});

test('the first bar is announced until there is one', () => {
  const [complete, , partial, missing, open] = VIEWS;
  const at = (views: typeof VIEWS) => firstBarAt(chartModel(views, 'count').bars);
  assert.equal(at([missing!, open!]), T0 + 5 * STEP_MS);
  assert.equal(at([open!]), T0 + 5 * STEP_MS);
  assert.equal(at([complete!, open!]), null);
  assert.equal(at([partial!, open!]), null);
  assert.equal(at([missing!]), null);
  assert.equal(at([]), null);
});

test('each place on the axis belongs to one bar, and none beside it', () => {
  const model = chartModel(VIEWS, 'count');
  assert.equal(barAt(model, 0)?.value, 412);
  assert.equal(barAt(model, 0.2)?.value, 0);
  assert.equal(barAt(model, 0.999)?.value, 57);
  assert.equal(barAt(model, -0.01), null);
  assert.equal(barAt(model, 1.01), null);
});

test('no buckets make an empty model that can be drawn', () => {
  const { bars, times, values, from, to } = chartModel([], 'count');
  assert.deepEqual([bars, times], [[], []]);
  assert.ok(values.max > values.min && to > from);
});
