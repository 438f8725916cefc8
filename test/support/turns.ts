// Turns of a thread that is never paused, or of one whose clocks a test sets.
import { Turns } from '../../src/counting/turns.ts';
import type { FakeTime } from './fake-time.ts';

/** Turns on a test's time. The thread sleeps, and works, as `clocks` says; both in milliseconds. */
export function fakeTurns(time: FakeTime, clocks = { slept: 0, cpu: 0 }): Turns {
  return new Turns({
    now: () => time.now(),
    elapsed: () => time.elapsed(),
    sinceBoot: () => time.elapsed() + clocks.slept,
    cpu: () => clocks.cpu,
  });
}

/** Turns of a thread that is never paused, however its time jumps. */
export function steadyTurns(): Turns {
  return new Turns({ now: () => 0, elapsed: () => 0, sinceBoot: () => 0, cpu: () => 0 });
}
