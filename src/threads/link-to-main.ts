/** A thread's end of its line to main. */
import { parentPort } from 'node:worker_threads';
import { NoteLimit } from '../counting/notes.ts';
import type { EventKind } from '../model/channel.ts';
import type { Clock } from '../model/clock.ts';
import type { FromThread, ToThread } from './messages.ts';

export function tellMain(message: FromThread): void {
  parentPort!.postMessage(message);
}

/** Events of the whole service, each kind at most once in a while: a client must not be able to fill the store with them. */
export function limitedEvents(clock: Clock, tell = tellMain): NoteLimit {
  const event = (kind: EventKind, detail: string) =>
    tell({ kind: 'event', event: { at: clock.now(), channel: null, kind, detail } });
  return new NoteLimit({ event, gap: () => {} }, clock);
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
