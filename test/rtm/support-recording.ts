/** Recordings in a folder of their own that is removed when the test ends. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Sleep } from '../../src/rtm/sleep.ts';

/** Writes a file of lines and returns its path. */
export function recording(test: TestContext, lines: readonly unknown[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-rtm-'));
  test.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'recording.jsonl');
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(file, `${texts.join('\n')}\n`);
  return file;
}

/** One recorded PDU with one message, received at `timestamp` (seconds). */
export function recorded(timestamp: number, message: unknown, channel = 'c'): unknown {
  return { subscription_id: channel, position: '1:1', messages: [message], timestamp };
}

/** Time that passes only by sleeping, at once. `sleptMs` lists each sleep. */
export function sleepingClock(startMs = 1_700_000_000_000): {
  readonly clock: () => number;
  readonly sleep: Sleep;
  readonly sleptMs: number[];
} {
  let now = startMs;
  const sleptMs: number[] = [];
  const sleep: Sleep = async (ms) => {
    sleptMs.push(ms);
    now += ms;
  };
  return { clock: () => now, sleep, sleptMs };
}
