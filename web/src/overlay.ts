/**
 * What lies over the bars, whoever draws them: hatching of partial bars, patterns of keys, where the period before
 * was, and marks of events. Made from the same model and the same measures.
 */
import type { Bar, ChartModel } from './chart-model.ts';
import { MARGIN } from './plot-box.ts';
import { barBox, type Frame, frameOf, partBoxes } from './svg-frame.ts';
import { type Attributes, change, node, ShapeSet } from './svg-node.ts';

/** Something that happened at one moment. */
export interface Mark {
  readonly at: number;
  readonly kind: string;
}

/** A split bar with more pixels than that has room for patterns. */
const PATTERN_PX_MIN = 5;
let count = 0;

export class Overlay {
  readonly #name = `over-${++count}`;
  readonly #svg = node('svg', { class: 'overlay', 'aria-hidden': 'true' });
  readonly #shapes = node('g', {});
  readonly #set = new ShapeSet(this.#shapes);
  #width = 0;
  #height = 0;

  mount(box: HTMLElement): void {
    this.#svg.append(patterns(this.#name), this.#shapes);
    box.append(this.#svg);
  }

  /** `hatch`: whether partial bars are to be hatched here. */
  update(model: ChartModel, marks: readonly Mark[], hatch: boolean): void {
    if (this.#width === 0) this.measure();
    const [width, height] = [this.#width, this.#height];
    if (width === 0) return;
    change(this.#svg, { width, height });
    const frame = frameOf(width, height, model);
    const shapes = [
      ...model.bars.flatMap((bar) => this.#shapesOf(bar, frame, model.compare, hatch)),
      ...marks
        .filter(({ at }) => at >= model.from && at < model.to)
        .map((mark) => markShape(mark, frame)),
    ];
    this.#set.show(shapes.map((shape, index) => [`${shape['class']} ${index}`, shape]));
  }

  /** The box has changed. */
  measure(): void {
    const { clientWidth = 0, clientHeight = 0 } = this.#svg.parentElement ?? {};
    this.#width = clientWidth;
    this.#height = clientHeight;
  }

  destroy(): void {
    this.#svg.remove();
  }

  #shapesOf(bar: Bar, frame: Frame, compare: boolean, hatch: boolean): Attributes[] {
    const box = barBox(bar, frame);
    const shapes: Attributes[] = [];
    for (const { part, box: area } of box.width > PATTERN_PX_MIN
      ? partBoxes(bar, frame, box)
      : []) {
      if (part.pattern === 'plain') continue;
      shapes.push({ class: 'pattern', ...area, fill: `url(#${this.#name}-${part.pattern})` });
    }
    if (bar.state === 'partial' && (hatch || bar.parts)) {
      shapes.push({ class: 'hatch', ...box, fill: `url(#${this.#name}-hatch)` });
    }
    if (compare && bar.previous && bar.previous.value !== null) {
      const y = frame.y(bar.previous.value) - 1.5;
      const slot = frame.x(bar.end) - frame.x(bar.start);
      shapes.push({
        class: 'before',
        x: frame.x(bar.start),
        y,
        width: slot,
        height: 3,
        'data-start': bar.start,
        'data-value': bar.previous.value,
      });
    }
    return shapes;
  }
}

function markShape({ at, kind }: Mark, frame: Frame): Attributes {
  const y = MARGIN.top - 6;
  return {
    class: `mark ${kind}`,
    x: frame.x(at) - 1,
    y,
    width: 2,
    height: frame.height - MARGIN.bottom - y,
  };
}

function patterns(name: string): SVGElement {
  const definitions = node('defs', {});
  const pattern = (id: string, size: number, shape: SVGElement) => {
    const element = node('pattern', {
      id: `${name}-${id}`,
      width: size,
      height: size,
      patternUnits: 'userSpaceOnUse',
      patternTransform: 'rotate(45)',
    });
    element.append(shape);
    definitions.append(element);
  };
  pattern('hatch', 6, node('rect', { class: 'hatch-ground', width: 3, height: 6 }));
  pattern('lines', 5, node('rect', { class: 'pattern-ink', width: 1.5, height: 5 }));
  pattern('dots', 5, node('circle', { class: 'pattern-ink', cx: 2, cy: 2, r: 1.2 }));
  return definitions;
}
