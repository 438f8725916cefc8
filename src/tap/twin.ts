/**
 * The scanner in plain JavaScript, for machines without WebAssembly or its vectors: the same memory, the same answers,
 * about as fast as parsing. `wasm/scanner/index.ts` says what each part is for.
 */
import { isUtf8 } from 'node:buffer';
import {
  CHANNEL_COUNT,
  CHANNEL_ID_AT,
  CHANNEL_ID_LENGTH,
  CHANNEL_NEXT,
  CHANNEL_POSITION_AT,
  CHANNEL_POSITION_LENGTH,
  CHANNEL_PROGRAM,
  CHANNEL_SUM,
  CHANNEL_TABLE,
  CHANNEL_TOUCHED,
  ENTRY_SIZE,
  ENVELOPE_OPAQUE,
  ENVELOPE_SATORI,
  HEAP_END,
  LINK_BYTES_MAX,
  LINK_CHAIN_COUNT,
  LINK_CHAINS,
  LINK_CHANNEL,
  LINK_ENVELOPE,
  LINK_PROGRAM,
  LINK_UTF8,
  MISS_AT,
  MISS_MAX,
  MISS_SIZE,
  PROGRAM_GUARD_COUNT,
  PROGRAM_KEY,
  PROGRAM_VALUE,
  RESULT_AT,
  RESULT_MISSES,
  RESULT_STOP,
  RESULT_TOUCHED,
  STOP_FULL,
  STOP_STRANGE,
  STOP_UNFINISHED,
  TABLE_BYTES,
  TABLE_BYTES_END,
  TABLE_COUNTS,
  TABLE_ENTRIES,
  TABLE_MASK,
  TABLE_SUMS,
  TABLE_TOUCHED,
  TABLE_TOUCHED_COUNT,
  TABLE_USED,
  TOUCHED_AT,
  TOUCHED_MAX,
} from '../../wasm/layout.ts';
import { addAt } from '../model/exact-sum.ts';
import { frameExtent } from './frame-extent.ts';
import type { Scanner } from './kernel.ts';
import { JsonScan } from './twin-json.ts';

/** A scanner of its own memory. */
export function createTwin(): Scanner {
  return new Twin();
}

class Twin implements Scanner {
  readonly memory = { buffer: new ArrayBuffer(HEAP_END) };
  readonly #bytes = Buffer.from(this.memory.buffer);
  readonly #words = new Int32Array(this.memory.buffer);
  readonly #doubles = new Float64Array(this.memory.buffer);
  readonly #json = new JsonScan(this.#bytes);

  scan(link: number, from: number, to: number): number {
    this.#set(RESULT_AT + RESULT_TOUCHED, 0);
    this.#set(RESULT_AT + RESULT_MISSES, 0);
    let at = from;
    let stop: number = STOP_UNFINISHED;
    while (at + 2 <= to && stop === STOP_UNFINISHED) {
      const first = this.#bytes[at]!;
      const extent = frameExtent(this.#bytes, at, to);
      if ((first !== 0x81 && first !== 0x82) || this.#bytes[at + 1]! > 127) stop = STOP_STRANGE;
      else if (!extent) break;
      else if (extent.payload > this.#get(link + LINK_BYTES_MAX)) stop = STOP_STRANGE;
      else if (at + extent.length > to) break;
      else {
        const end = at + extent.length;
        stop = this.#take(link, end - extent.payload, end);
        if (stop === STOP_UNFINISHED) at = end;
      }
    }
    this.#set(RESULT_AT + RESULT_STOP, stop);
    return at;
  }

  learn(table: number, at: number, length: number, slot: number): boolean {
    const used = this.#get(table + TABLE_USED);
    const bytes = this.#get(table + TABLE_BYTES);
    const limit = (this.#get(table + TABLE_MASK) >> 2) * 3;
    if (used >= limit || bytes + length > this.#get(table + TABLE_BYTES_END)) return false;
    const hash = this.hashOf(at, length);
    const entry = this.#entryOf(table, hash, at, length);
    if (this.#get(entry + 12) !== 0) return true;
    this.#bytes.copy(this.#bytes, bytes, at, at + length);
    this.#set(table + TABLE_BYTES, bytes + length);
    this.#set(table + TABLE_USED, used + 1);
    this.#words.set([hash | 0, bytes, length, slot + 1], entry >> 2);
    return true;
  }

  add(table: number, slot: number, value: number): void {
    const count = this.#get(table + TABLE_COUNTS) + slot * 4;
    if (this.#get(count) === 0) {
      const touched = this.#get(table + TABLE_TOUCHED_COUNT);
      this.#set(this.#get(table + TABLE_TOUCHED) + touched * 4, slot);
      this.#set(table + TABLE_TOUCHED_COUNT, touched + 1);
    }
    this.#set(count, this.#get(count) + 1);
    addAt(this.#doubles, (this.#get(table + TABLE_SUMS) + slot * 16) >> 3, value);
  }

  hashOf(at: number, length: number): number {
    let hash = 0x811c9dc5;
    for (let i = at; i < at + length; i++) hash = Math.imul(hash ^ this.#bytes[i]!, 0x01000193);
    return hash >>> 0;
  }

  #take(link: number, from: number, to: number): number {
    const envelope = this.#get(link + LINK_ENVELOPE);
    const channel = this.#get(link + LINK_CHANNEL);
    if (this.#get(link + LINK_UTF8) && !isUtf8(this.#bytes.subarray(from, to))) return STOP_STRANGE;
    if (envelope === ENVELOPE_OPAQUE) return this.#credit(channel, 1);
    if (envelope === ENVELOPE_SATORI) return this.#takePdu(link, from, to);
    const program = this.#get(channel + CHANNEL_PROGRAM);
    // Guards are left to the parser.
    if (this.#get(program + PROGRAM_GUARD_COUNT) !== 0) return STOP_STRANGE;
    return this.#json.scan(program, from, to, false) ? this.#commit(channel) : STOP_STRANGE;
  }

  #takePdu(link: number, from: number, to: number): number {
    // Whose frame it is, only a whole scan says: by a program that looks for nothing else.
    const plain = this.#get(link + LINK_PROGRAM);
    if (!this.#json.scan(plain, from, to, true)) return STOP_STRANGE;
    const owner = this.#channelOf(link);
    if (owner === 0) return STOP_STRANGE;
    const program = this.#get(owner + CHANNEL_PROGRAM);
    const looks =
      this.#get(program + PROGRAM_KEY) !== 0 || this.#get(program + PROGRAM_VALUE) !== 0;
    if (looks && !this.#json.scan(program, from, to, true)) return STOP_STRANGE;
    const stop = this.#commit(owner);
    if (stop === STOP_UNFINISHED) {
      this.#set(owner + CHANNEL_POSITION_AT, this.#json.positionAt);
      this.#set(owner + CHANNEL_POSITION_LENGTH, this.#json.positionLength);
    }
    return stop;
  }

  #channelOf(link: number): number {
    const { idAt, idLength } = this.#json;
    const chain = this.hashOf(idAt, idLength) & (LINK_CHAIN_COUNT - 1);
    let channel = this.#get(link + LINK_CHAINS + chain * 4);
    while (channel !== 0) {
      const at = this.#get(channel + CHANNEL_ID_AT);
      const length = this.#get(channel + CHANNEL_ID_LENGTH);
      if (length === idLength && this.#same(at, idAt, length)) break;
      channel = this.#get(channel + CHANNEL_NEXT);
    }
    return channel;
  }

  #commit(channel: number): number {
    const { staged, messageCount } = this.#json;
    const table = this.#get(channel + CHANNEL_TABLE);
    const missCount = this.#get(RESULT_AT + RESULT_MISSES);
    if (table !== 0 && missCount + staged.length > MISS_MAX) {
      return missCount > 0 ? STOP_FULL : STOP_STRANGE;
    }
    const stop = this.#credit(channel, messageCount);
    if (stop !== STOP_UNFINISHED) return stop;
    if (table !== 0) this.#commitKeys(channel, table);
    if (this.#get(this.#get(channel + CHANNEL_PROGRAM) + PROGRAM_VALUE) !== 0) {
      for (const { value } of staged) addAt(this.#doubles, (channel + CHANNEL_SUM) >> 3, value);
    }
    return STOP_UNFINISHED;
  }

  #commitKeys(channel: number, table: number): void {
    let missCount = this.#get(RESULT_AT + RESULT_MISSES);
    for (const { at, length, value } of this.#json.staged) {
      const slot = this.#get(this.#entryOf(table, this.hashOf(at, length), at, length) + 12) - 1;
      if (slot >= 0) {
        this.add(table, slot, value);
        continue;
      }
      const miss = MISS_AT + missCount * MISS_SIZE;
      this.#words.set([channel, at, length], miss >> 2);
      this.#doubles[(miss + 16) >> 3] = value;
      missCount += 1;
    }
    this.#set(RESULT_AT + RESULT_MISSES, missCount);
  }

  #credit(channel: number, count: number): number {
    if (this.#get(channel + CHANNEL_TOUCHED) === 0) {
      const touched = this.#get(RESULT_AT + RESULT_TOUCHED);
      if (touched === TOUCHED_MAX) return STOP_FULL;
      this.#set(TOUCHED_AT + touched * 4, channel);
      this.#set(RESULT_AT + RESULT_TOUCHED, touched + 1);
      this.#set(channel + CHANNEL_TOUCHED, 1);
    }
    this.#set(channel + CHANNEL_COUNT, this.#get(channel + CHANNEL_COUNT) + count);
    return STOP_UNFINISHED;
  }

  /** The entry of a key; where it is not in the table, the free one that would be its. */
  #entryOf(table: number, hash: number, at: number, length: number): number {
    const mask = this.#get(table + TABLE_MASK);
    const entries = this.#get(table + TABLE_ENTRIES);
    let index = hash & mask;
    for (;;) {
      const entry = entries + index * ENTRY_SIZE;
      if (this.#get(entry + 12) === 0) return entry;
      const same = this.#get(entry) === (hash | 0) && this.#get(entry + 8) === length;
      if (same && this.#same(this.#get(entry + 4), at, length)) return entry;
      index = (index + 1) & mask;
    }
  }

  #same(a: number, b: number, length: number): boolean {
    return this.#bytes.compare(this.#bytes, a, a + length, b, b + length) === 0;
  }

  #get(at: number): number {
    return this.#words[at >> 2]!;
  }

  #set(at: number, value: number): void {
    this.#words[at >> 2] = value;
  }
}
