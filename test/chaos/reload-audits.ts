// Random sequences of quick reloads while messages flow: channels come, go, are renamed and are counted in another way.
// After each sequence Weir stops, and the audit looks at the store, which holds all sequences before it as well.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../src/cli/index.ts';
import { seeded } from '../support/seeded.ts';
import { startTestWeir } from '../support/weir.ts';
import { Oracle } from './oracle.ts';

const STREAMS = ['s1', 's2', 's3'];
const PROCESSORS = ['count', 'count-by, key: k, keys: 3', 'sum, value: n', 'sum, value: n, key: k'];
/** A store grows with each sequence, and so does what the audit reads. */
const SEQUENCES_A_STORE = 50;

interface Entry {
  name: string;
  was: string | null;
  processor: string;
  title: number;
}

/** Runs so many sequences; fails with the seed of the first that leaves a difference. */
export async function reloadAudits(count: number, seed: number): Promise<void> {
  const oracle = await Oracle.start();
  const timer = setInterval(() => {
    for (const stream of STREAMS) oracle.publish(stream, 3);
  }, 10);
  let folder = '';
  try {
    for (let index = 0; index < count; index++) {
      if (index > 0 && index % 100 === 0) console.log(`${index} sequences`);
      if (index % SEQUENCES_A_STORE === 0) {
        if (folder !== '') rmSync(folder, { recursive: true });
        folder = mkdtempSync(join(tmpdir(), 'weir-reloads-'));
      }
      await sequence(oracle, join(folder, 'weir.db'), seed + index);
    }
  } finally {
    clearInterval(timer);
    await oracle.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function sequence(oracle: Oracle, store: string, seed: number): Promise<void> {
  const random = seeded(seed);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)]!;
  const entries = new Map<string, Entry | null>(
    STREAMS.map((stream) => [stream, { name: stream, was: null, processor: 'count', title: 0 }]),
  );
  const ends: (() => unknown)[] = [];
  const context = { after: (end: () => unknown) => ends.push(end) } as unknown as TestContext;
  const weir = await startTestWeir(context, yamlOf(oracle, entries), { store });
  for (let edit = 0; edit < 3 + random() * 6; edit++) {
    const stream = pick(STREAMS);
    entries.set(stream, changed(entries.get(stream)!, stream, random(), pick));
    await weir.reload(yamlOf(oracle, entries));
    await sleep(random() * 120);
  }
  for (const end of ends.reverse()) await end();
  const said: string[] = [];
  const add = (line: string) => void said.push(line);
  const code = await run(['audit', store], { print: add, complain: add });
  assert.equal(code, 0, `seed ${seed}: ${said.join('\n')}`);
}

function changed(
  entry: Entry | null,
  stream: string,
  dice: number,
  pick: <T>(from: readonly T[]) => T,
): Entry | null {
  if (!entry) return { name: stream, was: null, processor: pick(PROCESSORS), title: 0 };
  if (dice < 0.2) return null;
  if (dice < 0.4) {
    const name = entry.name === stream ? `${stream}-renamed` : stream;
    return { ...entry, name, was: entry.name };
  }
  if (dice < 0.8) return { ...entry, was: null, processor: pick(PROCESSORS) };
  return { ...entry, was: null, title: entry.title + 1 };
}

function yamlOf(oracle: Oracle, entries: ReadonlyMap<string, Entry | null>): string {
  const feedOf = (stream: string) =>
    `{ kind: satori, url: "ws://127.0.0.1:${oracle.port}", appkey: k, channel: ${stream} }`;
  const lines = [...entries].flatMap(([stream, entry]) => {
    if (!entry) return [];
    const feed = feedOf(stream);
    const was = entry.was === null ? '' : `, was: ${entry.was}`;
    const processor = `processor: { kind: ${entry.processor} }`;
    return `  ${entry.name}: { title: t${entry.title}, feed: ${feed}, ${processor}${was} }\n`;
  });
  // One channel stays: a file without any is refused.
  return `channels:\n  steady: { feed: ${feedOf(STREAMS[0]!)} }\n${lines.join('')}`;
}
