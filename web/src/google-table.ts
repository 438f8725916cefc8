/** The DataTable of one card: filled once, then changed where the bars have changed. */
/// <reference types="google.visualization" />
import { type Scale, scaled } from './axis.ts';
import { type Bar, type ChartModel, midpoint } from './chart-model.ts';
import { UNSPLIT } from './key-name.ts';
import { type KeyLook, OTHER_LOOK } from './keys.ts';
import { messages } from './messages.ts';

/** Colours as Google's parser wants them. */
export interface Colors {
  readonly bar: string;
  readonly soft: string;
  readonly grid: string;
  /** Of keys, by their look. */
  readonly looks?: readonly string[];
}

/** What is used of Google's DataTable. */
export type Table = Pick<
  google.visualization.DataTable,
  'addColumn' | 'addRow' | 'removeRows' | 'setValue' | 'getNumberOfRows'
>;

type Cell = Date | number | string | null;

/** One series for the bars, or one for each key. Tables whose columns differ cannot be changed into each other. */
export function addColumns(table: Table, keys: readonly KeyLook[] = []): void {
  table.addColumn('datetime', 'Interval');
  const series = shownKeys(keys);
  for (const name of series.length > 0 ? series.map(({ key }) => key) : ['Messages']) {
    // Roles belong to the data column before them.
    table.addColumn('number', name);
    table.addColumn({ type: 'string', role: 'style' });
  }
  if (series.length > 0) {
    table.addColumn('number', messages.notSplit);
    table.addColumn({ type: 'string', role: 'style' });
  }
  // What nobody saw has no number, so its hollow mark is a series of its own.
  table.addColumn('number', 'Not observed');
  table.addColumn({ type: 'string', role: 'style' });
}

export function shownKeys(keys: readonly KeyLook[]): KeyLook[] {
  return keys.filter(({ hidden }) => !hidden);
}

/** The cells of one bar. `markHeight`: how high the mark of a missing one is, in the units of the axis. */
export function cellsOf(
  bar: Bar,
  colors: Colors,
  markHeight: number,
  { keys = [], scale = 'linear' }: Partial<Pick<ChartModel, 'keys' | 'scale'>> = {},
): Cell[] {
  const missing = bar.value === null && bar.state !== 'open';
  return [
    new Date(midpoint(bar)),
    ...(shownKeys(keys).length > 0 ? partCells(bar, colors, keys) : valueCells(bar, colors, scale)),
    missing ? markHeight : null,
    missing ? `fill-opacity: 0; stroke-color: ${colors.soft}; stroke-width: 1` : null,
  ];
}

function valueCells(bar: Bar, colors: Colors, scale: Scale): Cell[] {
  return [bar.value === null ? null : scaled(bar.value, scale), look(bar, colors.bar)];
}

function partCells(bar: Bar, { bar: plain, looks = [] }: Colors, keys: readonly KeyLook[]): Cell[] {
  const parts = shownKeys(keys).flatMap(({ key, look: number }) => {
    const part = bar.parts?.find((one) => one.key === key);
    return [
      part?.value ?? null,
      look({ ...bar, value: part?.value ?? null }, looks[number] ?? plain),
    ];
  });
  // A bar without its keys, among bars with theirs, must not look like the first key's.
  const rest = bar.parts?.find(({ key }) => key === UNSPLIT)?.value ?? null;
  const value = bar.parts === null ? bar.value : rest;
  return [...parts, value, value === null ? null : look(bar, looks[OTHER_LOOK] ?? plain)];
}

function look({ state, value }: Pick<Bar, 'state' | 'value'>, color: string): string {
  const outline = `color: ${color}; stroke-color: ${color}; stroke-width: 1.5`;
  if (state === 'open') return `${outline}; fill-opacity: 0.25`;
  if (state === 'partial') return `${outline}; fill-opacity: 0.5`;
  // A bar of no height is seen by its outline alone.
  return value === 0 ? `${outline}; fill-opacity: 1` : `color: ${color}`;
}

/** Remembers what the table holds, so that only differences are written. */
export class TableRows {
  readonly #table: Table;
  #rows: { readonly start: number; readonly cells: readonly Cell[] }[] = [];

  constructor(table: Table) {
    this.#table = table;
  }

  show(
    bars: readonly Bar[],
    colors: Colors,
    markHeight: number,
    model: Partial<Pick<ChartModel, 'keys' | 'scale'>> = {},
  ): void {
    this.#dropBefore(bars[0]?.start ?? Number.POSITIVE_INFINITY);
    if (this.#rows[0] && this.#rows[0].start !== bars[0]?.start) this.#truncate(0);
    this.#truncate(bars.length);
    this.#rows = bars.map((bar, index) => {
      const cells = cellsOf(bar, colors, markHeight, model);
      const held = this.#rows[index];
      if (!held) this.#table.addRow(cells);
      else this.#write(index, held.cells, cells);
      return { start: bar.start, cells };
    });
  }

  #dropBefore(start: number): void {
    const at = this.#rows.findIndex((row) => row.start >= start);
    const count = at < 0 ? this.#rows.length : at;
    if (count > 0) this.#table.removeRows(0, count);
    this.#rows.splice(0, count);
  }

  #truncate(length: number): void {
    const count = this.#rows.length - length;
    if (count <= 0) return;
    this.#table.removeRows(length, count);
    this.#rows.splice(length, count);
  }

  #write(index: number, held: readonly Cell[], cells: readonly Cell[]): void {
    cells.forEach((cell, column) => {
      if (cell?.valueOf() !== held[column]?.valueOf()) this.#table.setValue(index, column, cell);
    });
  }
}
