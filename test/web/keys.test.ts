// Keys, compare, log, told buckets: what is drawn adds up, and nothing is made up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KeyBucketView } from '../../web/src/api.ts';
import { logAxis, scaled } from '../../web/src/axis.ts';
import { laterOf, putIn } from '../../web/src/buckets.ts';
import { changeOf, chartModel } from '../../web/src/chart-model.ts';
import { nameOf, shownName } from '../../web/src/key-name.ts';
import { splitByKey } from '../../web/src/keys.ts';
import { bucketView } from './views.ts';

const row = (index: number, name: string, count: number | null): KeyBucketView => ({
  ...bucketView(index, count),
  ...(name === '(other)' ? { key: null, series: 'other' } : { key: name, series: 'key' }),
});

test('the parts of a bar add up to it, however many keys are shown', () => {
  const counts = fc.array(fc.array(fc.nat(99), { minLength: 4, maxLength: 4 }), {
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(counts, fc.option(fc.integer({ min: 1, max: 5 })), (bars, top) => {
      const names = ['a', 'b', 'c', '(other)'];
      const keys = bars.flatMap((bar, index) =>
        bar.map((count, at) => row(index, names[at]!, count)),
      );
      const totals = bars.map((bar, index) =>
        bucketView(
          index,
          bar.reduce((a, b) => a + b),
        ),
      );
      const { bars: shown } = chartModel(totals, 'count', { keys, top });
      shown.forEach(({ value, parts }, index) => {
        assert.equal(value, totals[index]!.count);
        assert.equal(
          parts!.reduce((sum, part) => sum + part.value, 0),
          totals[index]!.count,
        );
      });
    }),
  );
});

test('a key taken out is taken out of bar and scale; the whole is still known', () => {
  const keys = [row(0, 'a', 90), row(0, 'b', 10)];
  const model = chartModel([bucketView(0, 100)], 'count', { keys, hidden: ['a'] });
  assert.deepEqual([model.bars[0]!.value, model.bars[0]!.whole], [10, 100]);
  assert.ok(model.values.max < 90);
  assert.deepEqual(
    model.keys.map(({ key, hidden }) => [key, hidden]),
    [
      ['a', true],
      ['b', false],
    ],
  );
});

test('what nobody observed has no parts, and sums that may hang below zero are not stacked', () => {
  const keys = [row(0, 'a', null), row(1, 'a', 5)];
  const { bars } = chartModel([bucketView(0, null), bucketView(1, 5)], 'count', { keys });
  assert.deepEqual([bars[0]!.value, bars[0]!.parts, bars[1]!.value], [null, null, 5]);
  const sums = [{ ...row(0, 'a', 1), sum: -2 }];
  assert.equal(splitByKey(sums, 'sum', {}), null);
});

test('what no key has of a bar is drawn as not split, and not taken from the bar', () => {
  const redefined = { from: '', to: null, cause: 'redefined', detail: '' } as const;
  const rows = [
    { ...row(0, 'a', 40), gaps: [redefined] },
    { ...row(0, 'b', 10), gaps: [redefined] },
    row(1, 'a', 7),
    { ...row(2, 'a', null), reason: 'redefined' as const },
    row(3, 'a', 8),
  ];
  const open = { state: 'open', rev: 0 } as const;
  const views = [bucketView(0, 100), bucketView(1, 7), bucketView(2, 9), bucketView(3, 11, open)];
  const bars = (options = {}) =>
    chartModel(views, 'count', {
      keys: [...rows.slice(0, 4), { ...rows[4]!, ...open }],
      ...options,
    }).bars;
  const [some, all, none, running] = bars();
  assert.deepEqual(
    some!.parts!.map(({ key, value }) => [key, value]),
    [
      ['a', 40],
      ['b', 10],
      ['(not split)', 50],
    ],
  );
  assert.deepEqual(
    [some!.value, some!.stateText],
    [100, 'complete, keys counted by another definition'],
  );
  assert.deepEqual([all!.value, all!.parts!.length, all!.stateText], [7, 2, 'complete']);
  assert.deepEqual([none!.value, none!.parts, none!.stateText], [9, null, some!.stateText]);
  assert.equal(running!.value, 8, 'the keys of a running bar come a moment after its total');
  assert.equal(bars({ hidden: ['a'] })[0]!.value, 60);
});

test('fractions that add up in another order leave no part', () => {
  const sums = [0.1, 0.2, 0.3].map((sum, at) => ({ ...row(0, `k${at}`, 1), sum }));
  const { bars } = chartModel([{ ...bucketView(0, 3), sum: 0.3 + 0.2 + 0.1 }], 'sum', {
    keys: sums,
  });
  assert.equal(bars[0]!.parts!.length, 3);
});

test('each series has its own name, and a key that looks like another name is quoted', () => {
  const named = (series: KeyBucketView['series'], key: string | null) => nameOf({ series, key });
  assert.deepEqual(
    [
      named('other', null),
      named('none', null),
      named('key', '(other)'),
      named('key', "'a"),
      named('key', ''),
    ],
    ['(other)', '(none)', "'(other)", "''a", ''],
  );
});

test('a name is shown so that it is seen, and seen in its order', () => {
  assert.deepEqual(
    ['', ' ', 'a b', 'RLO-\u202etrick', 'tab\t', '👨\u200d👩', 'مرحبا', '\ud800'].map(shownName),
    ['(empty)', '" "', 'a b', 'RLO-\\u202etrick', 'tab\\u0009', '👨\u200d👩', 'مرحبا', '\\ud800'],
  );
});

test('a key keeps its colour and its place while others overtake it', () => {
  const places = new Map<string, number>();
  const first = splitByKey([row(0, 'a', 9), row(0, 'b', 5)], 'count', { places })!;
  const then = splitByKey([row(0, 'a', 1), row(0, 'b', 5), row(0, 'c', 7)], 'count', { places })!;
  const of = (split: typeof first) => split.keys.map(({ key, look }) => `${key}${look}`);
  assert.deepEqual(of(first), ['a0', 'b1']);
  assert.deepEqual(of(then), ['a0', 'b1', 'c2']);
});

test('the change is of bars that both periods observed in full, and that have passed', () => {
  const buckets = [
    bucketView(0, 100),
    bucketView(1, 100, { state: 'partial' }),
    bucketView(2, null),
    bucketView(3, 100),
    bucketView(4, 150),
    bucketView(5, 900),
    bucketView(6, 900),
    bucketView(7, 3, { state: 'open' }),
  ];
  const { bars } = chartModel(buckets, 'count', { barCount: 4 });
  assert.equal(bars.length, 5);
  assert.equal(bars[0]!.previous, null, 'nothing is made up where nothing is known');
  const change = changeOf(chartModel(buckets, 'count', { barCount: 4 }).bars);
  assert.deepEqual(change, { part: 0.5, compared: 1, passed: 4 });
  assert.equal(changeOf(chartModel([bucketView(0, 5)], 'count', { barCount: 4 }).bars), null);
});

test('compared bars have room for both periods on the scale', () => {
  const buckets = [bucketView(0, 1_000), bucketView(1, 5), bucketView(2, 6)];
  const most = (compare: boolean) =>
    chartModel(buckets, 'count', { barCount: 1, compare }).values.max;
  assert.ok(most(true) >= 5 && most(false) < 1_000);
  const older = [bucketView(0, 1_000), bucketView(1, 5)];
  assert.ok(chartModel(older, 'count', { barCount: 1, compare: true }).bars.length === 2);
});

test('on a log scale zero is at the bottom, and ten times more is one step more', () => {
  assert.equal(scaled(0, 'log'), 0);
  assert.ok(scaled(999, 'log') - scaled(99, 'log') - (scaled(99, 'log') - scaled(9, 'log')) < 1e-9);
  assert.equal(scaled(-9, 'log'), -1);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 }), { maxLength: 9 }), (values) => {
      const { min, max, ticks } = logAxis(values);
      assert.ok(min <= 0 && max > min && ticks.includes(0));
      for (const value of values) assert.ok(value >= min && value <= max);
      assert.ok(ticks.length <= 9, `${ticks}`);
    }),
  );
});

test('cards that share a scale have the same one', () => {
  const axis = (counts: number[]) =>
    chartModel(
      counts.map((count, index) => bucketView(index, count)),
      'count',
      { sharedMax: 500 },
    ).values;
  assert.deepEqual(axis([3]), axis([480]));
});

test('told buckets: the later telling wins, in whatever order they come', () => {
  const open = (count: number) => bucketView(2, count, { state: 'open', rev: 0 });
  const closed = bucketView(2, 9, { rev: 1 });
  const healed = bucketView(2, 11, { rev: 2 });
  for (const [one, two, wins] of [
    [open(3), open(5), open(5)],
    [open(7), closed, closed],
    [closed, healed, healed],
  ] as const) {
    assert.deepEqual(laterOf(one, two), wins);
    assert.deepEqual(laterOf(two, one), wins);
  }
});

test('told buckets come in their place, push the oldest out, and what is older than the range stays out', () => {
  const held = [bucketView(1, 1), bucketView(2, 2)];
  const told = [bucketView(3, 3), bucketView(0, 9), bucketView(2, 5, { rev: 2 })];
  assert.deepEqual(
    putIn(held, told, 2).map(({ count }) => count),
    [5, 3],
  );
  assert.deepEqual(
    putIn(held, told, 9).map(({ count }) => count),
    [1, 5, 3],
  );
});
