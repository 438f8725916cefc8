/** Who draws in a card's box: one renderer, and for a moment the next one above it, until that has drawn. */
import type { ChartModel } from './chart-model.ts';
import type { ChartRenderer } from './renderer.ts';

interface Act {
  readonly layer: HTMLElement;
  readonly renderer: ChartRenderer;
}

export class ChartStage {
  readonly #box: HTMLElement;
  readonly #onDrawn: (by: ChartRenderer, model: ChartModel) => void;
  #current: Act | null = null;
  #next: Act | null = null;
  #model: ChartModel | null = null;
  #ended = false;

  /** `onDrawn` hears who draws now, each time something is drawn. */
  constructor(
    box: HTMLElement,
    onDrawn: (by: ChartRenderer, model: ChartModel) => void = () => {},
  ) {
    this.#box = box;
    this.#onDrawn = onDrawn;
  }

  /** Lets another renderer take over, at once or when it says that it has drawn: the bars never flash. */
  show(make: (drawn: () => void) => ChartRenderer, when: 'at once' | 'once drawn'): void {
    if (this.#ended) return;
    const layer = document.createElement('div');
    layer.className = 'layer waiting';
    this.#box.append(layer);
    const act: Act = { layer, renderer: make(() => this.#takeOver(act)) };
    leave(this.#next);
    this.#next = act;
    act.renderer.mount(layer);
    if (when === 'at once') this.#takeOver(act);
    if (this.#model) act.renderer.update(this.#model);
  }

  update(model: ChartModel): void {
    this.#model = model;
    this.#current?.renderer.update(model);
    this.#next?.renderer.update(model);
    this.#drawn();
  }

  #drawn(): void {
    if (this.#current && this.#model) this.#onDrawn(this.#current.renderer, this.#model);
  }

  resize(): void {
    this.#current?.renderer.resize();
    this.#next?.renderer.resize();
    this.#drawn();
  }

  destroy(): void {
    this.#ended = true;
    for (const act of [this.#current, this.#next]) leave(act);
    this.#current = null;
    this.#next = null;
  }

  #takeOver(act: Act): void {
    if (this.#next !== act) return;
    leave(this.#current);
    this.#current = act;
    this.#next = null;
    act.layer.className = 'layer';
    this.#drawn();
  }
}

function leave(act: Act | null): void {
  act?.renderer.destroy();
  act?.layer.remove();
}
