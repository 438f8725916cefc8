/** Adds messages to the running batch as the processor says: what each is worth, and under which key. */
import type { ProcessorTraits } from '../model/channel.ts';
import { exactSumOf, VALUE_MAX } from '../model/exact-sum.ts';
import { EXCERPT_LENGTH_MAX } from '../model/redaction.ts';
import { OTHER_SLOT } from '../model/series.ts';
import type { Worth, WorthOf } from '../model/worth.ts';
import { KEY_BYTES_MAX } from '../shared/ring.ts';
import type { RingWriter } from '../shared/ring-writer.ts';
import type { NoteLimit } from './notes.ts';

export interface WorthsParts {
  readonly writer: RingWriter;
  readonly traits: ProcessorTraits;
  readonly worthOf: WorthOf;
}

const UNUSABLE = 'the processor returned neither a finite number nor a key';

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

  /** Adds one message, which came in `frame`. Returns whether the processor has counted it. */
  add(body: unknown, frame: unknown): boolean {
    this.#writer.add('received', 1);
    let worth: Worth;
    try {
      worth = this.#worthOf(body, frame);
    } catch (error) {
      return this.#malformed(error instanceof Error ? error.message : String(error));
    }
    if (worth === null) {
      this.#writer.add('filtered', 1);
      return false;
    }
    if (typeof worth === 'number' || typeof worth === 'bigint') return this.#counted(null, worth);
    if (typeof worth === 'string') return this.#counted(worth, 1);
    return typeof worth === 'object'
      ? this.#counted(worth.key, worth.value)
      : this.#malformed(UNUSABLE);
  }

  /** The slot of a key's series, null being no key; a key that gets no series is reported. */
  slotOf(key: string | null): number {
    const slot = this.#writer.keys.slotOf(key);
    if (slot === OTHER_SLOT && key !== null) this.#reportOther(key);
    return slot;
  }

  #counted(key: string | null, value: number | bigint): boolean {
    const keyed = this.#traits.keysMax > 0;
    if (keyed && typeof key !== 'string' && key !== null) return this.#malformed(UNUSABLE);
    const sum = Number(value);
    if (!(Math.abs(sum) <= VALUE_MAX)) return this.#outOfBounds(value);
    const low = typeof value === 'bigint' ? exactSumOf(value).sumLow : 0;
    this.#writer.add('counted', 1);
    if (this.#traits.measure === 'sum') this.#writer.addSum(sum, low);
    if (keyed) this.#writer.addKey(this.slotOf(key), sum, 1, low);
    return true;
  }

  /** User code may return anything, whatever its types say. */
  #outOfBounds(value: unknown): false {
    const isNumber = typeof value === 'number' || typeof value === 'bigint';
    if (!isNumber || Number.isNaN(value)) return this.#malformed(UNUSABLE);
    return this.#malformed(`the value ${value} is beyond the bound of ${VALUE_MAX}`);
  }

  #reportOther(key: string): void {
    const name = JSON.stringify(key.slice(0, EXCERPT_LENGTH_MAX));
    const why = {
      'too-many': `there are ${this.#traits.keysMax} others (keys: in channels.yaml)`,
      'too-long': `it is longer than ${KEY_BYTES_MAX} bytes`,
      'no-room': 'the names of the others take up all room',
    }[this.#writer.keys.troubleOf(key)];
    this.#limit.event('keys-full', `key ${name} has no series of its own: ${why}`);
  }

  #malformed(detail: string): false {
    this.#writer.add('malformed', 1);
    this.#limit.event('processor-error', detail);
    return false;
  }
}
