/** Messages counted per CPU-second: Weir's feed thread and a bare loop, in turn, in one go. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

const RUNS = 5;
const SHAPES = [
  { perFrame: 1, messageCount: 400_000 },
  { perFrame: 10, messageCount: 2_000_000 },
  { perFrame: 50, messageCount: 3_000_000 },
] as const;
const SIDES = ['weir', 'bare'] as const;

export async function throughput(print: (line: string) => void): Promise<void> {
  print(
    'Messages counted per CPU-second of the counting process, millions; median (least – most) of 5 runs in turn.',
  );
  print('| messages a frame | Weir, `count` | bare `ws` + `JSON.parse` | ratio, run by run |');
  print('|---|---|---|---|');
  for (const { perFrame, messageCount } of SHAPES) {
    const rates: Record<(typeof SIDES)[number], number[]> = { weir: [], bare: [] };
    for (let run = 0; run < RUNS; run++) {
      for (const side of SIDES) rates[side].push(await measure(side, perFrame, messageCount));
    }
    const ratios = rates.weir.map((rate, run) => rate / rates.bare[run]!);
    print(`| ${perFrame} | ${spread(rates.weir)} | ${spread(rates.bare)} | ${spread(ratios)} |`);
  }
}

async function measure(side: string, perFrame: number, messageCount: number): Promise<number> {
  const sender = start('sender.ts', [String(perFrame), String(messageCount)]);
  const [{ url }] = (await once(sender, 'message')) as [{ url: string }];
  const counting = start(`counting-${side}.ts`, [url, String(messageCount)]);
  const [{ cpuSeconds, counted }] = (await once(counting, 'message')) as [
    { cpuSeconds: number; counted: number },
  ];
  sender.kill();
  await once(sender, 'exit');
  if (counted !== messageCount) throw new Error(`${side} counted ${counted} of ${messageCount}`);
  return counted / cpuSeconds / 1e6;
}

function start(file: string, args: string[]): ChildProcess {
  return fork(new URL(file, import.meta.url), args);
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const text = (value: number) => value.toFixed(2);
  return `${text(sorted[sorted.length >> 1]!)} (${text(sorted[0]!)} – ${text(sorted.at(-1)!)})`;
}
