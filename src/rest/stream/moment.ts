/** A moment of a glance, by both clocks: stamps are of the one that may be set, lengths of the one that never steps. */
import type { Clock } from '../../model/clock.ts';

export interface Moment {
  /** Unix milliseconds. */
  readonly now: number;
  /** Milliseconds since some fixed moment. */
  readonly elapsed: number;
}

export function momentOf(clock: Clock): Moment {
  return { now: clock.now(), elapsed: clock.elapsed() };
}
