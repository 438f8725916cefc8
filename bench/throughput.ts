/**
 * Messages counted per CPU-second of the whole reading process: Weir and others, in turn, in one go.
 *
 * `--runs N` (5), `--only weir,bare`, `--cases count-10,keys-100`, `--json FILE`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Case, cases, sidesOf } from './cases.ts';
import type { Reader } from './peers.ts';
import { type CaseResult, type Results, type Run, table } from './results.ts';
import { type Side, sides } from './sides.ts';
import { type Program, Stream } from './stream.ts';

/** A side that can be started. */
interface Ready {
  readonly side: Side;
  readonly program: Program;
}

type Print = (line: string) => void;

export async function throughput(print: Print, args: readonly string[]): Promise<void> {
  const {
    runs,
    only,
    cases: named,
    json,
  } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '5' },
      only: { type: 'string' },
      cases: { type: 'string' },
      json: { type: 'string' },
    },
  }).values;
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  try {
    const ready = prepare(chosen(sides, only), folder, print);
    print(
      `Per CPU-second of the whole reading process; median (least – most) of ${runs} runs in turn.`,
    );
    const results: CaseResult[] = [];
    for (const one of chosen(cases, named)) {
      const result = await measureCase(one, ready, Number(runs));
      print(`\n${result.title}:\n\n${table(result).join('\n')}`);
      results.push(result);
    }
    if (json) writeFileSync(json, `${JSON.stringify(resultsOf(results, Number(runs)), null, 1)}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** All, or those that a flag names. */
function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  names?: string,
): readonly T[] {
  if (names === undefined) return all;
  const wanted = names.split(',');
  const unknown = wanted.filter((name) => !all.some((one) => one.name === name));
  if (unknown.length === 0) return all.filter(({ name }) => wanted.includes(name));
  throw new Error(
    `unknown: ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}`,
  );
}

/** Builds what is to be built. A side that cannot be had is left out, and said to be. */
function prepare(wanted: readonly Side[], folder: string, print: Print): Ready[] {
  const madeWith = new Set<string>();
  const ready = wanted.flatMap((side): Ready[] => {
    const reader: Reader = side.reader(folder);
    if ('missing' in reader) {
      print(`Left out: ${side.label}, because ${reader.missing}.\n`);
      return [];
    }
    if (reader.madeWith !== null) madeWith.add(reader.madeWith);
    const { command } = reader;
    return [{ side, program: { command, environment: side.environment ?? {} } }];
  });
  if (madeWith.size > 0) print(`${[...madeWith].join('; ')}.\n`);
  return ready;
}

async function measureCase(
  one: Case,
  ready: readonly Ready[],
  runCount: number,
): Promise<CaseResult> {
  const taking = sidesOf(
    one,
    ready.map(({ side }) => side),
  );
  const runs = new Map<Side, Run[]>(taking.map((side) => [side, []]));
  await using stream = await Stream.open(one.shape);
  for (let turn = 0; turn < runCount; turn++) {
    for (const { side, program } of ready)
      runs.get(side)?.push(await measure(one, side, program, stream));
  }
  return {
    name: one.name,
    title: one.title,
    sides: taking.map((side) => ({
      name: side.name,
      label: side.label,
      drain: side.counts !== 'messages',
      runs: runs.get(side)!,
    })),
  };
}

/** One run; a reader that did not count what was sent has not been measured. */
async function measure(one: Case, side: Side, program: Program, stream: Stream): Promise<Run> {
  const frameCount = Math.ceil((side.thousands[one.volume]! * 1_000) / one.shape.perFrame);
  const { sent, report } = await stream.read(program, one.work, frameCount);
  const { counted, keys, cpuSeconds } = report;
  if (counted !== sent[side.counts]) {
    throw new Error(`${side.label} counted ${counted} of ${sent[side.counts]} ${side.counts}`);
  }
  if (one.work === 'count-by' && keys !== one.shape.keyCount) {
    throw new Error(`${side.label} found ${keys} of ${one.shape.keyCount} keys`);
  }
  return { cpuSeconds, messages: sent.messages, bytes: sent.bytes };
}

function resultsOf(found: readonly CaseResult[], runs: number): Results {
  const [{ model }, ...others] = cpus() as [{ model: string }, ...unknown[]];
  return {
    machine: `${others.length + 1} × ${model}`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    runs,
    cases: found,
  };
}
