/** What is not in the store yet: seconds on the board, the running one among them, and the gap that lasts. */
import type { Cell, KeyCell } from '../model/bucket.ts';
import { type Definition, OTHER_SLOT, type SeriesName } from '../model/series.ts';
import { readLink } from '../shared/link-words.ts';
import type { RingReader } from '../shared/ring-reader.ts';

/** One moment of a channel's board. To be read before the store, so that nothing falls between the two. */
export interface Live {
  /** Unix milliseconds; everything before is in the store. */
  readonly sealedTo: number;
  readonly cells: readonly Cell[];
  readonly keyCells: readonly KeyCell[];
}

/** `keys`: whether the numbers by key are wanted, too. */
export function readLive(
  { ring, definition }: { readonly ring: RingReader; readonly definition: Definition },
  now: number,
  keys: boolean,
): Live {
  const sealed = ring.sealed;
  const newest = ring.newest;
  const seconds = ring.secondsHeld(sealed, newest + 1);
  const cells = seconds.map((second) => {
    const tally = ring.tally(second);
    if (second === newest) tally.coveredMs += runningCoverage(ring, second, now);
    return { start: second * 1_000, tally, amended: 0, damaged: false, definition };
  });
  const keyCells = keys ? seconds.flatMap((second) => keyCellsOf(ring, second)) : [];
  return { sealedTo: sealed * 1_000, cells, keyCells };
}

/** The running second is credited when it ends; until then, what the link has observed of it. */
function runningCoverage(ring: RingReader, second: number, now: number): number {
  const link = readLink(ring.views);
  if (link.state !== 'up') return 0;
  const from = Math.max(second * 1_000, Math.ceil(link.since));
  return Math.max(0, Math.min(Math.floor(now), (second + 1) * 1_000) - from);
}

function keyCellsOf(ring: RingReader, second: number): KeyCell[] {
  return ring.keyTallies(second).map(({ slot, ...worth }) => ({
    start: second * 1_000,
    ...ring.seriesAt(slot),
    ...worth,
    damaged: false,
  }));
}

/**
 * Starts of seconds on the board in which messages of `wanted` may be among those of `other`: it has no series of its
 * own. Unix milliseconds.
 */
export function unknownLive(ring: RingReader, wanted: SeriesName): number[] {
  if (wanted.key === null || ring.hasKey(wanted.key)) return [];
  const isOther = (second: number) =>
    ring.keyTallies(second).some(({ slot }) => slot === OTHER_SLOT);
  return ring
    .secondsHeld(ring.sealed, ring.newest + 1)
    .filter(isOther)
    .map((second) => second * 1_000);
}

/** Times of messages may be ahead by less, in seconds. */
const AHEAD_SECONDS_MAX = 3;

/** Whether the newest second is still to come: the clock was set back, and has not caught up yet. */
export function isAhead({ newest }: RingReader, now: number): boolean {
  return newest > Math.floor(now / 1_000) + AHEAD_SECONDS_MAX;
}

/**
 * Messages a second over the last `seconds` final seconds; null before the first, and after the clock was set back, when
 * the newest seconds are those of the wrong time.
 */
export function recentRate(ring: RingReader, seconds: number, now: number): number | null {
  const head = ring.newest;
  if (head === 0 || isAhead(ring, now)) return null;
  const held = ring.secondsHeld(head - seconds, head);
  if (held.length === 0) return null;
  const counted = held.reduce((sum, second) => sum + ring.tally(second).counted, 0);
  return counted / (head - held[0]!);
}

/** The cells of store and board together: a second that the store has sealed meanwhile is taken from there. */
export function merge<C extends { readonly start: number }>(
  stored: { readonly sealedTo: number; readonly cells: readonly C[] },
  live: readonly C[],
): C[] {
  return [...stored.cells, ...live.filter(({ start }) => start >= stored.sealedTo)];
}
