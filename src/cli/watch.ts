/**
 * Watching channels.yaml: says when it has new contents, whoever wrote it and however.
 *
 * The file is looked at by its name, again and again, and compared by its contents. So an editor that replaces the
 * file, a symlink that is pointed elsewhere, and a file mounted from another system are all alike; notifications
 * by the system would miss some of them.
 */
import { type Stats, unwatchFile, watchFile } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 400;
/** An editor may be in the middle of writing: the file is read once it has rested so long. */
const REST_MS = 150;

/** Calls `changed` after the file may have changed, also when it came or went, until the returned function is called. */
export function watchConfiguration(file: string, changed: () => void): () => void {
  let last = 0;
  let stopped = false;
  const listener = async (now: Stats, before: Stats) => {
    if (now.mtimeMs === before.mtimeMs && now.ino === before.ino && now.size === before.size)
      return;
    last += 1;
    const mine = last;
    await sleep(REST_MS);
    if (mine === last) changed();
  };
  watchFile(file, { interval: EVERY_MS, persistent: false }, listener);
  // The first look is taken a little later: what was written before it would be no change to it.
  void sleep(EVERY_MS, undefined, { ref: false }).then(() => {
    if (!stopped) changed();
  });
  return () => {
    last += 1;
    stopped = true;
    unwatchFile(file, listener);
  };
}
