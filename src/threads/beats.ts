/** The heartbeat of a thread that has no ticks of its own. */

import type { Clock } from '../model/clock.ts';
import { nodeTimers } from '../shared/clock.ts';
import type { Pulse } from '../shared/pulse.ts';
import { alignedTicks } from '../timer/aligned-ticks.ts';

/** Beats now and once a second, as thread number `index`; returns a function that stops it. */
export function startBeats(pulse: Pulse, index: number, clock: Clock): () => void {
  const beat = () => pulse.beat(index, clock.elapsed());
  beat();
  return alignedTicks({ periodMs: 1_000, afterMs: 0 }, beat, { clock, timers: nodeTimers });
}
