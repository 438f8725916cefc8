/**
 * A thread's end of its line to main, and what main started it with. Both are taken from `node:worker_threads` before any
 * user code is loaded, so that a class finds neither the line nor the shared memory there.
 */
import { syncBuiltinESMExports } from 'node:module';
import threads, { type MessagePort } from 'node:worker_threads';
import type { FromThread, ThreadStart, ToThread } from './messages.ts';

const { data, line } = take();

function take(): { readonly data: unknown; readonly line: MessagePort } {
  const start = threads.workerData as ThreadStart;
  (threads as { workerData: unknown }).workerData = null;
  syncBuiltinESMExports();
  return start;
}

/** What main started this thread with: each thread has a type of its own. */
export function threadData<D>(): D {
  return data as D;
}

export function tellMain(message: FromThread): void {
  line.postMessage(message);
}

/**
 * Keeps what user code posts to its parent from main: it goes nowhere. `onFirst` is called for the first post. To be
 * called before user code is loaded.
 */
export function closeParentPort(onFirst: () => void): void {
  const port = threads.parentPort!;
  let posted = false;
  port.close();
  port.postMessage = () => {
    if (!posted) onFirst();
    posted = true;
  };
}

/**
 * Calls `handle` for what main says, one message after the other; after `stop` has been handled, says so and lets
 * the thread end. An error in `handle` ends the thread: later messages build on the earlier ones.
 */
export function hearMain(handle: (message: ToThread) => void | Promise<void>): void {
  let before = Promise.resolve();
  line.on('message', (message: ToThread) => {
    before = before
      .then(async () => {
        await handle(message);
        if (message.kind !== 'stop') return;
        tellMain({ kind: 'stopped' });
        line.close();
      })
      .catch((error) => {
        process.nextTick(() => {
          throw error;
        });
      });
  });
}
