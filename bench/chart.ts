/**
 * `node bench/chart.ts RESULTS.json [docs/bench.svg]`: draws what `throughput --json` wrote, the case `count-10`, as
 * bars on a logarithmic scale: from the slowest reader of Python to a drain in C it is a factor of a hundred.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { DRAWN } from './cases.ts';
import { type CaseResult, type Results, rates, type SideResult } from './results.ts';
import { type Spread, spreadOf, writeFigure } from './statistics.ts';

const WIDTH = 760;
/** Where bars begin; names are to the left. */
const LEFT = 268;
/** Where the scale ends; figures may stand to the right. */
const RIGHT = 640;
const TOP = 64;
const ROW = 30;
const BAR = 16;

/** Colours that stand on white and on black; where the reader's scheme is known, text follows it. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #57606a; }
  .title { font-size: 15px; font-weight: 600; }
  .name, .figure, .title { fill: #1f2328; }
  .figure { font-variant-numeric: tabular-nums; }
  .grid { stroke: #8c959f; stroke-opacity: .3; }
  .weir { fill: #2f81f7; }
  .other { fill: #8c959f; }
  .drain { fill: #8c959f; fill-opacity: .35; }
  .spread { stroke: #1f2328; stroke-opacity: .7; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1; }
    .name, .figure, .title { fill: #f0f6fc; }
    .spread { stroke: #f0f6fc; }
  }`;

interface Bar {
  readonly side: SideResult;
  readonly rate: Spread;
}

/** The chart as SVG. */
export function chart({ machine, node, date, runs, cases }: Results): string {
  const drawn = cases.find(({ name }) => name === DRAWN);
  if (!drawn) throw new Error(`the results have no case ${DRAWN}`);
  const bars = barsOf(drawn);
  const bottom = TOP + bars.length * ROW;
  const height = bottom + 68;
  const across = scale(bars);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(describe(bars))}">`,
    `<style>${STYLE}\n</style>`,
    text(8, 24, 'Messages per second of CPU time, in millions', 'title'),
    text(8, 44, `${drawn.title}; the whole reading process; logarithmic scale`),
    ...grid(across, bottom),
    ...bars.flatMap((bar, row) => draw(bar, TOP + row * ROW, across)),
    text(8, bottom + 40, 'Pale: takes bytes or frames, and counts no messages.'),
    text(
      8,
      bottom + 58,
      `${runs === 1 ? 'One run' : `Median of ${runs} runs in turn, line: least to most`}. ${machine}, Node ${node.slice(1)}, ${date}.`,
    ),
    '</svg>',
  ].join('\n')}\n`;
}

/** The fastest first. */
function barsOf({ sides }: CaseResult): Bar[] {
  return sides
    .map((side) => ({ side, rate: spreadOf(rates(side)) }))
    .sort((a, b) => b.rate.median - a.rate.median);
}

interface Scale {
  /** Powers of ten, from the one below all bars to the one above. */
  readonly decades: readonly number[];
  at(rate: number): number;
}

function scale(bars: readonly Bar[]): Scale {
  const from = Math.floor(Math.log10(Math.min(...bars.map(({ rate }) => rate.least))));
  const to = Math.ceil(Math.log10(Math.max(...bars.map(({ rate }) => rate.most))));
  const perDecade = (RIGHT - LEFT) / (to - from || 1);
  return {
    decades: Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index)),
    at: (rate) => LEFT + (Math.log10(rate) - from) * perDecade,
  };
}

function grid({ decades, at }: Scale, bottom: number): string[] {
  return decades.flatMap((rate) => {
    const x = at(rate).toFixed(1);
    return [
      `<line class="grid" x1="${x}" x2="${x}" y1="${TOP}" y2="${bottom}"/>`,
      `<text x="${x}" y="${bottom + 16}" text-anchor="middle">${Number(rate.toPrecision(1))}</text>`,
    ];
  });
}

function draw({ side, rate }: Bar, y: number, { at }: Scale): string[] {
  const middle = y + ROW / 2;
  const width = (at(rate.median) - LEFT).toFixed(1);
  const [least, most] = [at(rate.least), at(rate.most)];
  const top = middle - BAR / 2;
  return [
    `<text class="name" x="${LEFT - 8}" y="${middle + 4}" text-anchor="end">${escaped(side.label)}</text>`,
    `<rect class="${kindOf(side)}" x="${LEFT}" y="${top}" width="${width}" height="${BAR}" rx="2"/>`,
    `<line class="spread" x1="${least.toFixed(1)}" x2="${most.toFixed(1)}" y1="${middle}" y2="${middle}"/>`,
    text(Math.round(most) + 8, middle + 4, writeFigure(rate.median), 'figure'),
  ];
}

function kindOf({ name, drain }: SideResult): string {
  if (drain) return 'drain';
  return name.startsWith('weir') ? 'weir' : 'other';
}

function describe(bars: readonly Bar[]): string {
  const parts = bars.map(({ side, rate }) => `${side.label} ${writeFigure(rate.median)}`);
  return `Millions of messages per second of CPU time: ${parts.join(', ')}`;
}

function text(x: number, y: number, content: string, kind?: string): string {
  const of = kind === undefined ? '' : ` class="${kind}"`;
  return `<text${of} x="${x}" y="${y}">${escaped(content)}</text>`;
}

/** As text of SVG; names in tables are written with backticks. */
function escaped(content: string): string {
  return content
    .replaceAll('`', '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;');
}

if (import.meta.main) {
  const [from, to = 'docs/bench.svg'] = process.argv.slice(2);
  if (from === undefined) throw new Error('which results? Write them with --json FILE');
  writeFileSync(to, chart(JSON.parse(readFileSync(from, 'utf8'))));
}
