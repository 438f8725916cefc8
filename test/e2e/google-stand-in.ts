// Answers for https://www.gstatic.com/charts/loader.js: records what the page draws. None of it is Google's code.

export interface StandInChart {
  draws: number;
  columns: unknown[][];
  rows: unknown[][];
  options: google.visualization.ColumnChartOptions;
  /** How often tables were changed by whole rows, and by single cells. */
  rowChanges: number;
  cellChanges: number;
}

export interface GoogleLog {
  loads: unknown[][];
  /** Charts made, and drawn, by channel. */
  made: number;
  charts: Record<string, StandInChart>;
}

/** The source of the stand-in, for the browser. Types are gone from it by the time it runs. */
export const standInScript = `(${standIn})();`;

function standIn(): void {
  type Cell = Date | number | string | null;
  type OwnTable = Pick<
    google.visualization.DataTable,
    'addColumn' | 'addRow' | 'removeRows' | 'setValue' | 'getNumberOfRows'
  >;
  const log: GoogleLog = { loads: [], made: 0, charts: {} };

  class DataTable implements OwnTable {
    columns: unknown[][] = [];
    rows: Cell[][] = [];
    rowChanges = 0;
    cellChanges = 0;
    addColumn(...column: unknown[]) {
      return this.columns.push(column) - 1;
    }
    addRow(cells?: unknown) {
      this.rowChanges += 1;
      return this.rows.push([...(cells as Cell[])]) - 1;
    }
    removeRows(from: number, count: number) {
      this.rowChanges += count;
      this.rows.splice(from, count);
    }
    setValue(row: number, column: number, cell: unknown) {
      this.cellChanges += 1;
      this.rows[row]![column] = cell as Cell;
    }
    getNumberOfRows() {
      return this.rows.length;
    }
  }

  const listeners: { chart: unknown; name: string; call: () => void }[] = [];

  class ColumnChart {
    element: HTMLElement;
    name: string;
    constructor(element: HTMLElement) {
      log.made += 1;
      this.element = element;
      this.name = element.closest<HTMLElement>('[data-channel]')!.dataset['channel']!;
    }
    draw(table: DataTable, options: google.visualization.ColumnChartOptions) {
      const draws = (log.charts[this.name]?.draws ?? 0) + 1;
      const { columns, rowChanges, cellChanges } = table;
      const rows = structuredClone(table.rows);
      log.charts[this.name] = { draws, columns, rows, options, rowChanges, cellChanges };
      this.element.textContent = 'drawn by the stand-in';
      for (const { chart, name, call } of listeners) if (chart === this && name === 'ready') call();
    }
    clearChart() {}
  }

  const events = {
    addListener: (chart: unknown, name: string, call: () => void) =>
      listeners.push({ chart, name, call }),
    removeAllListeners() {},
  };
  const charts = {
    load: (...given: unknown[]) => {
      log.loads.push(given);
    },
    setOnLoadCallback: (loaded: () => void) => queueMicrotask(loaded),
  };
  Object.assign(window, {
    googleLog: log,
    google: { charts, visualization: { DataTable, ColumnChart, events } },
  });
}
