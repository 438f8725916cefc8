/**
 * The writer's side of a channel's positions: gives each shard a slot, and writes each position to a block of the heap
 * that nobody reads, so that only two words have to go through the journal.
 */
import { SHARD_UNITS_MAX, type ShardPosition } from '../model/position.ts';
import {
  BLOCK_HEAD,
  blockAt,
  epochOf,
  LOST_PLACE,
  PositionHeap,
  placeAt,
  placeOf,
  positionWord,
} from './position-table.ts';
import { CONTROL, type RingViews, shardAt } from './ring.ts';

/** Smallest and largest block, in bytes, its head included. */
const BLOCK_MIN = 32;
const BLOCK_MAX = 65_536;

/** `shards`: more shards than the bound. `bytes`: no room for a position, or for all lines of it. */
export type PositionTrouble = 'shards' | 'bytes';

export class PositionWriter {
  readonly #views: RingViews;
  readonly #heap: PositionHeap;
  readonly #slots = new Map<string, number>();
  /** Blocks that can be written, by size. */
  readonly #free = new Map<number, number[]>();
  /** Blocks that nothing refers to once the running batch is committed. */
  readonly #released: number[] = [];
  #trouble: PositionTrouble | null = null;

  /** Takes over what an earlier thread left. */
  constructor(views: RingViews) {
    this.#views = views;
    this.#heap = new PositionHeap(views);
    const shardCount = views.control[CONTROL.shardCount]!;
    for (let slot = 0; slot < shardCount; slot++) {
      this.#slots.set(this.#heap.textAt(views.shardNames[slot]!), slot);
    }
    this.#sweep();
  }

  /** What could not be kept as it was since this was asked last; null for nothing. */
  takeTrouble(): PositionTrouble | null {
    const trouble = this.#trouble;
    this.#trouble = null;
    return trouble;
  }

  /** How many shards have a position. */
  get shardCount(): number {
    return this.#slots.size;
  }

  /** The newest position of a shard; null for one that could not be kept, undefined where there is none. */
  get(shard: string): string | null | undefined {
    const slot = this.#slots.get(shard);
    const word = slot === undefined ? 0 : Math.max(...this.#words(slot));
    return word === 0 ? undefined : this.#heap.positionOf(word);
  }

  /** Every shard with its newest position. */
  *all(): Generator<ShardPosition> {
    for (const shard of this.#slots.keys()) {
      const position = this.get(shard);
      if (position !== undefined) yield [shard, position];
    }
  }

  /** Writes positions to free blocks, and hands the words that name them to the journal. Each shard at most once. */
  journal(changes: Iterable<ShardPosition>, write: (index: number, value: number) => void): void {
    const { control, rows, rowWords } = this.#views;
    const epoch = control[CONTROL.finalCount]!;
    for (const [shard, position] of changes) {
      const slot = this.#slots.get(shard) ?? this.#append(shard);
      if (slot === null) continue;
      const at = shardAt(rowWords, slot);
      const [first, second] = [rows[at]!, rows[at + 1]!];
      const keepsFirst = epochOf(first) < epoch && epochOf(first) > epochOf(second);
      const isSecond = keepsFirst || epochOf(second) === epoch;
      write(at + Number(isSecond), positionWord(epoch, this.#placeFor(position)));
      this.#release(isSecond ? second : first);
    }
  }

  /** The batch is committed: what it has replaced can be written again. */
  committed(): void {
    for (const block of this.#released) this.#give(block);
    this.#released.length = 0;
  }

  #words(slot: number): readonly [first: number, second: number] {
    const at = shardAt(this.#views.rowWords, slot);
    return [this.#views.rows[at]!, this.#views.rows[at + 1]!];
  }

  #release(word: number): void {
    const place = placeOf(word);
    if (place !== 0 && place !== LOST_PLACE) this.#released.push(blockAt(place));
  }

  #placeFor(position: string | null): number {
    if (position === null) return LOST_PLACE;
    const block = this.#write(position) ?? this.#writeFirstLine(position);
    return block === null ? LOST_PLACE : placeAt(block);
  }

  #writeFirstLine(position: string): number | null {
    this.#trouble ??= 'bytes';
    const end = position.indexOf('\n');
    return end < 0 ? null : this.#write(position.slice(0, end));
  }

  /** The slot of a new shard; null where there is no room for it. */
  #append(shard: string): number | null {
    const { control, shape, shardNames } = this.#views;
    const slot = this.#slots.size;
    const fits = slot < shape.shardsMax && shard.length <= SHARD_UNITS_MAX;
    const block = fits ? this.#write(shard) : null;
    if (block === null) {
      this.#trouble = 'shards';
      return null;
    }
    shardNames[slot] = block;
    this.#slots.set(shard, slot);
    Atomics.store(control, CONTROL.shardCount, slot + 1);
    return slot;
  }

  /** Writes a text to a block that nothing refers to; null where there is no room. */
  #write(text: string): number | null {
    const length = Buffer.byteLength(text);
    const block = this.#take(BLOCK_HEAD + length);
    if (block === null) return null;
    this.#heap.view.setUint32(block + 4, length, true);
    this.#heap.bytes.write(text, block + BLOCK_HEAD, 'utf8');
    return block;
  }

  #take(size: number): number | null {
    if (size > BLOCK_MAX) return null;
    const least = Math.max(BLOCK_MIN, 2 ** (32 - Math.clz32(size - 1)));
    return this.#free.get(least)?.pop() ?? this.#extend(least) ?? this.#larger(least);
  }

  /** A new block at the end of the heap. */
  #extend(capacity: number): number | null {
    const { control, heap } = this.#views;
    const block = control[CONTROL.heapEnd]!;
    if (block + capacity > heap.length) return null;
    this.#heap.view.setUint32(block, capacity, true);
    control[CONTROL.heapEnd] = block + capacity;
    return block;
  }

  #larger(least: number): number | null {
    for (let capacity = least * 2; capacity <= BLOCK_MAX; capacity *= 2) {
      const block = this.#free.get(capacity)?.pop();
      if (block !== undefined) return block;
    }
    return null;
  }

  #give(block: number): void {
    const capacity = this.#heap.view.getUint32(block, true);
    const list = this.#free.get(capacity);
    if (list) list.push(block);
    else this.#free.set(capacity, [block]);
  }

  /** Finds the blocks that nothing refers to: those that a batch had written that was never committed, too. */
  #sweep(): void {
    const { control, shardNames } = this.#views;
    const used = new Set<number>(shardNames.subarray(0, this.#slots.size));
    for (const slot of this.#slots.values()) {
      for (const word of this.#words(slot)) used.add(blockAt(placeOf(word)));
    }
    const end = control[CONTROL.heapEnd]!;
    for (let block = 0; block < end; block += this.#heap.view.getUint32(block, true)) {
      if (!used.has(block)) this.#give(block);
    }
  }
}
