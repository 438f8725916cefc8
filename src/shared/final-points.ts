/**
 * Final points: what belongs together in a store. All seconds before the head, the amendments up to then, and the
 * positions after the last message counted so far; a store that commits them as one resumes exactly.
 *
 * The writer publishes one a second, into the next of a few slots; a reader takes the newest. Points are numbered, and
 * a position says after which point it was written, so a point refers to what changed and copies nothing.
 */
import { amendmentCountAt, CONTROL, FINAL_SLOT_COUNT, type RingViews } from './ring.ts';

export interface FinalPoint {
  /** From 1 up; 0 before the writer's first. */
  readonly number: number;
  /** All seconds before it are final; 0 before the writer's first. Unix seconds. */
  readonly head: number;
  /** How many amendments the ring has had. */
  readonly amendmentCount: number;
}

/** Publishes what the ring holds now, with `head`. Everything written before is seen by whoever reads the point. */
export function publishFinalPoint(views: RingViews, head: number): void {
  const { control, rows, rowWords } = views;
  const count = control[CONTROL.finalCount]!;
  const slot = count % FINAL_SLOT_COUNT;
  views.finalHeads[slot] = head;
  views.finalAmendments[slot] = rows[amendmentCountAt(rowWords)]!;
  Atomics.store(control, CONTROL.finalCount, count + 1);
}

/** The newest final point. */
export function readFinalPoint(views: RingViews): FinalPoint {
  for (;;) {
    const number = Atomics.load(views.control, CONTROL.finalCount);
    if (number === 0) return { number, head: 0, amendmentCount: 0 };
    const slot = (number - 1) % FINAL_SLOT_COUNT;
    const point = {
      number,
      head: views.finalHeads[slot]!,
      amendmentCount: views.finalAmendments[slot]!,
    };
    // The slot is written again once the writer has come round; then there is a newer point.
    const published = Atomics.load(views.control, CONTROL.finalCount) - number;
    if (published < FINAL_SLOT_COUNT - 1) return point;
  }
}
