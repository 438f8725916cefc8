// The command line as a process: its output, its exit code, its end with the test.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The file that is `weir`. */
export const DOOR = join(ROOT, 'bin/weir.mjs');

export interface CliOptions {
  /** The folder in which the command is given; default: the project's. */
  readonly cwd?: string;
  /** What is in the environment besides what the test has. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Cli {
  readonly child: ChildProcess;
  /** What it has said so far. */
  readonly seen: { out: string; err: string };
  /** Resolves with the exit code. */
  readonly exit: Promise<number>;
}

export function startCli(t: TestContext, args: readonly string[], options: CliOptions = {}): Cli {
  const child = spawn(process.execPath, [DOOR, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const seen = { out: '', err: '' };
  child.stdout.on('data', (data) => (seen.out += data));
  child.stderr.on('data', (data) => (seen.err += data));
  const exit = once(child, 'close').then(([code]) => code as number);
  t.after(() => child.kill('SIGKILL'));
  return { child, seen, exit };
}

/** Runs a command to its end. */
export async function runCli(t: TestContext, args: readonly string[], options: CliOptions = {}) {
  const { seen, exit } = startCli(t, args, options);
  return { code: await exit, ...seen };
}
