/** The seam between the page and whoever draws the bars. Both renderers show one model alike. */
import type { ChartModel } from './chart-model.ts';

export interface ChartRenderer {
  /** Whether it draws the hatching of partial bars itself; else the overlay does. */
  readonly hatches: boolean;
  /** Takes an empty element over. Called once. Colours are read from the element's CSS whenever it draws. */
  mount(element: HTMLElement): void;
  /** Shows the model; called for each change. Changes what differs, and leaves the rest standing. */
  update(model: ChartModel): void;
  /** The box or the colours have changed: measures, and draws the last model again. Nothing into a box without width. */
  resize(): void;
  /** Gives the element back, empty. Nothing is called afterwards. */
  destroy(): void;
}
