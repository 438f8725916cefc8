/**
 * Weir's counting in a process of its own: one feed thread, with the bounds that a feed thread has. Given the address,
 * `count` or `count-by`, and optionally after how many messages it tells its memory. `WEIR_TAP=off` leaves the tap out.
 */
import { Worker } from 'node:worker_threads';
import { YOUNG_MB_MAX } from '../src/supervised-thread.ts';
import type { CountingWork } from './counting-weir.thread.ts';

/** As in `src/main.ts`. */
const HEAP_MB_MAX = 1_024;

const [url, work, watchEvery] = process.argv.slice(2);
new Worker(new URL('counting-weir.thread.ts', import.meta.url), {
  workerData: {
    url: url!,
    work: work as CountingWork['work'],
    watchEvery: watchEvery === undefined ? null : Number(watchEvery),
  } satisfies CountingWork,
  resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX, maxYoungGenerationSizeMb: YOUNG_MB_MAX },
});
