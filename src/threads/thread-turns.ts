/** The turns of this thread, by the machine's own clocks. */
import { uptime } from 'node:os';
import { Turns } from '../counting/turns.ts';
import type { Clock, Timers } from '../model/clock.ts';

/** How often the thread looks at all clocks, whatever is read. */
const LOOK_MS = 250;

/** Starts to look; the returned function `stop` ends that. */
export function threadTurns(
  clock: Clock,
  timers: Timers,
): { readonly turns: Turns; readonly stop: () => void } {
  const turns = new Turns({
    now: () => clock.now(),
    elapsed: () => clock.elapsed(),
    sinceBoot: () => uptime() * 1_000,
    cpu: threadCpuMs,
  });
  let cancel = timers.after(LOOK_MS, look);
  function look(): void {
    turns.look();
    cancel = timers.after(LOOK_MS, look);
  }
  return { turns, stop: () => cancel() };
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
