// Loaded before Weir in each of its threads: kills the process at a named step of the seal-and-commit path.
// WEIR_KILL_AT=<step>:<how many times the step passes first>
import { DatabaseSync, StatementSync } from 'node:sqlite';
import * as threads from 'node:worker_threads';

/** The steps, in the order in which a tick of the timer passes them. */
export const STEPS = [
  'before begin',
  'after begin',
  'after the first cell',
  'after a channel row',
  'after the sign of life',
  'before commit',
  'after commit',
  'after a ring is sealed',
  'after its amendments are sealed',
] as const;
export type Step = (typeof STEPS)[number];

const { step, after } = parse(process.env['WEIR_KILL_AT']);
let left = after;

function parse(text: string | undefined): { step: string | null; after: number } {
  const [name, count] = (text ?? '').split(':');
  return { step: name || null, after: Number(count ?? 0) };
}

function pass(name: Step): void {
  if (name !== step) return;
  left -= 1;
  if (left < 0) process.kill(process.pid, 'SIGKILL');
}

const isTimer = !threads.isMainThread && threads.threadName === 'timer';
if (step !== null && isTimer) {
  watchSql();
  watchBoard();
}

function watchSql(): void {
  const { exec } = DatabaseSync.prototype;
  DatabaseSync.prototype.exec = function (sql: string) {
    if (sql === 'BEGIN IMMEDIATE') pass('before begin');
    if (sql === 'COMMIT') pass('before commit');
    exec.call(this, sql);
    if (sql === 'BEGIN IMMEDIATE') pass('after begin');
    if (sql === 'COMMIT') pass('after commit');
  };
  const { run } = StatementSync.prototype;
  StatementSync.prototype.run = function (...values) {
    const result = (run as (...all: unknown[]) => ReturnType<typeof run>).apply(this, values);
    const { sourceSQL } = this;
    if (/"cell_1s"/.test(sourceSQL)) pass('after the first cell');
    if (/UPDATE channel\b/.test(sourceSQL)) pass('after a channel row');
    if (/\bmeta\b/.test(sourceSQL)) pass('after the sign of life');
    return result;
  };
}

/** The timer thread stores to the board only to say what is sealed: seconds first, then amendments. */
function watchBoard(): void {
  const { store } = Atomics;
  let count = 0;
  Atomics.store = ((array: Uint32Array, index: number, value: number) => {
    const result = store(array, index, value);
    count += 1;
    pass(count % 2 === 1 ? 'after a ring is sealed' : 'after its amendments are sealed');
    return result;
  }) as typeof Atomics.store;
}
