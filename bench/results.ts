/** What `throughput` found: written as JSON, printed as tables, drawn as a chart. */
import { FLOOR, MEASURE } from './sides.ts';
import { spreadOf, writeFigure, writeSpread } from './statistics.ts';

export interface Results {
  readonly machine: string;
  readonly node: string;
  readonly date: string;
  readonly runs: number;
  readonly cases: readonly CaseResult[];
}

export interface CaseResult {
  readonly name: string;
  readonly title: string;
  readonly sides: readonly SideResult[];
}

export interface SideResult {
  readonly name: string;
  readonly label: string;
  /** Whether it only takes the bytes, or the frames, and counts no messages. */
  readonly drain: boolean;
  readonly runs: readonly Run[];
}

/** One run of one side. */
export interface Run {
  readonly cpuSeconds: number;
  readonly messages: number;
  readonly bytes: number;
}

/** Messages a CPU-second, in millions, run by run. */
export function rates({ runs }: SideResult): number[] {
  return runs.map(({ messages, cpuSeconds }) => messages / cpuSeconds / 1e6);
}

/** The lines of a case's table. */
export function table({ sides }: CaseResult): string[] {
  const measure = sides.find(({ name }) => name === MEASURE);
  const floor = sides.find(({ name }) => name === FLOOR);
  const heads = ['', 'M messages/CPU-s', 'GB/CPU-s'];
  if (measure) heads.push('× bare `ws` + `JSON.parse`');
  if (floor) heads.push('of the C drain’s bytes');
  return [
    row(heads),
    row(heads.map(() => '---')),
    ...sides.map((side) => {
      const cells = [
        side.label,
        writeSpread(rates(side)),
        writeFigure(spreadOf(bytesRates(side)).median),
      ];
      if (measure)
        cells.push(side === measure ? '1' : writeSpread(ratios(rates(side), rates(measure))));
      if (floor) cells.push(share(ratios(bytesRates(side), bytesRates(floor))));
      return row(cells);
    }),
  ];
}

/** Gigabytes a CPU-second, run by run. */
function bytesRates({ runs }: SideResult): number[] {
  return runs.map(({ bytes, cpuSeconds }) => bytes / cpuSeconds / 1e9);
}

function ratios(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, run) => value / others[run]!);
}

function share(values: readonly number[]): string {
  return `${(spreadOf(values).median * 100).toFixed(1)} %`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
