// The DataTable of a card: equal to the model after every change, and changed no more than needed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { BucketView } from '../../web/src/api.ts';
import { chartModel, midpoint } from '../../web/src/chart-model.ts';
import { cellsOf, type Table, TableRows } from '../../web/src/google-table.ts';
import { bucketView } from './views.ts';

const COLORS = { bar: '#000001', soft: '#000002', grid: '#000003' };

function fakeTable() {
  const rows: unknown[][] = [];
  let writes = 0;
  const table = {
    addColumn: () => 0,
    addRow(cells?: unknown) {
      writes += 1;
      return rows.push([...(cells as unknown[])]) - 1;
    },
    removeRows(from: number, count: number) {
      writes += count;
      rows.splice(from, count);
    },
    setValue(row: number, column: number, cell: unknown) {
      writes += 1;
      rows[row]![column] = cell;
    },
    getNumberOfRows: () => rows.length,
  } satisfies Table;
  return { table, rows, writes: () => writes };
}

const barsOf = (views: BucketView[]) => chartModel(views, 'count').bars;

test('whatever range follows whatever range, the table equals the bars', () => {
  const count = fc.option(fc.nat(9));
  const range = fc.tuple(fc.nat(12), fc.array(count, { maxLength: 8 }));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), (ranges) => {
      const { table, rows } = fakeTable();
      const held = new TableRows(table);
      for (const [first, counts] of ranges) {
        const bars = barsOf(counts.map((value, index) => bucketView(first + index, value)));
        held.show(bars, COLORS, 1);
        assert.deepEqual(
          rows,
          bars.map((bar) => cellsOf(bar, COLORS, 1)),
        );
      }
    }),
  );
});

test('a bar without its keys, among bars with theirs, has a series and a colour of its own', () => {
  const rows = [{ ...bucketView(0, 5), key: 'a', series: 'key' as const }];
  const model = chartModel([bucketView(0, 5), bucketView(1, 7)], 'count', { keys: rows });
  const looks = Array.from({ length: 8 }, (_, look) => `#00001${look}`);
  const cells = model.bars.map((bar) => cellsOf(bar, { ...COLORS, looks }, 1, model));
  assert.deepEqual(
    cells.map((row) => row.slice(1)),
    [
      [5, 'color: #000010', null, null, null, null],
      [null, 'color: #000010', 7, 'color: #000017', null, null],
    ],
  );
});

test('what no key has of a bar stands in the same column', () => {
  const rows = [{ ...bucketView(0, 5), key: 'a', series: 'key' as const }];
  const model = chartModel([bucketView(0, 8)], 'count', { keys: rows });
  const looks = Array.from({ length: 8 }, (_, look) => `#00001${look}`);
  assert.deepEqual(cellsOf(model.bars[0]!, { ...COLORS, looks }, 1, model).slice(1), [
    ...[5, 'color: #000010'],
    ...[3, 'color: #000017'],
    ...[null, null],
  ]);
});

test('one more message in the open bar is one cell', () => {
  const { table, writes } = fakeTable();
  const held = new TableRows(table);
  const open = (count: number) => [bucketView(0, 5), bucketView(1, count, { state: 'open' })];
  held.show(barsOf(open(7)), COLORS, 1);
  const before = writes();
  held.show(barsOf(open(8)), COLORS, 1);
  assert.equal(writes() - before, 1);
});

test('only what nobody saw has the hollow mark, and it has no number', () => {
  const bars = barsOf([
    bucketView(0, 0),
    bucketView(1, null),
    bucketView(2, null, { state: 'open' }),
  ]);
  assert.deepEqual(
    bars.map((bar) => {
      const [at, value, , mark] = cellsOf(bar, COLORS, 3);
      assert.equal((at as Date).getTime(), midpoint(bar));
      return [value, mark];
    }),
    [
      [0, null],
      [null, 3],
      [null, null],
    ],
  );
});
