/** Google Charts' ColumnChart: one chart and one table for the card's whole life. */
import { thinTicks } from './axis.ts';
import type { ChartModel } from './chart-model.ts';
import { formatCompact } from './format.ts';
import { addColumns, type Colors, TableRows } from './google-table.ts';
import { LABELS_APART_PX, MARGIN, MISSING_HEIGHT_PX } from './plot-box.ts';
import type { ChartRenderer } from './renderer.ts';

export class GoogleRenderer implements ChartRenderer {
  readonly #google: typeof google;
  readonly #on: { readonly drawn: () => void; readonly failed: () => void };
  #element: HTMLElement | null = null;
  #chart: google.visualization.ColumnChart | null = null;
  #table: google.visualization.DataTable | null = null;
  #rows: TableRows | null = null;
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
    this.#table = new visualization.DataTable();
    this.#rows = new TableRows(this.#table);
    addColumns(this.#table);
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
    if (!element || !this.#chart || !this.#table || !model) return;
    const { clientWidth: width, clientHeight: height } = element;
    if (width === 0 || model.bars.length === 0) return;
    const colors = readColors(element);
    const { min, max } = model.values;
    const mark = ((max - min) * MISSING_HEIGHT_PX) / (height - MARGIN.top - MARGIN.bottom);
    this.#rows?.show(model.bars, colors, mark);
    try {
      this.#chart.draw(this.#table, options(model, colors, { width, height }));
    } catch {
      // What follows: the built-in bars take over.
      this.#on.failed();
    }
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
  return { bar: read('--bar'), soft: read('--soft'), grid: read('--grid') };
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

function valueAxis({ values }: ChartModel, colors: Colors) {
  return {
    viewWindow: { min: values.min, max: values.max },
    ticks: values.ticks.map((value) => ({ v: value, f: formatCompact(value) })),
    gridlines: { color: colors.grid },
    minorGridlines: { count: 0 },
    baselineColor: colors.soft,
    textStyle: { color: colors.soft, fontSize: 11 },
  };
}
