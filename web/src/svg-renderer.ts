/** Weir's own bars: small SVG, at first paint, and for good where Google's servers cannot be had. */
import { thinTicks } from './axis.ts';
import type { Bar, ChartModel } from './chart-model.ts';
import { formatCompact } from './format.ts';
import { LABELS_APART_PX, MARGIN } from './plot-box.ts';
import type { ChartRenderer } from './renderer.ts';
import { barBox, type Frame, frameOf, labelFits, partBoxes } from './svg-frame.ts';
import { type Attributes, change, node, ShapeSet } from './svg-node.ts';
import { currentZone } from './zone.ts';

let hatchCount = 0;

export class SvgRenderer implements ChartRenderer {
  readonly hatches = true;
  readonly #hatch = `hatch-${++hatchCount}`;
  readonly #svg = node('svg', { 'aria-hidden': 'true' });
  readonly #axes = node('g', {});
  readonly #bars = node('g', {});
  readonly #parts = node('g', {});
  readonly #barShapes = new ShapeSet(this.#bars);
  readonly #partShapes = new ShapeSet(this.#parts);
  #anchor = 0;
  #lengthMs = 0;
  #anchoredWidth = 0;
  #axesKey = '';
  #width = 0;
  #height = 0;
  #element: HTMLElement | null = null;
  #model: ChartModel | null = null;

  mount(element: HTMLElement): void {
    this.#element = element;
    this.#svg.append(hatchPattern(this.#hatch), this.#axes, this.#bars, this.#parts);
    element.replaceChildren(this.#svg);
  }

  update(model: ChartModel): void {
    this.#model = model;
    if (this.#width === 0) this.#measure();
    this.#draw();
  }

  resize(): void {
    this.#measure();
    this.#draw();
  }

  /** Reading a size after something has been written makes the browser lay out everything, so it is read seldom. */
  #measure(): void {
    this.#width = this.#element?.clientWidth ?? 0;
    this.#height = this.#element?.clientHeight ?? 0;
  }

  #draw(): void {
    const model = this.#model;
    // A box without width is not on the screen; it is drawn when it gets one.
    if (!this.#element || !model || this.#width === 0) return;
    const frame = frameOf(this.#width, this.#height, model);
    change(this.#svg, { width: frame.width, height: frame.height });
    this.#drawAxes(model, frame);
    this.#drawBars(model, frame);
  }

  destroy(): void {
    this.#element?.replaceChildren();
    this.#element = null;
  }

  /** The axes change seldom, so they are made anew when they do. */
  #drawAxes(model: ChartModel, frame: Frame): void {
    const { width, height } = frame;
    const key = JSON.stringify([
      width,
      height,
      model.values,
      model.scale,
      model.from,
      model.to,
      currentZone(),
    ]);
    if (key === this.#axesKey) return;
    this.#axesKey = key;
    this.#axes.replaceChildren(...valueLines(model, frame), ...timeLabels(model, frame));
  }

  /**
   * While time goes on, bars keep their places in a group that moves to the left: only what is new is written.
   * The anchor is the time at which the group's own left end stands.
   */
  #drawBars(model: ChartModel, { width, height }: Frame): void {
    const { from, to, bars } = model;
    const lengthMs = to - from;
    if (this.#lengthMs !== lengthMs || this.#anchoredWidth !== width) {
      this.#anchor = from;
      this.#lengthMs = lengthMs;
      this.#anchoredWidth = width;
    }
    const frame = frameOf(width, height, {
      ...model,
      from: this.#anchor,
      to: this.#anchor + lengthMs,
    });
    const shift = frame.x(this.#anchor) - frame.x(from);
    change(this.#bars, { transform: `translate(${shift})` });
    change(this.#parts, { transform: `translate(${shift})` });
    const isKeyed = model.keys.length > 0;
    const boxes = bars.map((bar) => barBox(bar, frame));
    this.#barShapes.show(
      bars.map((bar, index) => [bar.start, this.#barShape(bar, boxes[index]!, isKeyed)]),
    );
    // The keys' parts lie over the bar, whose outline still tells its state.
    this.#partShapes.show(bars.flatMap((bar, index) => partShapes(bar, frame, boxes[index]!)));
  }

  #barShape(bar: Bar, box: ReturnType<typeof barBox>, isKeyed: boolean): Attributes {
    const split = bar.parts && bar.value !== 0;
    // A bar without its keys, among bars with theirs, must not look like the first key's.
    const unsplit = isKeyed && !bar.parts && bar.value !== null;
    return {
      class: `bar ${bar.state}${bar.healed ? ' healed' : ''}${split ? ' split' : ''}${unsplit ? ' unsplit' : ''}`,
      ...box,
      'data-start': bar.start,
      'data-value': bar.value ?? 'null',
      'data-state': bar.state,
      fill: bar.state === 'partial' ? `url(#${this.#hatch})` : null,
    };
  }
}

function partShapes(bar: Bar, frame: Frame, box: ReturnType<typeof barBox>) {
  return partBoxes(bar, frame, box).map(({ part, box: area }): [string, Attributes] => [
    `${bar.start} ${part.key}`,
    {
      class: `part look-${part.look} ${bar.state}`,
      'data-key': part.key,
      'data-value': part.value,
      ...area,
    },
  ]);
}

function hatchPattern(id: string): SVGElement {
  const pattern = node('pattern', {
    id,
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

function valueLines({ values }: ChartModel, frame: Frame): SVGElement[] {
  return values.ticks.flatMap((value) => {
    const y = Math.round(frame.y(value)) + 0.5;
    const kind = value === 0 ? 'baseline' : 'grid';
    const ends = { x1: MARGIN.left, x2: frame.width - MARGIN.right, y1: y, y2: y };
    return [
      node('line', { class: kind, ...ends }),
      label(formatCompact(value), MARGIN.left - 8, y + 3.5, 'end'),
    ];
  });
}

function timeLabels({ times, timesEveryMs }: ChartModel, frame: Frame): SVGElement[] {
  return thinTicks(times, timesEveryMs, frame.x(1) - frame.x(0), LABELS_APART_PX)
    .filter(({ at }) => labelFits(frame.x(at), frame))
    .map(({ at, label: text }) => label(text, frame.x(at), frame.height - 5, 'middle'));
}

function label(text: string, x: number, y: number, anchor: string): SVGElement {
  const element = node('text', { class: 'axis', x, y, 'text-anchor': anchor });
  element.textContent = text;
  return element;
}
