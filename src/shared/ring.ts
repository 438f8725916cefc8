/**
 * The ring: one channel's shared memory. This file is the whole map of it; the others only read and write.
 *
 *     control   u32   WRITER line: newest · committed · applied · finals   written by the feed thread
 *                     TIMER line:  sealed seconds, sealed amendments       written by the timer thread
 *                     LINK line:   state · version; KEYS line: key count   written by the feed thread
 *     link      f64   since, proof, covered to, next try; then the detail  written by the feed thread
 *     journal         the one batch that is being applied                  written by the feed thread
 *     work      u32   the message that a user's class works on             written by the feed thread
 *     finals          the last few final points: the head, and how many    written by the feed thread
 *                     amendments there were; one a second
 *     shards          where each shard's name is in the heap               written by the feed thread
 *     heap            blocks with names and positions of shards            written by the feed thread
 *     keys            names of the keys, append-only UTF-8                 written by the feed thread
 *     tags      u32   the second that each row holds, 0 for none           written by the feed thread
 *     rows      f64   DEPTH rows: the channel's tally, then the keys;      written by the feed thread
 *                     the totals: the tally since the ring was made;
 *                     the amendments: how many there were, then a queue
 *                     of (second, word of its row, what to add, and the
 *                     part of that which a double leaves out);
 *                     each shard's newest position, and the one before,
 *                     as places in the heap
 *
 * Each word has exactly one writing thread. Control lines are 128 bytes apart, so that no two threads
 * write to one cache line (some processors fetch lines in pairs).
 */
import { FIRST_KEY_SLOT } from '../model/series.ts';
import { TALLY_FIELDS } from '../model/tally.ts';

/** Seconds a ring holds before the writer must wait for the timer; a power of two. */
export const RING_DEPTH = 256;
/** How many final points are kept; readers want the newest, and read again if they are overtaken. */
export const FINAL_SLOT_COUNT = 8;
/** Entries of the amendment queue: words of past seconds that wait for the timer. */
export const AMENDMENTS_MAX = 16_384;
/** Float64 words an entry. */
export const AMENDMENT_WORDS = 4;
/** Amended words in one batch. */
export const BATCH_AMENDMENTS_MAX = 4_096;
/** Longest link detail shown, in UTF-16 units. */
export const LINK_DETAIL_UNITS_MAX = 200;
/** Longest key, in UTF-8 bytes; a longer one counts under `(other)`. */
export const KEY_BYTES_MAX = 256;
/** Messages of one frame that a user's class gets no more, since it ended its thread on each. */
export const CONDEMNED_MAX = 1_024;
/** Room for key names, in UTF-8 bytes for each key of the channel's bound. */
const KEY_BYTES_MEAN = 64;
/** Float64 words a shard. */
export const SHARD_WORDS = 2;
/** Room for names and positions of shards, in bytes: of a channel with many, and of one with at most `FEW_SHARDS`. */
export const POSITION_HEAP_BYTES = 8 * 1_048_576;
const POSITION_HEAP_BYTES_FEW = 256 * 1_024;
const FEW_SHARDS = 2;

const LINE_BYTES = 128;

/** Indices into the control words (u32). */
export const CONTROL = {
  /** The second whose row was opened last; 0 before the first. All seconds before it are final. */
  newest: 0,
  /** Number of the batch that the journal holds: the commit point. */
  committed: 1,
  /** Number of the last batch that was applied to the rows. */
  applied: 2,
  /** How many final points were published. */
  finalCount: 3,
  /** All seconds before this one are in the store. */
  sealed: LINE_BYTES / 4,
  /** How many amendments are in the store, modulo 2^32. */
  amendmentsSealed: LINE_BYTES / 4 + 1,
  linkState: (2 * LINE_BYTES) / 4,
  /** Odd while the link words are being written. */
  linkVersion: (2 * LINE_BYTES) / 4 + 1,
  linkDetailLength: (2 * LINE_BYTES) / 4 + 2,
  keyCount: (3 * LINE_BYTES) / 4,
  /** How many shards have a name. */
  shardCount: (3 * LINE_BYTES) / 4 + 1,
  /** Bytes of the heap that blocks have taken. */
  heapEnd: (3 * LINE_BYTES) / 4 + 2,
} as const;
const CONTROL_BYTES = 4 * LINE_BYTES;

/** Words at the start of the journal (u32), before its entries. */
export const JOURNAL = {
  entryCount: 0,
  wordCount: 1,
} as const;

/** Indices into the words of `work` (u32); see `work-words.ts`. */
export const WORK = {
  /** The batch for which the next five words are valid: that of `CONTROL.committed`. */
  batch: 0,
  /** The message that the class works on; 0 for none. */
  number: 1,
  digest: 2,
  frameStart: 3,
  frameLength: 4,
  uncommitted: 5,
  /** The batch for which the words after it are valid. */
  suspicionBatch: 6,
  suspect: 7,
  deathCount: 8,
  condemnedCount: 9,
  condemned: 10,
} as const;
const WORK_WORDS = WORK.condemned + CONDEMNED_MAX * 2;

/** What the totals hold beside the tally: what was taken back of it, so that both parts only ever rise. */
export const TOTALS_BESIDE = ['takenBackMs', 'found'] as const;
export type TotalsBeside = (typeof TOTALS_BESIDE)[number];
const TOTALS_WORDS = TALLY_FIELDS.length + TOTALS_BESIDE.length;

/** What decides the size of a ring. Equal shapes have equal layouts. */
export interface RingShape {
  /** Keys with a series of their own; 0 for a channel without keys. */
  readonly keysMax: number;
  /** Float64 words a key: 1 (counted) or 3 (counted, and both words of the sum). */
  readonly keyWords: 1 | 3;
  /** Most shards that the channel's feed may have; 0 for a feed without positions. */
  readonly shardsMax: number;
}

/** A ring as it is posted between threads. */
export interface RingMemory {
  /** Tells rings apart: the same memory is another object wherever it is posted. */
  readonly number: number;
  readonly shape: RingShape;
  readonly buffer: SharedArrayBuffer;
}

/** Typed views over the parts of one ring. */
export interface RingViews {
  readonly shape: RingShape;
  readonly control: Uint32Array;
  readonly linkTimes: Float64Array;
  readonly linkDetail: Uint16Array;
  readonly journalWords: Uint32Array;
  readonly journalIndices: Uint32Array;
  readonly journalValues: Float64Array;
  readonly work: Uint32Array;
  readonly finalHeads: Uint32Array;
  readonly finalAmendments: Float64Array;
  /** By shard: where the block with its name begins in the heap. */
  readonly shardNames: Uint32Array;
  readonly heap: Uint8Array;
  readonly keyEnds: Uint32Array;
  readonly keyBytes: Uint8Array;
  readonly tags: Uint32Array;
  readonly rows: Float64Array;
  /** Float64 words a row. */
  readonly rowWords: number;
}

/** Words of a row: the tally, then the series of the keys if the channel has keys. */
export function rowWordCount(shape: RingShape): number {
  return TALLY_FIELDS.length + slotCount(shape) * shape.keyWords;
}

/** How many series by key a channel has: those of its keys, and the fixed ones; 0 for a channel without keys. */
export function slotCount({ keysMax }: Pick<RingShape, 'keysMax'>): number {
  return keysMax > 0 ? FIRST_KEY_SLOT + keysMax : 0;
}

function heapBytes(shardsMax: number): number {
  if (shardsMax === 0) return 0;
  return shardsMax <= FEW_SHARDS ? POSITION_HEAP_BYTES_FEW : POSITION_HEAP_BYTES;
}

let ringCount = 0;

/** Allocates a ring. Only the main thread does this; pages that are never touched cost no memory. */
export function allocateRing(shape: RingShape): RingMemory {
  const { byteLength } = layOut(shape);
  ringCount += 1;
  return { number: ringCount, shape, buffer: new SharedArrayBuffer(byteLength) };
}

/** Views over a ring, the same in every thread. */
export function viewRing(memory: RingMemory): RingViews {
  return layOut(memory.shape, memory.buffer).views!;
}

function layOut(shape: RingShape, buffer?: SharedArrayBuffer) {
  const rowWords = rowWordCount(shape);
  const { shardsMax } = shape;
  // A batch touches each word of the newest row, of the totals and of the shards at most once, and so many amendments.
  const journalEntries =
    rowWords + TOTALS_WORDS + 1 + BATCH_AMENDMENTS_MAX * AMENDMENT_WORDS + shardsMax * SHARD_WORDS;
  const keyBytes = shape.keysMax === 0 ? 0 : shape.keysMax * KEY_BYTES_MEAN + KEY_BYTES_MAX;
  let offset = 0;
  // Sizes the ring when there is no buffer yet, and cuts the views when there is one.
  const part = <T>(
    View: {
      new (b: SharedArrayBuffer, o: number, n: number): T;
      readonly BYTES_PER_ELEMENT: number;
    },
    length: number,
  ): T => {
    const at = Math.ceil(offset / LINE_BYTES) * LINE_BYTES;
    offset = at + length * View.BYTES_PER_ELEMENT;
    return buffer ? new View(buffer, at, length) : (null as T);
  };
  const views: RingViews = {
    shape,
    rowWords,
    control: part(Uint32Array, CONTROL_BYTES / 4),
    linkTimes: part(Float64Array, 4),
    linkDetail: part(Uint16Array, LINK_DETAIL_UNITS_MAX),
    journalWords: part(Uint32Array, JOURNAL.wordCount),
    journalIndices: part(Uint32Array, journalEntries),
    journalValues: part(Float64Array, journalEntries),
    work: part(Uint32Array, WORK_WORDS),
    finalHeads: part(Uint32Array, FINAL_SLOT_COUNT),
    finalAmendments: part(Float64Array, FINAL_SLOT_COUNT),
    shardNames: part(Uint32Array, shardsMax),
    heap: part(Uint8Array, heapBytes(shardsMax)),
    keyEnds: part(Uint32Array, shape.keysMax),
    keyBytes: part(Uint8Array, keyBytes),
    tags: part(Uint32Array, RING_DEPTH),
    rows: part(Float64Array, shardAt(rowWords, shardsMax)),
  };
  return { byteLength: offset, views: buffer ? views : null };
}

/** Index into `rows` where the totals start. */
export function totalsAt(rowWords: number): number {
  return RING_DEPTH * rowWords;
}

/** Index into `rows` of the number of amendments since the ring was made; it is exact to 2^53. */
export function amendmentCountAt(rowWords: number): number {
  return totalsAt(rowWords) + TOTALS_WORDS;
}

/** Index into `rows` where the queue of amendments starts. */
export function amendmentsAt(rowWords: number): number {
  return amendmentCountAt(rowWords) + 1;
}

/** Index into `rows` of the words of a shard: its newest position, and the one that the last final point covers. */
export function shardAt(rowWords: number, shard: number): number {
  return amendmentsAt(rowWords) + AMENDMENTS_MAX * AMENDMENT_WORDS + shard * SHARD_WORDS;
}

/** Index of the row that holds `second` (Unix seconds). */
export function rowOf(second: number): number {
  return second % RING_DEPTH;
}
