/**
 * The positions of a channel's shards, as any thread reads them.
 *
 * A shard has two words in `rows`. Each names a position, and the number of final points there were when it was
 * written: its epoch. The writer writes to the word of the running epoch, or else to the older one, so the position that
 * the last final point covers stays. A final point of number `n` covers what was written in epochs below `n`. The words
 * go through the journal, in one step with the counts.
 *
 *     word    epoch * 2^21 + place of the block     place: offset / 8 + 1; 0 for none; LOST_PLACE for a position
 *     block   capacity u32 · length u32 · UTF-8            that could not be kept
 */
import type { ShardPosition } from '../model/position.ts';
import type { FinalPoint } from './final-points.ts';
import { CONTROL, type RingViews, shardAt } from './ring.ts';

/** Bytes before a block's text. Blocks start at multiples of it. */
export const BLOCK_HEAD = 8;
const PLACES = 2 ** 21;
export const LOST_PLACE = PLACES - 1;

/** A position's word in `rows`. */
export function positionWord(epoch: number, place: number): number {
  return epoch * PLACES + place;
}

export function placeOf(word: number): number {
  return word - Math.floor(word / PLACES) * PLACES;
}

/** -1 for a word that names no position. */
export function epochOf(word: number): number {
  return word === 0 ? -1 : Math.floor(word / PLACES);
}

/** Where the block of a place begins in the heap. */
export function blockAt(place: number): number {
  return (place - 1) * BLOCK_HEAD;
}

export function placeAt(block: number): number {
  return block / BLOCK_HEAD + 1;
}

/** Reads blocks of one heap. */
export class PositionHeap {
  readonly bytes: Buffer;
  readonly view: DataView;

  constructor({ heap }: Pick<RingViews, 'heap'>) {
    this.bytes = Buffer.from(heap.buffer, heap.byteOffset, heap.byteLength);
    this.view = new DataView(heap.buffer, heap.byteOffset, heap.byteLength);
  }

  textAt(block: number): string {
    const length = this.view.getUint32(block + 4, true);
    return this.bytes.toString('utf8', block + BLOCK_HEAD, block + BLOCK_HEAD + length);
  }

  /** The position of a word; null for one that could not be kept. */
  positionOf(word: number): string | null {
    const place = placeOf(word);
    return place === LOST_PLACE ? null : this.textAt(blockAt(place));
  }
}

/**
 * The positions that `point` covers and that were written in the epoch `since` or later (0: all). null when the writer
 * has published another point meanwhile: the caller then reads again, with that one.
 */
export function readPositions(
  views: RingViews,
  heap: PositionHeap,
  point: FinalPoint,
  since: number,
): ShardPosition[] | null {
  const { control, rows, rowWords, shape, shardNames } = views;
  const positions: ShardPosition[] = [];
  if (shape.shardsMax === 0) return positions;
  const shardCount = Atomics.load(control, CONTROL.shardCount);
  for (let shard = 0; shard < shardCount; shard++) {
    const at = shardAt(rowWords, shard);
    const covered = [rows[at]!, rows[at + 1]!].filter((word) => epochOf(word) < point.number);
    const word = Math.max(...covered);
    if (epochOf(word) < since) continue;
    positions.push([heap.textAt(shardNames[shard]!), heap.positionOf(word)]);
  }
  // Blocks that a point covers are written again only after the next point.
  return Atomics.load(control, CONTROL.finalCount) === point.number ? positions : null;
}
