/**
 * The names of a channel's keys: append-only UTF-8 in the ring, so that they outlive the thread that saw them.
 *
 * Written by the feed thread; read by all. A name is complete before the key count that includes it is stored.
 */
import { OTHER_SLOT } from '../model/channel.ts';
import { CONTROL, KEY_BYTES_MAX, type RingViews } from './ring.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The writer's side: gives each key its slot, 1 and up, on first sight. */
export class KeySlots {
  readonly #views: RingViews;
  readonly #slots = new Map<string, number>();
  #endBytes = 0;

  /** Reads back the names that an earlier thread left in the ring. */
  constructor(views: RingViews) {
    this.#views = views;
    const names = readKeyNames(views);
    names.forEach((name, index) => {
      this.#slots.set(name, index + 1);
    });
    this.#endBytes = names.length === 0 ? 0 : views.keyEnds[names.length - 1]!;
  }

  /** The slot of `key`; `OTHER_SLOT` when the bound on keys, on their names or on this name's length is hit. */
  slotOf(key: string): number {
    return this.#slots.get(key) ?? this.#append(key);
  }

  get count(): number {
    return this.#slots.size;
  }

  #append(key: string): number {
    const { keysMax } = this.#views.shape;
    const { keyBytes, keyEnds, control } = this.#views;
    // Longer strings are not even encoded; those that fit are remembered, so this runs once a key.
    if (this.#slots.size >= keysMax || key.length > KEY_BYTES_MAX) return OTHER_SLOT;
    const bytes = encoder.encode(key);
    const end = this.#endBytes + bytes.length;
    if (bytes.length > KEY_BYTES_MAX || end > keyBytes.length) return OTHER_SLOT;
    keyBytes.set(bytes, this.#endBytes);
    keyEnds[this.#slots.size] = end;
    this.#endBytes = end;
    this.#slots.set(key, this.#slots.size + 1);
    Atomics.store(control, CONTROL.keyCount, this.#slots.size);
    return this.#slots.size;
  }
}

/** All key names in slot order, from `first` (0 = slot 1). */
export function readKeyNames(views: RingViews, first = 0): string[] {
  const keyCount = Atomics.load(views.control, CONTROL.keyCount);
  const names: string[] = [];
  for (let index = first; index < keyCount; index++) {
    const start = index === 0 ? 0 : views.keyEnds[index - 1]!;
    // TextDecoder refuses shared memory, so the bytes are copied first.
    names.push(decoder.decode(views.keyBytes.slice(start, views.keyEnds[index]!)));
  }
  return names;
}
