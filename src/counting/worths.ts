/** Adds messages to the running batch as the processor says: what each is worth, and under which key. */
import { OTHER_SLOT, type ProcessorTraits } from '../model/channel.ts';
import { EXCERPT_LENGTH_MAX } from '../model/redaction.ts';
import type { Worth, WorthOf } from '../model/worth.ts';
import type { RingWriter } from '../shared/ring-writer.ts';
import type { NoteLimit } from './notes.ts';

export interface WorthsParts {
  readonly writer: RingWriter;
  readonly traits: ProcessorTraits;
  readonly worthOf: WorthOf;
}

export class Worths {
  readonly #writer: RingWriter;
  readonly #traits: ProcessorTraits;
  readonly #worthOf: WorthOf;
  readonly #limit: NoteLimit;

  constructor({ writer, traits, worthOf }: WorthsParts, limit: NoteLimit) {
    this.#writer = writer;
    this.#traits = traits;
    this.#worthOf = worthOf;
    this.#limit = limit;
  }

  /** Adds one message; `replayed` where it was sent before the link came up. */
  add(body: unknown, replayed: boolean): void {
    this.#writer.add('received', 1);
    let worth: Worth;
    try {
      worth = this.#worthOf(body);
    } catch (error) {
      this.#malformed(error instanceof Error ? error.message : String(error));
      return;
    }
    if (worth === null) this.#writer.add('filtered', 1);
    else if (typeof worth === 'number') this.#counted(null, worth, replayed);
    else if (typeof worth === 'string') this.#counted(worth, 1, replayed);
    else if (typeof worth === 'object') this.#counted(worth.key, worth.value, replayed);
    else this.#unusable();
  }

  /** The slot of a key's series; a key beyond the bound is said to be counted under `(other)`. */
  slotOf(key: string): number {
    const slot = this.#writer.keys.slotOf(key);
    if (slot === OTHER_SLOT) {
      const name = JSON.stringify(key.slice(0, EXCERPT_LENGTH_MAX));
      this.#limit.event('keys-full', `key ${name} is counted under (other)`);
    }
    return slot;
  }

  #counted(key: string | null, value: number, replayed: boolean): void {
    const keyed = this.#traits.keysMax > 0;
    if (!Number.isFinite(value) || (keyed && typeof key !== 'string')) return this.#unusable();
    this.#writer.add('counted', 1);
    if (replayed) this.#writer.add('replayed', 1);
    if (this.#traits.measure === 'sum') this.#writer.add('sum', value);
    if (keyed) this.#writer.addKey(this.slotOf(key!), value);
  }

  /** User code may return anything, whatever its types say. */
  #unusable(): void {
    this.#malformed('the processor returned neither a finite number nor a key');
  }

  #malformed(detail: string): void {
    this.#writer.add('malformed', 1);
    this.#limit.event('processor-error', detail);
  }
}
