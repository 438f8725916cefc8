/** Weir's own bars: small SVG, at first paint, and for good where Google's servers cannot be had. */
import type { Bar, ChartModel } from './chart-model.ts';
import { formatCompact } from './format.ts';
import type { ChartRenderer } from './renderer.ts';

const NAMESPACE = 'http://www.w3.org/2000/svg';
const MARGIN = { left: 44, right: 6, top: 8, bottom: 20 };
/** Height of what stands for a bar that has none: a zero, and a bar nobody saw. */
const ZERO_HEIGHT = 2;
const MISSING_HEIGHT = 10;
let hatchCount = 0;

interface Frame {
  readonly width: number;
  readonly height: number;
  x(at: number): number;
  y(value: number): number;
}

export class SvgRenderer implements ChartRenderer {
  readonly #hatch = `hatch-${++hatchCount}`;
  #element: HTMLElement | null = null;
  #model: ChartModel | null = null;

  mount(element: HTMLElement): void {
    this.#element = element;
  }

  update(model: ChartModel): void {
    this.#model = model;
    this.resize();
  }

  resize(): void {
    const element = this.#element;
    const model = this.#model;
    // A box without width is not on the screen; it is drawn when it gets one.
    if (!element || !model || element.clientWidth === 0) return;
    const frame = frameOf(element, model);
    const svg = node('svg', { width: frame.width, height: frame.height, 'aria-hidden': 'true' });
    svg.append(this.#pattern(), ...axes(model, frame));
    for (const bar of model.bars) svg.append(this.#bar(bar, frame));
    element.replaceChildren(svg);
  }

  destroy(): void {
    this.#element?.replaceChildren();
    this.#element = null;
  }

  #pattern(): SVGElement {
    const pattern = node('pattern', {
      id: this.#hatch,
      width: 6,
      height: 6,
      patternUnits: 'userSpaceOnUse',
      patternTransform: 'rotate(45)',
    });
    pattern.append(
      node('rect', { class: 'hatch-ground', width: 6, height: 6 }),
      node('rect', { class: 'hatch-line', width: 2.5, height: 6 }),
    );
    const definitions = node('defs', {});
    definitions.append(pattern);
    return definitions;
  }

  #bar(bar: Bar, frame: Frame): SVGElement {
    const left = frame.x(bar.start);
    const width = Math.max(1, (frame.x(bar.end) - left) * 0.86);
    const base = frame.height - MARGIN.bottom;
    const height = barHeight(bar, base - frame.y(bar.value ?? 0));
    const kind = bar.value === 0 && bar.state !== 'open' ? `${bar.state} zero` : bar.state;
    const rect = node('rect', {
      class: `bar ${kind}`,
      x: left,
      y: base - height,
      width,
      height,
      'data-start': bar.start,
      'data-value': bar.value ?? 'null',
      'data-state': bar.state,
      ...(bar.state === 'partial' ? { fill: `url(#${this.#hatch})` } : {}),
    });
    const title = node('title', {});
    title.textContent = bar.tooltip;
    rect.append(title);
    return rect;
  }
}

function barHeight({ value, state }: Bar, height: number): number {
  if (value === null) return state === 'open' ? ZERO_HEIGHT : MISSING_HEIGHT;
  return Math.max(ZERO_HEIGHT, height);
}

function frameOf(element: HTMLElement, { from, to, yMax }: ChartModel): Frame {
  const width = element.clientWidth;
  const height = element.clientHeight;
  const innerWidth = width - MARGIN.left - MARGIN.right;
  const innerHeight = height - MARGIN.top - MARGIN.bottom;
  return {
    width,
    height,
    x: (at) => MARGIN.left + ((at - from) / (to - from)) * innerWidth,
    y: (value) => MARGIN.top + (1 - value / yMax) * innerHeight,
  };
}

function axes(model: ChartModel, frame: Frame): SVGElement[] {
  const right = frame.width - MARGIN.right;
  const lines = model.yTicks.flatMap((value) => {
    const y = frame.y(value);
    const label = node('text', {
      class: 'axis',
      x: MARGIN.left - 6,
      y: y + 4,
      'text-anchor': 'end',
    });
    label.textContent = formatCompact(value);
    return [
      node('line', {
        class: value === 0 ? 'baseline' : 'grid',
        x1: MARGIN.left,
        x2: right,
        y1: y,
        y2: y,
      }),
      label,
    ];
  });
  const times = model.xTicks.map(({ at, label: text }) => {
    const x = Math.min(Math.max(frame.x(at), MARGIN.left + 18), right - 24);
    const label = node('text', { class: 'axis', x, y: frame.height - 5, 'text-anchor': 'middle' });
    label.textContent = text;
    return label;
  });
  return [...lines, ...times];
}

function node(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
