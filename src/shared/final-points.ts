/**
 * Final points: what belongs together in a store. All seconds before the head, the resume position after the last
 * message counted so far, and the amendments up to then; a store that commits them as one resumes exactly.
 *
 * The writer publishes one a second, into the next of a few slots; a reader takes the newest.
 */
import {
  amendmentCountAt,
  CONTROL,
  FINAL_SLOT_COUNT,
  POSITION_UNITS_MAX,
  type RingViews,
} from './ring.ts';
import { readUnits } from './text.ts';

export interface FinalPoint {
  /** All seconds before it are final; 0 before the writer's first. Unix seconds. */
  readonly head: number;
  /** After the last message counted before; null for none. */
  readonly position: string | null;
  /** How many amendments the ring has had. */
  readonly amendmentCount: number;
}

/** Publishes what the ring holds now, with `head`. Everything written before is seen by whoever reads the point. */
export function publishFinalPoint(views: RingViews, head: number): void {
  const { control, rows, rowWords } = views;
  const count = control[CONTROL.finalCount]!;
  const slot = count % FINAL_SLOT_COUNT;
  const length = control[CONTROL.positionLength]!;
  views.finalHeads[slot] = head;
  views.finalAmendments[slot] = rows[amendmentCountAt(rowWords)]!;
  views.finalPositionLengths[slot] = length;
  views.finalPositionUnits.set(
    views.positionUnits.subarray(0, Math.max(0, length - 1)),
    slot * POSITION_UNITS_MAX,
  );
  Atomics.store(control, CONTROL.finalCount, (count + 1) >>> 0);
}

/** The newest final point. */
export function readFinalPoint(views: RingViews): FinalPoint {
  for (;;) {
    const count = Atomics.load(views.control, CONTROL.finalCount);
    if (count === 0) return { head: 0, position: null, amendmentCount: 0 };
    const slot = (count - 1) % FINAL_SLOT_COUNT;
    const length = views.finalPositionLengths[slot]!;
    const point = {
      head: views.finalHeads[slot]!,
      position:
        length === 0
          ? null
          : readUnits(views.finalPositionUnits, slot * POSITION_UNITS_MAX, length - 1),
      amendmentCount: views.finalAmendments[slot]!,
    };
    // The slot is written again once the writer has come round; then there is a newer point.
    const published = (Atomics.load(views.control, CONTROL.finalCount) - count) >>> 0;
    if (published < FINAL_SLOT_COUNT - 1) return point;
  }
}
