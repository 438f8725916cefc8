/** Waiting, as the replay and the machine's load need it. */
import { setTimeout } from 'node:timers/promises';

/** The longest wait that timers can do, about 24 days. */
const SLEEP_MS_MAX = 2_147_483_647;

/** Waits `ms` milliseconds, or until `signal` is aborted. Never rejects. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** The real thing, by Node's timers. */
export const sleep: Sleep = async (ms, signal) => {
  try {
    await setTimeout(Math.min(ms, SLEEP_MS_MAX), undefined, { signal });
  } catch {
    // Aborted: the caller looks at the signal next.
  }
};
