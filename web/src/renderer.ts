/** The seam between the page and whoever draws the bars. Both renderers show one model alike. */
import type { ChartModel } from './chart-model.ts';

export interface ChartRenderer {
  /** Takes an empty element over. Called once. */
  mount(element: HTMLElement): void;
  /** Draws the model; called for each change. */
  update(model: ChartModel): void;
  /** The box or the colours have changed: draws the last model again. */
  resize(): void;
  destroy(): void;
}
