/** Measures that both renderers, the strip below them and the pointer's tip share. */

/** Pixels around the bars, in both renderers: the strip below and the pointer's tip rely on them. */
export const MARGIN = { left: 46, right: 20, top: 18, bottom: 22 };
/** Labels of the time axis keep this distance from middle to middle, in pixels. */
export const LABELS_APART_PX = 76;
/** Height of what stands for a bar that nobody saw, in pixels. Never 0, never that of a number. */
export const MISSING_HEIGHT_PX = 5;
