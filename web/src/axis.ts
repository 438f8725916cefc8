/** Round numbers for both axes. */
import { formatTick } from './format.ts';
import { fromLocal, offsetMs } from './zone.ts';

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
const LOG_LINES_MAX = 5;
/** A smaller spread of values has no axis of its own: it is dust of floating point, or nothing. */
const SPAN_MIN = 1e-9;
const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const MONTH_MS = 30 * DAY_MS;
const TIME_STEPS_MS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400,
  172_800, 604_800, 2_592_000, 7_776_000, 31_104_000,
].map((seconds) => seconds * SECOND_MS);
const TIME_TICKS_MAX = 6;

/** How a value is turned into height: as it is, or its magnitude, with zero where it belongs. */
export type Scale = 'linear' | 'log';

/** The place of a value on the axis, in the axis's own units. */
export function scaled(value: number, scale: Scale): number {
  return scale === 'linear' ? value : Math.sign(value) * Math.log10(1 + Math.abs(value));
}

/** 0, 1, 10, 100 …: each step of the axis is ten times the last. */
export function logAxis(values: readonly number[]): ValueAxis {
  const powers = (most: number) => (most > 0 ? Math.max(1, Math.ceil(Math.log10(most + 1))) : 0);
  const up = powers(values.reduce((most, value) => Math.max(most, value), 0));
  const down = powers(-values.reduce((least, value) => Math.min(least, value), 0));
  const every = Math.max(1, Math.ceil((up + down) / LOG_LINES_MAX));
  const shown = (count: number, sign: number) =>
    Array.from({ length: Math.ceil(count / every) }, (_, i) => sign * 10 ** ((i + 1) * every - 1));
  const ticks = [...shown(down, -1).reverse(), 0, ...shown(Math.max(up, 1), 1)];
  const last = Math.max(...values, ticks.at(-1)!);
  const first = Math.min(...values, ticks[0]!);
  return { min: first, max: last, ticks };
}

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

/** Round times at even steps of the zone's own clocks: its hours, its midnights, its first days of a month. */
export function timeTicks(from: number, to: number): { ticks: Tick[]; everyMs: number } {
  const everyMs =
    TIME_STEPS_MS.find((step) => (to - from) / step <= TIME_TICKS_MAX) ?? TIME_STEPS_MS.at(-1)!;
  const locals = everyMs >= MONTH_MS ? months(from, to, everyMs) : evenly(from, to, everyMs);
  // A day begins once, an hour that clocks show twice has two ticks.
  const moments = (local: number) => fromLocal(local).slice(0, everyMs < DAY_MS ? 2 : 1);
  const times = new Set(locals.flatMap(moments));
  const ticks = [...times]
    .filter((at) => at >= from && at <= to)
    .map((at) => ({ at, label: formatTick(at, everyMs) }));
  return { ticks, everyMs };
}

function evenly(from: number, to: number, everyMs: number): number[] {
  // A week's first day is Monday; the Unix clock began on a Thursday.
  const shift = everyMs === WEEK_MS ? 4 * DAY_MS : 0;
  const first = Math.floor((from + offsetMs(from) - shift) / everyMs) * everyMs + shift;
  const last = to + offsetMs(to);
  return Array.from(
    { length: Math.ceil((last - first) / everyMs) + 1 },
    (_, i) => first + i * everyMs,
  );
}

function months(from: number, to: number, everyMs: number): number[] {
  const each = Math.round(everyMs / MONTH_MS);
  const start = new Date(from + offsetMs(from));
  const year = start.getUTCFullYear();
  const count = Math.ceil((to - from) / (everyMs * 0.9)) + 2;
  const first = Math.floor(start.getUTCMonth() / each) * each;
  return Array.from({ length: count }, (_, i) => Date.UTC(year, first + i * each, 1));
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
