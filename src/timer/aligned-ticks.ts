/** Ticks on the grid of the clock: each is planned from the grid, so lateness never adds up. */
import type { Clock, Timers } from '../model/clock.ts';

/**
 * Calls `tick` once in each period, `afterMs` past the period's start. A tick that overran its period is
 * followed by the next one on the grid. Returns a function that stops it.
 */
export function alignedTicks(
  plan: { readonly periodMs: number; readonly afterMs: number },
  tick: (now: number) => void,
  deps: { readonly clock: Clock; readonly timers: Timers },
): () => void {
  const { clock, timers } = deps;
  const { periodMs, afterMs } = plan;
  let cancel = () => {};
  let lastPeriod = Math.floor((clock.now() - afterMs) / periodMs);
  const arm = () => {
    const waitMs = (lastPeriod + 1) * periodMs + afterMs - clock.now();
    // Never more than a period: the clock may be set back meanwhile, or have been.
    cancel = timers.after(Math.max(0, Math.min(periodMs, waitMs)), fire);
  };
  const fire = () => {
    const now = clock.now();
    const period = Math.floor((now - afterMs) / periodMs);
    // A timer may fire a little early; then this tick is not due yet. A clock that was set back ticks on from there.
    if (period !== lastPeriod) {
      lastPeriod = period;
      tick(now);
    }
    arm();
  };
  arm();
  return () => cancel();
}
