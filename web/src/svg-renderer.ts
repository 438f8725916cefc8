/** Weir's own bars: small SVG, at first paint, and for good where Google's servers cannot be had. */
import { thinTicks } from './axis.ts';
import type { ChartModel } from './chart-model.ts';
import { formatCompact } from './format.ts';
import { LABELS_APART_PX, MARGIN } from './plot-box.ts';
import type { ChartRenderer } from './renderer.ts';
import { barBox, type Frame, frameOf, labelFits, partBoxes } from './svg-frame.ts';
import { change, node } from './svg-node.ts';
import { currentZone } from './zone.ts';

let hatchCount = 0;

export class SvgRenderer implements ChartRenderer {
  readonly hatches = true;
  readonly #hatch = `hatch-${++hatchCount}`;
  readonly #svg = node('svg', { 'aria-hidden': 'true' });
  readonly #axes = node('g', {});
  readonly #bars = node('g', {});
  readonly #parts = node('g', {});
  /** Bar elements by the start of their interval. */
  readonly #drawn = new Map<number, SVGElement>();
  #axesKey = '';
  #element: HTMLElement | null = null;
  #model: ChartModel | null = null;

  mount(element: HTMLElement): void {
    this.#element = element;
    this.#svg.append(hatchPattern(this.#hatch), this.#axes, this.#bars, this.#parts);
    element.replaceChildren(this.#svg);
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
    const frame = frameOf(element.clientWidth, element.clientHeight, model);
    change(this.#svg, { width: frame.width, height: frame.height });
    this.#drawAxes(model, frame);
    this.#drawBars(model, frame);
    this.#drawParts(model, frame);
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

  #drawBars({ bars }: ChartModel, frame: Frame): void {
    const gone = new Set(this.#drawn.keys());
    for (const bar of bars) {
      gone.delete(bar.start);
      let rect = this.#drawn.get(bar.start);
      if (!rect) {
        rect = node('rect', { 'data-start': bar.start });
        this.#drawn.set(bar.start, rect);
        this.#bars.append(rect);
      }
      change(rect, {
        class: `bar ${bar.state}${bar.healed ? ' healed' : ''}${bar.parts && bar.value !== 0 ? ' split' : ''}`,
        ...barBox(bar, frame),
        'data-value': bar.value ?? 'null',
        'data-state': bar.state,
        fill: bar.state === 'partial' ? `url(#${this.#hatch})` : null,
      });
    }
    for (const start of gone) {
      this.#drawn.get(start)?.remove();
      this.#drawn.delete(start);
    }
  }

  /** The keys' parts lie over the bar, whose outline still tells its state. */
  #drawParts({ bars }: ChartModel, frame: Frame): void {
    const wanted = bars.flatMap((bar) =>
      partBoxes(bar, frame, barBox(bar, frame)).map(({ part, box }) => ({
        class: `part look-${part.look} ${bar.state}`,
        'data-key': part.key,
        'data-value': part.value,
        ...box,
      })),
    );
    while (this.#parts.childElementCount > wanted.length) this.#parts.lastElementChild!.remove();
    wanted.forEach((attributes, index) => {
      const held = this.#parts.children[index];
      if (held) change(held as SVGElement, attributes);
      else this.#parts.append(node('rect', attributes));
    });
  }
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
