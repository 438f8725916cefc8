/** What the keys of one channel count in one cell: one row for all of them, under one checksum. */
import { crc32 } from 'node:zlib';
import type { TierName } from '../../model/tier.ts';
import { numbersChecksum } from './checksum.ts';
import { type KeyCells, NO_KEYS, pack, sumKeyCells, unpack } from './key-pack.ts';
import { type RawRow, seedOf } from './rows.ts';

/** The columns after series and start. */
export const KEYS_COLUMNS = ['pack', 'damaged', 'checksum'];
/** What is selected of a row: a `RawRow` for `toKeysRow`. */
export const KEYS_SELECTION = ['start', ...KEYS_COLUMNS].join(', ');

/** `start` in Unix seconds. */
export interface KeysRow {
  readonly start: number;
  readonly cells: KeyCells;
  /** How many damaged parts are in it; 0 for a sound row. */
  readonly damaged: number;
}

/** What is inserted: series, start, and the columns. */
export type KeysValues = [number, number, Uint8Array, number, number];

export function keysValues(tier: TierName, series: number, row: KeysRow): KeysValues {
  const { start, damaged } = row;
  const bytes = pack(row.cells);
  return [series, start, bytes, damaged, checksum(tier, [series, start, damaged], bytes)];
}

/** The keys of a row that was found as `series`'s: what its checksum does not vouch for is none, and damaged. */
export function toKeysRow(tier: TierName, series: number, raw: RawRow): KeysRow {
  const [start, bytes, damaged, found] = raw.map((value) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  const readable = typeof start === 'number' && typeof damaged === 'number';
  if (!readable || !(bytes instanceof Uint8Array)) return damagedKeys(Number(start));
  const right = checksum(tier, [series, start, damaged], bytes) === found;
  return right ? { start, cells: unpack(bytes), damaged } : damagedKeys(start);
}

export function damagedKeys(start: number): KeysRow {
  return { start, cells: NO_KEYS, damaged: 1 };
}

/** The sum of rows, as the row at `start`. */
export function sumKeys(start: number, rows: readonly KeysRow[]): KeysRow {
  return {
    start,
    cells: sumKeyCells(rows.map(({ cells }) => cells)),
    damaged: rows.reduce((sum, { damaged }) => sum + damaged, 0),
  };
}

/**
 * The bytes' CRC-32, begun with what makes the row that row and no other. Both are bijections, so a change within
 * 32 bits of the one or one word of the other is always found.
 */
function checksum(tier: TierName, place: readonly number[], bytes: Uint8Array): number {
  return crc32(bytes, numbersChecksum(seedOf(tier) + 1, place) >>> 0) | 0;
}
