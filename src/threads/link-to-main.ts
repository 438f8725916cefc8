/** A thread's end of its line to main. */
import { parentPort } from 'node:worker_threads';
import type { FromThread, ToThread } from './messages.ts';

export function tellMain(message: FromThread): void {
  parentPort!.postMessage(message);
}

/**
 * Calls `handle` for what main says, one message after the other; after `stop` has been handled, says so and lets
 * the thread end.
 */
export function hearMain(handle: (message: ToThread) => void | Promise<void>): void {
  let before = Promise.resolve();
  parentPort!.on('message', (message: ToThread) => {
    before = before.then(async () => {
      await handle(message);
      if (message.kind !== 'stop') return;
      tellMain({ kind: 'stopped' });
      parentPort!.close();
    });
  });
}
