/**
 * What the keys of one channel count in one cell, packed into a few bytes a key.
 *
 * The pack: one byte that says which sums there are; then for each key, ascending by id: how far its id is from the
 * one before, and its count, as numbers of seven bits a byte, low ones first; and its sum, a little-endian double, or
 * both words of it where the second is not 0 for every key.
 */
import { addAt } from '../../model/exact-sum.ts';

/** Columns of equal length, ascending by id. */
export interface KeyCells {
  readonly ids: Float64Array;
  readonly counted: Float64Array;
  /** Two words a key; see `exact-sum.ts`. */
  readonly sums: Float64Array;
}

/** Words of a sum that are packed, by the first byte. */
const SUM_WORDS = [0, 1, 2] as const;
/** Bytes of the longest number (2^53), and of a key. */
const NUMBER_BYTES_MAX = 8;
const KEY_BYTES_MAX = 2 * NUMBER_BYTES_MAX + 16;
/** Below it, numbers can be taken apart by bits. */
const SMALL_MAX = 2 ** 31;

export const NO_KEYS: KeyCells = keyColumns(0);

/** Of one key after the other, in any order; what comes twice is added. */
export function keyCellsOf(
  list: readonly {
    readonly id: number;
    readonly counted: number;
    readonly sum: number;
    readonly sumLow: number;
  }[],
): KeyCells {
  if (list.length === 0) return NO_KEYS;
  const cells = keyColumns(list.length);
  let length = 0;
  for (const { id, counted, sum, sumLow } of list.toSorted((a, b) => a.id - b.id)) {
    if (length === 0 || cells.ids[length - 1] !== id) cells.ids[length++] = id;
    cells.counted[length - 1]! += counted;
    addAt(cells.sums, (length - 1) * 2, sum);
    addAt(cells.sums, (length - 1) * 2, sumLow);
  }
  return firstOf(cells, length);
}

/** What the keys count together. */
export function countedOf({ counted }: KeyCells): number {
  let sum = 0;
  for (const count of counted) sum += count;
  return sum;
}

/** All together. */
export function sumKeyCells(parts: readonly KeyCells[]): KeyCells {
  let total = NO_KEYS;
  for (const part of parts) {
    // The keys of one second are mostly those of the one before.
    if (hasAll(total, part)) addTo(total, part);
    else total = merged(total, part);
  }
  return total;
}

function hasAll(total: KeyCells, part: KeyCells): boolean {
  let at = 0;
  for (const id of part.ids) {
    while (at < total.ids.length && total.ids[at]! < id) at++;
    if (at === total.ids.length || total.ids[at] !== id) return false;
  }
  return true;
}

function addTo(total: KeyCells, part: KeyCells): void {
  let at = 0;
  for (let i = 0; i < part.ids.length; i++) {
    while (total.ids[at]! < part.ids[i]!) at++;
    total.counted[at]! += part.counted[i]!;
    addSums(total, at, part, i);
  }
}

function addSums(total: KeyCells, at: number, part: KeyCells, index: number): void {
  addAt(total.sums, at * 2, part.sums[index * 2]!);
  addAt(total.sums, at * 2, part.sums[index * 2 + 1]!);
}

/** New columns, ascending again. */
function merged(a: KeyCells, b: KeyCells): KeyCells {
  const into = keyColumns(a.ids.length + b.ids.length);
  let [i, j, length] = [0, 0, 0];
  for (; i < a.ids.length || j < b.ids.length; length++) {
    const fromA = j === b.ids.length || (i < a.ids.length && a.ids[i]! <= b.ids[j]!);
    const fromB = i === a.ids.length || (j < b.ids.length && b.ids[j]! <= a.ids[i]!);
    into.ids[length] = fromA ? a.ids[i]! : b.ids[j]!;
    if (fromA) {
      into.counted[length]! += a.counted[i]!;
      addSums(into, length, a, i++);
    }
    if (fromB) {
      into.counted[length]! += b.counted[j]!;
      addSums(into, length, b, j++);
    }
  }
  return firstOf(into, length);
}

function keyColumns(length: number): KeyCells {
  const column = (words: number) => new Float64Array(length * words);
  return { ids: column(1), counted: column(1), sums: column(2) };
}

function firstOf({ ids, counted, sums }: KeyCells, length: number): KeyCells {
  return {
    ids: ids.subarray(0, length),
    counted: counted.subarray(0, length),
    sums: sums.subarray(0, length * 2),
  };
}

/** Throws a RangeError for a count that is no whole number from 0 to 2^53: Weir makes no other. */
export function pack({ ids, counted, sums }: KeyCells): Uint8Array {
  const sumWords = sumWordsOf(sums);
  const bytes = new Uint8Array(1 + ids.length * KEY_BYTES_MAX);
  const view = new DataView(bytes.buffer);
  bytes[0] = sumWords;
  let at = 1;
  let last = 0;
  for (let i = 0; i < ids.length; i++) {
    at = putNumber(bytes, at, ids[i]! - last);
    at = putNumber(bytes, at, counted[i]!);
    last = ids[i]!;
    for (let word = 0; word < sumWords; word++, at += 8) {
      view.setFloat64(at, sums[i * 2 + word]!, true);
    }
  }
  return bytes.subarray(0, at);
}

/** How many words of each sum say anything. */
function sumWordsOf(sums: Float64Array): (typeof SUM_WORDS)[number] {
  const isAny = (word: number) => sums.some((value, index) => index % 2 === word && value !== 0);
  if (isAny(1)) return 2;
  return isAny(0) ? 1 : 0;
}

function putNumber(bytes: Uint8Array, from: number, number: number): number {
  if (!(Number.isSafeInteger(number) && number >= 0)) throw new RangeError(`no count: ${number}`);
  let [at, left] = [from, number];
  while (left >= SMALL_MAX) {
    bytes[at++] = (left % 128) | 128;
    left = Math.floor(left / 128);
  }
  while (left >= 128) {
    bytes[at++] = (left & 127) | 128;
    left >>>= 7;
  }
  bytes[at++] = left;
  return at;
}

/** Of bytes that a checksum vouches for. */
export function unpack(bytes: Uint8Array): KeyCells {
  // A key takes two bytes at least.
  const cells = keyColumns(bytes.length >> 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sumWords = SUM_WORDS[bytes[0]!] ?? 0;
  let [id, length] = [0, 0];
  let [number, scale, isStep] = [0, 1, true];
  for (let at = 1; at < bytes.length; at++) {
    const byte = bytes[at]!;
    number += (byte & 127) * scale;
    scale *= 128;
    if (byte > 127) continue;
    if (isStep) id += number;
    else {
      cells.ids[length] = id;
      cells.counted[length] = number;
      for (let word = 0; word < sumWords; word++, at += 8) {
        cells.sums[length * 2 + word] = view.getFloat64(at + 1, true);
      }
      length += 1;
    }
    [number, scale, isStep] = [0, 1, !isStep];
  }
  return firstOf(cells, length);
}
