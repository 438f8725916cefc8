/**
 * One connection as the scanner knows it: its channels with their programs and tables, and the way back from what
 * was counted to the sinks.
 */
import {
  CHANNEL_COUNT,
  CHANNEL_ID_AT,
  CHANNEL_ID_LENGTH,
  CHANNEL_NEXT,
  CHANNEL_POSITION_AT,
  CHANNEL_POSITION_LENGTH,
  CHANNEL_PROGRAM,
  CHANNEL_SIZE,
  CHANNEL_SUM,
  CHANNEL_TABLE,
  CHANNEL_TOUCHED,
  ENVELOPE_JSON,
  ENVELOPE_SATORI,
  LINK_BYTES_MAX,
  LINK_CHAIN_COUNT,
  LINK_CHAINS,
  LINK_CHANNEL,
  LINK_ENVELOPE,
  LINK_PROGRAM,
  LINK_SIZE,
  LINK_UTF8,
  MISS_AT,
  MISS_SIZE,
  NAME_BYTES_MAX,
  RESULT_AT,
  RESULT_MISSES,
  RESULT_STOP,
  RESULT_TOUCHED,
  STOP_FULL,
  STOP_STRANGE,
  TOUCHED_AT,
} from '../../wasm/layout.ts';
import type { SeriesBatch } from '../model/delivery.ts';
import { parseExact } from '../model/exact-json.ts';
import { OTHER_SLOT } from '../model/series.ts';
import type { Kernel } from './kernel.ts';
import { Lot } from './lot.ts';
import { type Program, writeProgram } from './program.ts';
import { SeriesTable } from './series-table.ts';

/** A channel that is counted by the tap. */
export interface TapChannel {
  /** Names it within the connection: its subscription id. */
  readonly id: string;
  readonly program: Program;
  /** Number of series by key; 0 where there are no keys. */
  readonly slotCount: number;
  /** Messages of several frames, and the position after the last of them. */
  counted(batch: SeriesBatch, position: string | null): void;
  /** The slot of a key's series; null where nothing is counted now. */
  slotOf(key: unknown): number | null;
}

export interface LinkPlan {
  /** One of the ENVELOPE values. */
  readonly envelope: number;
  /** Whether frames that are not UTF-8 are left to `ws`. */
  readonly utf8: boolean;
  readonly frameBytesMax: number;
  readonly channels: readonly TapChannel[];
}

interface Known {
  readonly channel: TapChannel;
  readonly table: SeriesTable | null;
}

const NO_SLOTS: Pick<SeriesBatch, 'slots' | 'counts' | 'sums'> = {
  slots: new Uint32Array(0),
  counts: new Uint32Array(0),
  sums: new Float64Array(0),
};

export class TapLink {
  readonly kernel: Kernel;
  readonly #lot: Lot;
  readonly #at: number;
  readonly #known = new Map<number, Known>();

  /** Throws MemoryFull when the scanner has no room for it. */
  constructor(kernel: Kernel, plan: LinkPlan) {
    this.kernel = kernel;
    this.#lot = new Lot(kernel);
    try {
      this.#at = this.#lot.take(LINK_SIZE);
      this.#set(this.#at, LINK_ENVELOPE, plan.envelope);
      this.#set(this.#at, LINK_UTF8, Number(plan.utf8));
      this.#set(this.#at, LINK_BYTES_MAX, plan.frameBytesMax);
      const [first] = plan.channels;
      if (first) {
        const program = { ...first.program, key: null, value: null };
        this.#set(this.#at, LINK_PROGRAM, writeProgram(this.#lot, program, false));
      }
      for (const channel of plan.channels) this.#add(channel, plan.envelope);
    } catch (error) {
      this.#lot.giveBack();
      throw error;
    }
  }

  /**
   * Counts frames from `from` to `to` in the scanner's memory, tells the sinks, and returns where it stopped.
   * `isStrange` says whether the frame there is one for `ws`; else it is not whole yet.
   */
  scan(from: number, to: number): number {
    let at = from;
    do {
      at = this.kernel.scanner.scan(this.#at, at, to);
      this.#deliver();
    } while (this.#result(RESULT_STOP) === STOP_FULL);
    return at;
  }

  get isStrange(): boolean {
    return this.#result(RESULT_STOP) === STOP_STRANGE;
  }

  /** From now on frames of this subscription are left to `ws`, for good. */
  remove(id: string): void {
    this.setCounting(id, false);
    for (const [at, { channel }] of this.#known) if (channel.id === id) this.#known.delete(at);
  }

  /** Whether frames of this subscription are counted here from now on, or left to `ws`. */
  setCounting(id: string, counting: boolean): void {
    // The scanner never finds an id of the longer length.
    const length = counting ? Buffer.byteLength(id) : NAME_BYTES_MAX + 1;
    for (const [at, { channel }] of this.#known) {
      if (channel.id === id) this.#set(at, CHANNEL_ID_LENGTH, length);
    }
  }

  /** The last call: its memory goes to others. */
  close(): void {
    this.#known.clear();
    this.#lot.giveBack();
  }

  #add(channel: TapChannel, envelope: number): void {
    const { scanner } = this.kernel;
    // In other frames the scanner does not know where a message begins, or need not.
    const hasShapes =
      envelope === ENVELOPE_SATORI || (envelope === ENVELOPE_JSON && channel.program.list === null);
    const id = Buffer.from(channel.id);
    const at = this.#lot.take(CHANNEL_SIZE);
    const table = channel.slotCount > 0 ? new SeriesTable(this.#lot, channel.slotCount) : null;
    const idAt = this.#lot.copy(id);
    this.#set(at, CHANNEL_PROGRAM, writeProgram(this.#lot, channel.program, hasShapes));
    this.#set(at, CHANNEL_TABLE, table?.at ?? 0);
    this.#set(at, CHANNEL_ID_AT, idAt);
    this.#set(at, CHANNEL_ID_LENGTH, id.length);
    const chain = LINK_CHAINS + (scanner.hashOf(idAt, id.length) & (LINK_CHAIN_COUNT - 1)) * 4;
    this.#set(at, CHANNEL_NEXT, this.#get(this.#at, chain));
    this.#set(this.#at, chain, at);
    this.#set(this.#at, LINK_CHANNEL, at);
    this.#known.set(at, { channel, table });
  }

  #deliver(): void {
    this.#learn();
    const touchedCount = this.#result(RESULT_TOUCHED);
    for (let i = 0; i < touchedCount; i++) {
      const at = this.#get(TOUCHED_AT, i * 4);
      const known = this.#known.get(at);
      if (known) this.#tell(at, known);
      this.#set(at, CHANNEL_TOUCHED, 0);
    }
  }

  #tell(at: number, { channel, table }: Known): void {
    const { bytes, doubles } = this.kernel;
    const count = this.#get(at, CHANNEL_COUNT);
    const sumAt = (at + CHANNEL_SUM) >> 3;
    const [sum, sumLow] = [doubles[sumAt]!, doubles[sumAt + 1]!];
    const positionAt = this.#get(at, CHANNEL_POSITION_AT);
    const positionEnd = positionAt + this.#get(at, CHANNEL_POSITION_LENGTH);
    const position = positionAt === 0 ? null : bytes.toString('utf8', positionAt, positionEnd);
    channel.counted(
      table?.batch(count, sum, sumLow) ?? { count, sum, sumLow, ...NO_SLOTS },
      position,
    );
    table?.clear();
    this.#set(at, CHANNEL_COUNT, 0);
    this.#set(at, CHANNEL_POSITION_AT, 0);
    doubles.fill(0, sumAt, sumAt + 2);
  }

  /** Keys that no table knew: what they are, is said by JSON, and whose series, by the sink. */
  #learn(): void {
    const { scanner, bytes, doubles } = this.kernel;
    const missCount = this.#result(RESULT_MISSES);
    for (let i = 0; i < missCount; i++) {
      const miss = MISS_AT + i * MISS_SIZE;
      const known = this.#known.get(this.#get(miss, 0));
      if (!known?.table) continue;
      const at = this.#get(miss, 4);
      const length = this.#get(miss, 8);
      const key = length === 0 ? undefined : parseExact(bytes.toString('utf8', at, at + length));
      const slot = known.channel.slotOf(key);
      if (slot === null) continue;
      // Keys beyond the bound are not remembered.
      if (slot !== OTHER_SLOT) scanner.learn(known.table.at, at, length, slot);
      scanner.add(known.table.at, slot, doubles[(miss + 16) >> 3]!);
    }
  }

  #result(offset: number): number {
    return this.#get(RESULT_AT, offset);
  }

  #get(at: number, offset: number): number {
    return this.kernel.words[(at + offset) >> 2]!;
  }

  #set(at: number, offset: number, value: number): void {
    this.kernel.words[(at + offset) >> 2] = value;
  }
}
