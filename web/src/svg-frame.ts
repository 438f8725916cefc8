/** Where things stand in the built-in chart, in pixels. Pure. */
import { scaled } from './axis.ts';
import type { Bar, ChartModel } from './chart-model.ts';
import { MARGIN, MISSING_HEIGHT_PX } from './plot-box.ts';

/** Height of what stands for a zero: a tick on the baseline. Bars of less are as high, so that they are seen. */
const ZERO_HEIGHT_PX = 2;
const HALF_LABEL_PX = 30;

export interface Frame {
  readonly width: number;
  readonly height: number;
  x(at: number): number;
  y(value: number): number;
}

export function frameOf(
  width: number,
  height: number,
  { from, to, values, scale }: Pick<ChartModel, 'from' | 'to' | 'values' | 'scale'>,
): Frame {
  const innerWidth = width - MARGIN.left - MARGIN.right;
  const innerHeight = height - MARGIN.top - MARGIN.bottom;
  const [min, max] = [scaled(values.min, scale), scaled(values.max, scale)];
  return {
    width,
    height,
    x: (at) => MARGIN.left + ((at - from) / (to - from)) * innerWidth,
    y: (value) => MARGIN.top + ((max - scaled(value, scale)) / (max - min)) * innerHeight,
  };
}

/** The bar in the middle of its interval, with a little air, at least a pixel wide; below 0 for negative sums. */
export function barBox(bar: Bar, frame: Frame) {
  const slot = frame.x(bar.end) - frame.x(bar.start);
  const width = Math.max(1, slot - Math.max(1, slot * 0.1));
  const x = frame.x(bar.start) + (slot - width) / 2;
  const base = frame.y(0);
  if (bar.value !== null && bar.value < 0) {
    return { x, y: base, width, height: Math.max(ZERO_HEIGHT_PX, frame.y(bar.value) - base) };
  }
  const height = upHeight(bar, base - frame.y(bar.value ?? 0));
  return { x, y: base - height, width, height };
}

/** The boxes of a bar's parts, from the baseline up. */
export function partBoxes({ parts }: Bar, frame: Frame, { x, width }: ReturnType<typeof barBox>) {
  let below = 0;
  return (parts ?? []).map((part) => {
    const bottom = frame.y(below);
    below += part.value;
    const y = frame.y(below);
    return { part, box: { x, y, width, height: Math.max(0, bottom - y) } };
  });
}

function upHeight({ value, state }: Bar, height: number): number {
  if (value === null) return state === 'open' ? ZERO_HEIGHT_PX : MISSING_HEIGHT_PX;
  return Math.max(ZERO_HEIGHT_PX, height);
}

/** Whether a label in the middle at `x` has room; half a label would mislead. */
export function labelFits(x: number, { width }: Frame): boolean {
  return x >= HALF_LABEL_PX && x <= width - HALF_LABEL_PX;
}
