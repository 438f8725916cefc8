/**
 * The names of a channel's keys: append-only UTF-8 in the ring, so that they outlive the thread that saw them.
 *
 * Written by the feed thread; read by all. A name is complete before the key count that includes it is stored.
 */
import { FIRST_KEY_SLOT, NONE_SLOT, OTHER_SLOT } from '../model/series.ts';
import { CONTROL, KEY_BYTES_MAX, type RingViews } from './ring.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Why a key has no series of its own. */
export type KeyTrouble = 'too-many' | 'too-long' | 'no-room';

/** The writer's side: gives each key its slot on first sight. */
export class KeySlots {
  readonly #views: RingViews;
  readonly #slots = new Map<string, number>();
  #endBytes = 0;

  /** Reads back the names that an earlier thread left in the ring. */
  constructor(views: RingViews) {
    this.#views = views;
    const names = readKeyNames(views);
    names.forEach((name, index) => {
      this.#slots.set(name, FIRST_KEY_SLOT + index);
    });
    this.#endBytes = names.length === 0 ? 0 : views.keyEnds[names.length - 1]!;
  }

  /** The slot of `key`; null is a message without one. `OTHER_SLOT` for a key that gets no series: see `troubleOf`. */
  slotOf(key: string | null): number {
    if (key === null) return NONE_SLOT;
    return this.#slots.get(key) ?? this.#append(key);
  }

  /** Why `key`, which `slotOf` has refused, has no series of its own. */
  troubleOf(key: string): KeyTrouble {
    if (Buffer.byteLength(key) > KEY_BYTES_MAX) return 'too-long';
    return this.#slots.size >= this.#views.shape.keysMax ? 'too-many' : 'no-room';
  }

  get count(): number {
    return this.#slots.size;
  }

  #append(key: string): number {
    const { keysMax } = this.#views.shape;
    const { keyBytes, keyEnds, control } = this.#views;
    const index = this.#slots.size;
    // Longer strings are not even encoded; those that fit are remembered, so this runs once a key.
    if (index >= keysMax || key.length > KEY_BYTES_MAX) return OTHER_SLOT;
    const bytes = encoder.encode(key);
    const end = this.#endBytes + bytes.length;
    if (bytes.length > KEY_BYTES_MAX || end > keyBytes.length) return OTHER_SLOT;
    keyBytes.set(bytes, this.#endBytes);
    keyEnds[index] = end;
    this.#endBytes = end;
    this.#slots.set(key, FIRST_KEY_SLOT + index);
    Atomics.store(control, CONTROL.keyCount, index + 1);
    return FIRST_KEY_SLOT + index;
  }
}

/** All key names in slot order, from the one of index `first`. */
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
