/** Google Charts' ColumnChart: one chart and one table for the card's whole life. */
import type { Bar, ChartModel } from './chart-model.ts';
import type { ChartRenderer } from './renderer.ts';

/** While a tooltip is open the chart stands still, but not for longer than this. */
const HOVER_MS_MAX = 5_000;

export class GoogleRenderer implements ChartRenderer {
  readonly #google: typeof google;
  #element: HTMLElement | null = null;
  #chart: google.visualization.ColumnChart | null = null;
  #table: google.visualization.DataTable | null = null;
  #model: ChartModel | null = null;
  #hoverSince: number | null = null;

  constructor(api: typeof google) {
    this.#google = api;
  }

  mount(element: HTMLElement): void {
    const { visualization } = this.#google;
    this.#element = element;
    this.#chart = new visualization.ColumnChart(element);
    this.#table = new visualization.DataTable();
    this.#table.addColumn('datetime', 'Interval');
    this.#table.addColumn('number', 'Messages');
    this.#table.addColumn({ type: 'string', role: 'style' } as never);
    this.#table.addColumn({ type: 'string', role: 'tooltip' } as never);
    visualization.events.addListener(this.#chart, 'onmouseover', () => {
      this.#hoverSince = performance.now();
    });
    visualization.events.addListener(this.#chart, 'onmouseout', () => {
      this.#hoverSince = null;
    });
  }

  update(model: ChartModel): void {
    this.#model = model;
    // A redraw takes the tooltip away from under the reader's eyes.
    if (this.#hoverSince !== null && performance.now() - this.#hoverSince < HOVER_MS_MAX) return;
    this.resize();
  }

  resize(): void {
    const model = this.#model;
    if (!this.#element || !this.#chart || !this.#table || !model || this.#element.clientWidth === 0)
      return;
    const colors = readColors(this.#element);
    this.#table.removeRows(0, this.#table.getNumberOfRows());
    this.#table.addRows(model.bars.map((bar) => row(bar, colors)));
    this.#chart.draw(this.#table, options(model, colors));
  }

  destroy(): void {
    this.#chart?.clearChart();
    this.#element = null;
    this.#chart = null;
  }
}

interface Colors {
  readonly bar: string;
  readonly text: string;
  readonly grid: string;
}

/** Google parses colours itself and knows no CSS variables, so they are read here. */
function readColors(element: HTMLElement): Colors {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return { bar: read('--bar'), text: read('--soft'), grid: read('--grid') };
}

/** Bars stand at the middle of their interval; at its start, the first and last would be cut in half. */
function row(bar: Bar, colors: Colors): [Date, number | null, string, string] {
  return [new Date((bar.start + bar.end) / 2), bar.value, look(bar, colors), bar.tooltip];
}

function look({ state }: Bar, { bar }: Colors): string {
  if (state === 'open')
    return `color: ${bar}; fill-opacity: 0.3; stroke-color: ${bar}; stroke-width: 1.5`;
  if (state === 'partial')
    return `color: ${bar}; fill-opacity: 0.55; stroke-color: ${bar}; stroke-width: 2`;
  return `color: ${bar}`;
}

function options(model: ChartModel, colors: Colors): google.visualization.ColumnChartOptions {
  const textStyle = { color: colors.text, fontSize: 11 };
  return {
    backgroundColor: 'transparent',
    legend: 'none',
    chartArea: { left: 44, right: 6, top: 8, bottom: 20, width: '100%', height: '100%' } as never,
    bar: { groupWidth: '90%' },
    hAxis: {
      viewWindow: { min: new Date(model.from), max: new Date(model.to) } as never,
      ticks: model.xTicks.map(({ at, label }) => ({ v: new Date(at), f: label })) as never,
      gridlines: { color: 'transparent' },
      baselineColor: 'transparent',
      textStyle,
    },
    vAxis: {
      viewWindow: { min: 0, max: model.yMax },
      ticks: [...model.yTicks],
      format: 'short',
      gridlines: { color: colors.grid },
      minorGridlines: { count: 0 },
      baselineColor: colors.text,
      textStyle,
    },
  };
}
