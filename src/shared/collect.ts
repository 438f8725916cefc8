/**
 * Giving shared memory back. It is free once every thread has collected its end of it, and a quiet thread collects so
 * rarely that rings which were replaced would stay for hours. So each thread is asked to, after channels changed.
 *
 * The way to the collector without a flag on the command line is the one that Node's documentation shows for
 * `v8.setFlagsFromString`.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Edits come one after the other; collecting once for several is enough. Milliseconds. */
const EVERY_MS = 500;

let collect: (() => void) | null = null;
let collectedAt = Number.NEGATIVE_INFINITY;

/** Collects what this thread has let go, at most once in a while. Takes a few milliseconds. */
export function collectGarbage(): void {
  const now = performance.now();
  if (now - collectedAt < EVERY_MS) return;
  collectedAt = now;
  if (collect === null) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
