/** Round numbers for both axes. */
import { formatTick } from './format.ts';

export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface ValueAxis {
  /** 0, or below where a sum is negative. */
  readonly min: number;
  readonly max: number;
  /** From min to max, evenly; 0 is one of them. */
  readonly ticks: readonly number[];
}

const STEP_FACTORS = [1, 2, 2.5, 5, 10];
const LINES_WANTED = 3;
/** A smaller spread of values has no axis of its own: it is dust of floating point, or nothing. */
const SPAN_MIN = 1e-9;
const SECOND_MS = 1_000;
const TIME_STEPS_MS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400,
  172_800, 604_800, 2_592_000,
].map((seconds) => seconds * SECOND_MS);
const TIME_TICKS_MAX = 6;

/** Starts at 0 always: bars that do not would lie about ratios. `whole`: messages do not come in halves. */
export function valueAxis(values: readonly number[], whole: boolean): ValueAxis {
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  const span = high - low;
  const step = valueStep(span >= SPAN_MIN ? span : 1, whole);
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    tidy((first + index) * step),
  );
  return { min: tidy(first * step), max: tidy(last * step), ticks };
}

function valueStep(span: number, whole: boolean): number {
  const rough = span / LINES_WANTED;
  const power = 10 ** Math.floor(Math.log10(rough));
  const steps = STEP_FACTORS.map((factor) => factor * power);
  const fits = (step: number) => step >= rough && (!whole || Number.isInteger(step));
  return steps.find(fits) ?? Math.max(1, Math.ceil(rough));
}

/** Without the dust that 3 × 0.1 leaves. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** Round times at even steps of the reader's own clock. */
export function timeTicks(from: number, to: number): { ticks: Tick[]; everyMs: number } {
  const everyMs =
    TIME_STEPS_MS.find((step) => (to - from) / step <= TIME_TICKS_MAX) ?? TIME_STEPS_MS.at(-1)!;
  const offsetMs = new Date(from).getTimezoneOffset() * 60_000;
  const ticks: Tick[] = [];
  const first = Math.ceil((from - offsetMs) / everyMs) * everyMs + offsetMs;
  for (let at = first; at <= to; at += everyMs) {
    ticks.push({ at, label: formatTick(at, everyMs) });
  }
  return { ticks, everyMs };
}

/** Every second, third … tick, so that labels keep `apartPx`; always the same ones while the axis moves on. */
export function thinTicks(
  ticks: readonly Tick[],
  everyMs: number,
  pxPerMs: number,
  apartPx: number,
): Tick[] {
  const each = Math.max(1, Math.ceil(apartPx / (everyMs * pxPerMs)));
  return ticks.filter(({ at }) => Math.floor(at / everyMs) % each === 0);
}
