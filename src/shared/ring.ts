/**
 * The ring: one channel's shared memory. This file is the whole map of it; the others only read and write.
 *
 *     control   u32   WRITER line: newest · committed · applied · finals   written by the feed thread
 *                     TIMER line:  sealed seconds, sealed amendments       written by the timer thread
 *                     LINK line:   state · version; KEYS line: key count   written by the feed thread
 *     link      f64   since, proof, covered to, next try; then the detail  written by the feed thread
 *     journal         the one batch that is being applied                  written by the feed thread
 *     position        the resume position after the last batch             written by the feed thread
 *     finals          the last few final points: head, position, and how   written by the feed thread
 *                     many amendments there were; one a second
 *     keys            names of the keys, append-only UTF-8                 written by the feed thread
 *     tags      u32   the second that each row holds, 0 for none           written by the feed thread
 *     rows      f64   DEPTH rows: the channel's tally, then the keys;      written by the feed thread
 *                     the totals: the tally since the ring was made;
 *                     the amendments: how many there were, then a queue
 *                     of (second, word of its row, what to add)
 *
 * Each word has exactly one writing thread. Control lines are 128 bytes apart, so that no two threads
 * write to one cache line (some processors fetch lines in pairs).
 */
import { TALLY_FIELDS } from '../model/tally.ts';

/** Seconds a ring holds before the writer must wait for the timer; a power of two. */
export const RING_DEPTH = 256;
/** Longest resume position, in UTF-16 units. */
export const POSITION_UNITS_MAX = 512;
/** How many final points are kept; readers want the newest, and read again if they are overtaken. */
export const FINAL_SLOT_COUNT = 8;
/** Entries of the amendment queue: words of past seconds that wait for the timer. */
export const AMENDMENTS_MAX = 16_384;
/** Float64 words an entry. */
export const AMENDMENT_WORDS = 3;
/** Amended words in one batch. */
export const BATCH_AMENDMENTS_MAX = 4_096;
/** Longest link detail shown, in UTF-16 units. */
export const LINK_DETAIL_UNITS_MAX = 200;
/** Longest key, in UTF-8 bytes; a longer one counts under `(other)`. */
export const KEY_BYTES_MAX = 256;
/** Room for key names, in UTF-8 bytes for each key of the channel's bound. */
const KEY_BYTES_MEAN = 64;

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
  /** Length of the position after the last batch, plus one; 0 for none. */
  positionLength: 4,
  /** All seconds before this one are in the store. */
  sealed: LINE_BYTES / 4,
  /** How many amendments are in the store, modulo 2^32. */
  amendmentsSealed: LINE_BYTES / 4 + 1,
  linkState: (2 * LINE_BYTES) / 4,
  /** Odd while the link words are being written. */
  linkVersion: (2 * LINE_BYTES) / 4 + 1,
  linkDetailLength: (2 * LINE_BYTES) / 4 + 2,
  keyCount: (3 * LINE_BYTES) / 4,
} as const;
const CONTROL_BYTES = 4 * LINE_BYTES;

/** Words at the start of the journal (u32), before its position text and its entries. */
export const JOURNAL = {
  entryCount: 0,
  /** Length of the new position, plus one; 0 leaves the position as it is. */
  positionLength: 1,
  wordCount: 2,
} as const;

/** What decides the size of a ring. Equal shapes have equal layouts. */
export interface RingShape {
  /** Keys with a series of their own; 0 for a channel without keys. */
  readonly keysMax: number;
  /** Float64 words a key: 1 (counted) or 2 (counted, sum). */
  readonly keyWords: 1 | 2;
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
  readonly journalPosition: Uint16Array;
  readonly journalIndices: Uint32Array;
  readonly journalValues: Float64Array;
  readonly positionUnits: Uint16Array;
  readonly finalHeads: Uint32Array;
  readonly finalAmendments: Float64Array;
  readonly finalPositionLengths: Uint32Array;
  readonly finalPositionUnits: Uint16Array;
  readonly keyEnds: Uint32Array;
  readonly keyBytes: Uint8Array;
  readonly tags: Uint32Array;
  readonly rows: Float64Array;
  /** Float64 words a row. */
  readonly rowWords: number;
}

/** Words of a row: the tally, then `(other)` and the keys if the channel has keys. */
export function rowWordCount(shape: RingShape): number {
  const keyed = shape.keysMax > 0 ? (shape.keysMax + 1) * shape.keyWords : 0;
  return TALLY_FIELDS.length + keyed;
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
  // A batch touches each word of the newest row and of the totals at most once, and so many amendments.
  const journalEntries =
    rowWords + TALLY_FIELDS.length + 1 + BATCH_AMENDMENTS_MAX * AMENDMENT_WORDS;
  const heapBytes = shape.keysMax === 0 ? 0 : shape.keysMax * KEY_BYTES_MEAN + KEY_BYTES_MAX;
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
    journalPosition: part(Uint16Array, POSITION_UNITS_MAX),
    journalIndices: part(Uint32Array, journalEntries),
    journalValues: part(Float64Array, journalEntries),
    positionUnits: part(Uint16Array, POSITION_UNITS_MAX),
    finalHeads: part(Uint32Array, FINAL_SLOT_COUNT),
    finalAmendments: part(Float64Array, FINAL_SLOT_COUNT),
    finalPositionLengths: part(Uint32Array, FINAL_SLOT_COUNT),
    finalPositionUnits: part(Uint16Array, FINAL_SLOT_COUNT * POSITION_UNITS_MAX),
    keyEnds: part(Uint32Array, shape.keysMax),
    keyBytes: part(Uint8Array, heapBytes),
    tags: part(Uint32Array, RING_DEPTH),
    rows: part(Float64Array, amendmentsAt(rowWords) + AMENDMENTS_MAX * AMENDMENT_WORDS),
  };
  return { byteLength: offset, views: buffer ? views : null };
}

/** Index into `rows` where the totals start. */
export function totalsAt(rowWords: number): number {
  return RING_DEPTH * rowWords;
}

/** Index into `rows` of the number of amendments since the ring was made; it is exact to 2^53. */
export function amendmentCountAt(rowWords: number): number {
  return totalsAt(rowWords) + TALLY_FIELDS.length;
}

/** Index into `rows` where the queue of amendments starts. */
export function amendmentsAt(rowWords: number): number {
  return amendmentCountAt(rowWords) + 1;
}

/** Index of the row that holds `second` (Unix seconds). */
export function rowOf(second: number): number {
  return second % RING_DEPTH;
}
