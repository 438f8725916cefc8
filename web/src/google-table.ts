/** The DataTable of one card: filled once, then changed where the bars have changed. */
/// <reference types="google.visualization" />
import { type Bar, midpoint } from './chart-model.ts';

/** Colours as Google's parser wants them. */
export interface Colors {
  readonly bar: string;
  readonly soft: string;
  readonly grid: string;
}

/** What is used of Google's DataTable. */
export type Table = Pick<
  google.visualization.DataTable,
  'addColumn' | 'addRow' | 'removeRows' | 'setValue' | 'getNumberOfRows'
>;

type Cell = Date | number | string | null;

export function addColumns(table: Table): void {
  table.addColumn('datetime', 'Interval');
  // Roles belong to the data column before them.
  table.addColumn('number', 'Messages');
  table.addColumn({ type: 'string', role: 'style' });
  // What nobody saw has no number, so its hollow mark is a series of its own.
  table.addColumn('number', 'Not observed');
  table.addColumn({ type: 'string', role: 'style' });
}

/** The cells of one bar. `markHeight`: how high the mark of a missing one is, in the units of the axis. */
export function cellsOf(bar: Bar, colors: Colors, markHeight: number): Cell[] {
  const missing = bar.value === null && bar.state !== 'open';
  return [
    new Date(midpoint(bar)),
    bar.value,
    look(bar, colors),
    missing ? markHeight : null,
    missing ? `fill-opacity: 0; stroke-color: ${colors.soft}; stroke-width: 1` : null,
  ];
}

function look({ state, value }: Bar, { bar }: Colors): string {
  const outline = `color: ${bar}; stroke-color: ${bar}; stroke-width: 1.5`;
  if (state === 'open') return `${outline}; fill-opacity: 0.25`;
  if (state === 'partial') return `${outline}; fill-opacity: 0.5`;
  // A bar of no height is seen by its outline alone.
  return value === 0 ? `${outline}; fill-opacity: 1` : `color: ${bar}`;
}

/** Remembers what the table holds, so that only differences are written. */
export class TableRows {
  readonly #table: Table;
  #rows: { readonly start: number; readonly cells: readonly Cell[] }[] = [];

  constructor(table: Table) {
    this.#table = table;
  }

  show(bars: readonly Bar[], colors: Colors, markHeight: number): void {
    this.#dropBefore(bars[0]?.start ?? Number.POSITIVE_INFINITY);
    if (this.#rows[0] && this.#rows[0].start !== bars[0]?.start) this.#truncate(0);
    this.#truncate(bars.length);
    this.#rows = bars.map((bar, index) => {
      const cells = cellsOf(bar, colors, markHeight);
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
