/**
 * Watching channels.yaml: says when it has new contents, whoever wrote it and however.
 *
 * The file is looked at by its name, again and again, and compared with the look before. So an editor that replaces the
 * file, a symlink that is pointed elsewhere, and a file mounted from another system are all alike; notifications
 * by the system would miss some of them.
 */
import { stat } from 'node:fs/promises';
import type { Timers } from '../model/clock.ts';

/** Between two looks. */
export const LOOK_MS = 200;
/** A file is being written as long as looks differ; it is over once they have been the same for so long. */
export const REST_MS = 400;
/** The same for a file that is gone, or shorter than it was: it may come back, or be a half that waits for the other. */
export const SHORT_REST_MS = 2_000;

export interface WatchParts {
  readonly timers: Timers;
  /** Milliseconds since some fixed moment. */
  readonly elapsed: () => number;
  /** Size of the file as it was read last, in bytes. */
  readonly size: number;
  /** Called when the file has rested after a change, also when it came or went; and once after the first rest. */
  readonly changed: () => void;
}

interface Look {
  /** Differs between two looks when the file was touched. */
  readonly stamp: string;
  /** In bytes; -1 for a file that is not there. */
  readonly size: number;
}

/** Watches until the returned function is called. */
export function watchConfiguration(file: string, parts: WatchParts): () => void {
  const { timers, elapsed, changed } = parts;
  let { size } = parts;
  let last: Look | null = null;
  /** Since when looks have been the same, while that has not been told yet. */
  let restingSince: number | null = elapsed();
  let cancel = () => {};
  let stopped = false;
  const step = async () => {
    const look = await lookAt(file);
    if (stopped) return;
    if (look.stamp !== last?.stamp) restingSince = elapsed();
    last = look;
    const restMs = look.size < size ? SHORT_REST_MS : REST_MS;
    if (restingSince !== null && elapsed() - restingSince >= restMs) {
      restingSince = null;
      size = look.size;
      changed();
    }
    cancel = timers.after(LOOK_MS, step);
  };
  void step();
  return () => {
    stopped = true;
    cancel();
  };
}

async function lookAt(file: string): Promise<Look> {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await stat(file);
    return { stamp: [dev, ino, size, mtimeMs, ctimeMs].join(' '), size };
  } catch (error) {
    // What follows: it is read once more, and that says why it cannot be.
    return { stamp: String((error as NodeJS.ErrnoException).code), size: -1 };
  }
}
