/**
 * Reading resume positions: the writer keeps those of the last few seconds in which messages were counted.
 *
 * A reader that sleeps while the writer goes on for more seconds than there are slots is overtaken: it then
 * knows nothing, which is not the same as "there is no position".
 */
import { CONTROL, POSITION_SLOT_COUNT, POSITION_UNITS_MAX, type RingViews } from './ring.ts';
import { readUnits } from './text.ts';

export const OVERTAKEN = Symbol('overtaken');

/** The position after the last message counted before `second`; null when none has been counted before it. */
export function positionBefore(views: RingViews, second: number): string | null | typeof OVERTAKEN {
  const { control, positionSeconds, positionLengths, positionUnits } = views;
  const count = Atomics.load(control, CONTROL.positionCount);
  const oldest = Math.max(0, count - POSITION_SLOT_COUNT);
  for (let number = count - 1; number >= oldest; number--) {
    const slot = number % POSITION_SLOT_COUNT;
    const held = Atomics.load(positionSeconds, slot);
    if (held >= second) continue;
    const text = readUnits(positionUnits, slot * POSITION_UNITS_MAX, positionLengths[slot]!);
    // The writer takes the oldest slot next; if it came round while this one was read, the text may be torn.
    const used = Atomics.load(control, CONTROL.positionCount);
    return used - number < POSITION_SLOT_COUNT ? text : OVERTAKEN;
  }
  return count > POSITION_SLOT_COUNT ? OVERTAKEN : null;
}
