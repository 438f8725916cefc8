/**
 * Checksums of rows: 32 bits over a row's numbers, or its texts, and over what makes it that row and no other
 * (tier, channel, start, key), so that a row found in the wrong place is as wrong as an altered one.
 */
import { crc32 } from 'node:zlib';

const NUMBERS_MAX = 32;
const doubles = new Float64Array(NUMBERS_MAX);
const words = new Uint32Array(doubles.buffer);

/**
 * The body and the finalizer of MurmurHash3_x86_32 (Austin Appleby, public domain), over the numbers' IEEE 754 bits.
 * Every step is a bijection, so a change within one 32-bit word is always found; any other but once in 2^32.
 * Returns a signed integer: SQLite keeps that in four bytes.
 */
export function numbersChecksum(seed: number, numbers: readonly number[]): number {
  const wordCount = numbers.length * 2;
  // Adding 0 makes −0 a 0: the file does not keep the sign.
  for (let i = 0; i < numbers.length; i++) doubles[i] = numbers[i]! + 0;
  let hash = seed;
  for (let i = 0; i < wordCount; i++) {
    let word = Math.imul(words[i]!, 0xcc9e2d51);
    word = (word << 15) | (word >>> 17);
    hash ^= Math.imul(word, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash ^= wordCount * 4;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** For the few rows that hold text: a channel, a key, a note. */
export function textChecksum(values: readonly (string | number | null)[]): number {
  return crc32(JSON.stringify(values)) | 0;
}
