/** The minder: once a second, beats for main, ends threads that hang, and lets the clock follow the wall. */
import type { CrewMember } from './crew.ts';
import type { WeirEvent } from './model/channel.ts';
import type { Clock } from './model/clock.ts';
import { lengthText } from './model/length.ts';
import { nodeTimers, type Wall, wallOffsetMs } from './shared/clock.ts';
import { MAIN_INDEX, type Pulse } from './shared/pulse.ts';

const EVERY_MS = 1_000;
/** A wall clock this far from ours has stepped; less is drift, and followed slowly. Milliseconds. */
const CLOCK_STEP_MS = 500;
/** How far the anchor follows drift in one second. */
const CLOCK_SLEW_MS = 0.5;

export interface MinderParts {
  readonly pulse: Pulse;
  readonly clock: Clock;
  readonly wall: Wall;
  readonly members: () => readonly CrewMember[];
  /** How long a thread may be silent before it is ended, in milliseconds. */
  readonly hangMs: number;
  readonly tell: (event: WeirEvent) => void;
  /** Called each second: for what else has to be looked at. */
  readonly onSecond: () => void;
}

export class Minder {
  readonly #parts: MinderParts;
  #cancel: () => void;
  #mindedAt: number;

  /** Minds from now on, until stopped. */
  constructor(parts: MinderParts) {
    this.#parts = parts;
    this.#mindedAt = parts.clock.elapsed();
    parts.pulse.beat(MAIN_INDEX, this.#mindedAt);
    this.#cancel = this.#later();
  }

  stop(): void {
    this.#cancel();
  }

  #later(): () => void {
    return nodeTimers.after(EVERY_MS, () => {
      this.#cancel = this.#later();
      this.#mind();
    });
  }

  #mind(): void {
    this.#followWall();
    this.#parts.onSecond();
    const now = this.#parts.clock.elapsed();
    this.#parts.pulse.beat(MAIN_INDEX, now);
    const sinceMs = now - this.#mindedAt;
    this.#mindedAt = now;
    // After a pause of the whole process nobody has beaten, and nobody is to blame.
    const { hangMs } = this.#parts;
    if (sinceMs > Math.max(hangMs / 2, 2 * EVERY_MS)) return;
    for (const { thread, index } of this.#parts.members()) {
      const silentMs = now - this.#parts.pulse.lastBeat(index);
      if (thread.running && silentMs > hangMs) {
        void thread.kill(`it hung for ${Math.round(silentMs / 1_000)} s`);
      }
    }
  }

  #followWall(): void {
    const { pulse, clock, wall, tell } = this.#parts;
    const offsetMs = wallOffsetMs(clock, wall);
    if (Math.abs(offsetMs) < CLOCK_STEP_MS) {
      pulse.anchorMs += Math.max(-CLOCK_SLEW_MS, Math.min(CLOCK_SLEW_MS, offsetMs));
      return;
    }
    const from = clock.now();
    pulse.stepFrom(from, from + offsetMs);
    const way = offsetMs > 0 ? 'forward' : 'back';
    const detail = `the machine's clock went ${way} by ${lengthText(Math.abs(Math.round(offsetMs)))}: it was set, or the machine slept`;
    tell({ at: clock.now(), channel: null, kind: 'clock-step', detail });
  }
}
