/** Adds messages to the running batch as the processor says: what each is worth, and under which key. */
import type { ProcessorTraits } from '../model/channel.ts';
import type { SeriesBatch } from '../model/delivery.ts';
import { exactSumOf, VALUE_MAX } from '../model/exact-sum.ts';
import { PathWatch } from '../model/path-watch.ts';
import { EXCERPT_LENGTH_MAX } from '../model/redaction.ts';
import { NONE_SLOT, OTHER_SLOT } from '../model/series.ts';
import { textOfThrown } from '../model/thrown.ts';
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
  readonly #keyWatch: PathWatch;

  constructor({ writer, traits, worthOf }: WorthsParts, limit: NoteLimit) {
    this.#writer = writer;
    this.#traits = traits;
    this.#worthOf = worthOf;
    this.#limit = limit;
    const path = traits.paths?.key;
    const what = path ? `processor.key ${JSON.stringify(path)}` : 'a key';
    this.#keyWatch = new PathWatch(what, (...event) => limit.event(...event));
  }

  /** Adds one message, which came in `frame`. Returns whether the processor has counted it. */
  add(body: unknown, frame: unknown): boolean {
    this.#writer.add('received', 1);
    let worth: Worth;
    let key: unknown = null;
    let value: unknown = 1;
    try {
      worth = this.#worthOf(body, frame);
      // Getters and proxies are user code too: each part is read once, here.
      if (typeof worth === 'object' && worth !== null) ({ key, value } = worth);
    } catch (error) {
      return this.#malformed(textOfThrown(error));
    }
    if (worth === null) {
      this.#writer.add('filtered', 1);
      return false;
    }
    if (typeof worth === 'number' || typeof worth === 'bigint') return this.#counted(null, worth);
    if (typeof worth === 'string') return this.#counted(worth, 1);
    return typeof worth === 'object' ? this.#counted(key, value) : this.#malformed(UNUSABLE);
  }

  /** Adds a message that the processor does not get: it is malformed. The caller reports why. */
  refuse(): void {
    this.#writer.add('received', 1);
    this.#writer.add('malformed', 1);
  }

  /** The slot of a key's series, null being no key; a key that gets no series is reported. */
  slotOf(key: string | null): number {
    const slot = this.#writer.keys.slotOf(key);
    if (slot === OTHER_SLOT && key !== null) this.#reportOther(key);
    return slot;
  }

  /** Adds the series of messages that were looked into elsewhere. */
  addSeries({ count, sum, sumLow, slots, counts, sums }: SeriesBatch): void {
    if (this.#traits.measure === 'sum') this.#writer.addSum(sum, sumLow);
    let keyed = false;
    for (const slot of slots) {
      this.#writer.addKey(slot, sums[slot * 2]!, counts[slot]!, sums[slot * 2 + 1]!);
      if (slot !== NONE_SLOT) keyed = true;
    }
    if (this.#traits.keysMax > 0) this.#keyWatch.saw(keyed, count);
  }

  /** User code may return anything, whatever its types say. */
  #counted(key: unknown, value: unknown): boolean {
    const keyed = this.#traits.keysMax > 0;
    if (typeof value !== 'number' && typeof value !== 'bigint') return this.#malformed(UNUSABLE);
    const sum = Number(value);
    if (Number.isNaN(sum)) return this.#malformed(UNUSABLE);
    if (Math.abs(sum) > VALUE_MAX) {
      return this.#malformed(`the value ${sum} is beyond the bound of ${VALUE_MAX}`);
    }
    if (keyed && typeof key !== 'string' && key !== null) return this.#malformed(UNUSABLE);
    const low = typeof value === 'bigint' ? exactSumOf(value).sumLow : 0;
    this.#writer.add('counted', 1);
    if (this.#traits.measure === 'sum') this.#writer.addSum(sum, low);
    if (keyed) {
      this.#writer.addKey(this.slotOf(key as string | null), sum, 1, low);
      this.#keyWatch.saw(key !== null);
    }
    return true;
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
