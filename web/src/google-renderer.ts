/** Google Charts' ColumnChart: one chart and one table for the card's whole life. */
import { scaled, thinTicks } from './axis.ts';
import type { ChartModel } from './chart-model.ts';
import { formatCompact } from './format.ts';
import { addColumns, type Colors, shownKeys, TableRows } from './google-table.ts';
import { LOOKS } from './keys.ts';
import { LABELS_APART_PX, MARGIN, MISSING_HEIGHT_PX } from './plot-box.ts';
import type { ChartRenderer } from './renderer.ts';

export { loadGoogle } from './google-loader.ts';

export class GoogleRenderer implements ChartRenderer {
  readonly hatches = false;
  readonly #google: typeof google;
  readonly #on: { readonly drawn: () => void; readonly failed: () => void };
  #element: HTMLElement | null = null;
  #chart: google.visualization.ColumnChart | null = null;
  #held: {
    readonly columns: string;
    readonly table: google.visualization.DataTable;
    readonly rows: TableRows;
  } | null = null;
  #model: ChartModel | null = null;

  /** `drawn` is called after each drawing, `failed` when there can be none. */
  constructor(api: typeof google, on: { drawn: () => void; failed: () => void }) {
    this.#google = api;
    this.#on = on;
  }

  mount(element: HTMLElement): void {
    const { visualization } = this.#google;
    this.#element = element;
    this.#chart = new visualization.ColumnChart(element);
    visualization.events.addListener(this.#chart, 'ready', this.#on.drawn);
    visualization.events.addListener(this.#chart, 'error', this.#on.failed);
  }

  update(model: ChartModel): void {
    this.#model = model;
    this.resize();
  }

  resize(): void {
    const element = this.#element;
    const model = this.#model;
    if (!element || !this.#chart || !model) return;
    const { clientWidth: width, clientHeight: height } = element;
    if (width === 0 || model.bars.length === 0) return;
    const colors = readColors(element);
    const { min, max } = axisEnds(model);
    const mark = ((max - min) * MISSING_HEIGHT_PX) / (height - MARGIN.top - MARGIN.bottom);
    const { table, rows } = this.#tableFor(model);
    rows.show(model.bars, colors, mark, model);
    try {
      this.#chart.draw(table, options(model, colors, { width, height }));
    } catch {
      // What follows: the built-in bars take over.
      this.#on.failed();
    }
  }

  /** The table, made anew only when there are other keys than before. */
  #tableFor({ keys }: ChartModel) {
    const columns = JSON.stringify(shownKeys(keys).map(({ key }) => key));
    if (this.#held?.columns !== columns) {
      const table = new this.#google.visualization.DataTable();
      addColumns(table, keys);
      this.#held = { columns, table, rows: new TableRows(table) };
    }
    return this.#held;
  }

  destroy(): void {
    if (this.#chart) {
      this.#google.visualization.events.removeAllListeners(this.#chart);
      this.#chart.clearChart();
    }
    this.#element?.replaceChildren();
    this.#element = null;
    this.#chart = null;
  }
}

/** Google parses colours itself and knows no CSS variables, so they are read here. */
function readColors(element: HTMLElement): Colors {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  const looks = Array.from({ length: LOOKS }, (_, look) => read(`--key-${look}`));
  return { bar: read('--bar'), soft: read('--soft'), grid: read('--grid'), looks };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function options(
  model: ChartModel,
  colors: Colors,
  { width, height }: Size,
): google.visualization.ColumnChartOptions {
  const { left, right, top, bottom } = MARGIN;
  return {
    width,
    height,
    chartArea: { left, top, width: width - left - right, height: height - top - bottom },
    backgroundColor: 'transparent',
    legend: 'none',
    isStacked: true,
    bar: { groupWidth: '90%' },
    // The page's own tip stays open while the bars change; Google's would go with every drawing.
    enableInteractivity: false,
    hAxis: timeAxis(model, colors, width - left - right),
    vAxis: valueAxis(model, colors),
  };
}

function timeAxis({ from, to, times, timesEveryMs }: ChartModel, colors: Colors, widthPx: number) {
  const shown = thinTicks(times, timesEveryMs, widthPx / (to - from), LABELS_APART_PX);
  // The types want numbers, the library wants the column's own kind: dates.
  const date = (at: number) => new Date(at) as unknown as number;
  return {
    viewWindow: { min: date(from), max: date(to) },
    ticks: shown.map(({ at, label }) => ({ v: new Date(at), f: label })),
    gridlines: { color: 'transparent' },
    baselineColor: 'transparent',
    textStyle: { color: colors.soft, fontSize: 11 },
  };
}

/** Google gets values on a plain axis; where a logarithm is wanted, they have been taken of it already. */
function axisEnds({ values, scale }: ChartModel) {
  return { min: scaled(values.min, scale), max: scaled(values.max, scale) };
}

function valueAxis(model: ChartModel, colors: Colors) {
  const { values, scale } = model;
  return {
    viewWindow: axisEnds(model),
    ticks: values.ticks.map((value) => ({ v: scaled(value, scale), f: formatCompact(value) })),
    gridlines: { color: colors.grid },
    minorGridlines: { count: 0 },
    baselineColor: colors.soft,
    textStyle: { color: colors.soft, fontSize: 11 },
  };
}
