/** Tables of keys: open addressing over the bytes of a key as they stand in a frame, with its quotes and escapes. */
import { equal, hashOf } from './bytes';
import {
  ENTRY_SIZE,
  TABLE_BYTES,
  TABLE_BYTES_END,
  TABLE_COUNTS,
  TABLE_ENTRIES,
  TABLE_MASK,
  TABLE_SUMS,
  TABLE_TOUCHED,
  TABLE_TOUCHED_COUNT,
  TABLE_USED,
} from '../layout';
import { addTo } from './sum';

/** The entry of the token; where it is not in the table, the free one that would be its. */
function entryOf(table: usize, hash: u32, at: usize, length: i32): usize {
  const mask = load<u32>(table, TABLE_MASK);
  const entries = load<usize>(table, TABLE_ENTRIES);
  let index = hash & mask;
  let entry = entries + index * ENTRY_SIZE;
  while (load<u32>(entry, 12) !== 0) {
    const same = load<u32>(entry) === hash && load<i32>(entry, 8) === length;
    if (same && equal(load<usize>(entry, 4), at, length)) break;
    index = (index + 1) & mask;
    entry = entries + index * ENTRY_SIZE;
  }
  return entry;
}

/** The slot of the token's series; -1 where the table does not know it. */
export function slotOf(table: usize, at: usize, length: i32): i32 {
  return load<i32>(entryOf(table, hashOf(at, length), at, length), 12) - 1;
}

/** Remembers the slot of a token; false when the table is full: three quarters of its entries, or all of its bytes. */
export function learn(table: usize, at: usize, length: i32, slot: i32): bool {
  const used = load<u32>(table, TABLE_USED);
  const mask = load<u32>(table, TABLE_MASK);
  const bytes = load<usize>(table, TABLE_BYTES);
  if (used >= (mask >> 2) * 3 || bytes + length > load<usize>(table, TABLE_BYTES_END)) return false;
  const hash = hashOf(at, length);
  const entry = entryOf(table, hash, at, length);
  if (load<u32>(entry, 12) !== 0) return true;
  memory.copy(bytes, at, length);
  store<usize>(table, bytes + length, TABLE_BYTES);
  store<u32>(table, used + 1, TABLE_USED);
  store<u32>(entry, hash);
  store<usize>(entry, bytes, 4);
  store<i32>(entry, length, 8);
  store<i32>(entry, slot + 1, 12);
  return true;
}

/** One more message of a series. */
export function tally(table: usize, slot: i32): void {
  const count = load<usize>(table, TABLE_COUNTS) + (slot << 2);
  const before = load<u32>(count);
  if (before === 0) {
    const touched = load<u32>(table, TABLE_TOUCHED_COUNT);
    store<i32>(load<usize>(table, TABLE_TOUCHED) + (touched << 2), slot);
    store<u32>(table, touched + 1, TABLE_TOUCHED_COUNT);
  }
  store<u32>(count, before + 1);
}

/** One more message of a series, and what it is worth. */
export function add(table: usize, slot: i32, value: f64): void {
  tally(table, slot);
  addTo(load<usize>(table, TABLE_SUMS) + (slot << 4), value);
}
