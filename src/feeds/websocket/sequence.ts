/**
 * Sequence numbers: what the ids of a feed's messages prove of losses and repetitions.
 *
 * `dense` ids count up by one, so a jump is a loss of known size, and whatever came before is known to the last id.
 * `rising` ids only grow: they tell repetitions, not losses. A feed may number several streams (`by`).
 */
import { z } from 'zod';
import { compilePath } from '../../model/path.ts';
import { SHARDS_MAX, type ShardPosition } from '../../model/position.ts';
import { path } from '../event-time.ts';
import { type Id, idOf, NumberedStream } from './numbered-stream.ts';
import type { Verdict } from './verdict.ts';

/** Most streams with numbers of their own; a message of one more is counted as it comes. */
export const STREAMS_MAX = SHARDS_MAX;
/** Longest name of a stream, in UTF-16 units. */
const STREAM_UNITS_MAX = 256;
/** Shards of a sequence begin with this, followed by the name of the stream. */
const SHARD = 'id';

export const sequence = z
  .strictObject({
    path: path.describe("Path to a message's number."),
    kind: z
      .enum(['dense', 'rising'])
      .describe(
        'dense: each is one more than the last, so losses are known; rising: only greater.',
      ),
    by: path.optional().describe('Path to the name of the stream, where several are numbered.'),
    scope: z
      .literal('connection')
      .optional()
      .describe('Numbers begin anew with each connection; default: they go on for ever.'),
  })
  .optional()
  .describe('Numbers that tell lost and repeated messages, such as trade ids.');

export type SequenceOptions = NonNullable<z.infer<typeof sequence>>;

/** Why a message is counted as it comes: without a number, without the name of a stream, or of one stream too many. */
export type Unnumbered = 'no-number' | 'no-stream' | 'too-many-streams';

export class Sequence {
  readonly #options: SequenceOptions;
  readonly #read: (message: unknown, frame: unknown) => unknown;
  readonly #readStream: ((message: unknown, frame: unknown) => unknown) | null;
  readonly #streams = new Map<string, NumberedStream>();
  /** Streams that have moved since `takeChanges`. */
  readonly #changed = new Set<NumberedStream>();

  constructor(options: SequenceOptions) {
    this.#options = options;
    this.#read = compilePath(options.path);
    this.#readStream = options.by === undefined ? null : compilePath(options.by);
  }

  /** Shards that a sequence with such options may have. */
  static shardsMax({ by, scope }: SequenceOptions): number {
    if (scope === 'connection') return 0;
    return by === undefined ? 1 : STREAMS_MAX;
  }

  /** Continues from stored positions. Streams that are known already stay as they are. */
  resume(positions: Iterable<ShardPosition>): void {
    if (this.#options.scope === 'connection') return;
    for (const [shard, position] of positions) {
      if (!shard.startsWith(SHARD)) continue;
      const name = shard.slice(SHARD.length + 1);
      if (position === null || this.#streams.has(name)) continue;
      const stream = NumberedStream.from(shard, this.#options.kind, position);
      if (stream) this.#streams.set(name, stream);
    }
  }

  /**
   * A connection begins. `resumed`: it was asked to continue at a position, so lower numbers are repetitions, and no
   * new numbering.
   */
  connected(resumed: boolean): void {
    if (this.#options.scope === 'connection') this.#streams.clear();
    for (const stream of this.#streams.values()) stream.connected(resumed);
  }

  /** All that the feed had sent before the connection began has come. */
  settled(): void {
    for (const stream of this.#streams.values()) stream.settled();
  }

  /**
   * Looks at the next message, or at a frame that has none. `frame` is the frame it came in. Returns the verdict, or
   * why there is none. `now` in Unix milliseconds.
   */
  take(message: unknown, frame: unknown, now: number): Verdict | Unnumbered {
    const id = idOf(this.#read(message, frame));
    if (id === null) return 'no-number';
    const name = this.#readStream === null ? '' : nameOf(this.#readStream(message, frame));
    if (name === null) return 'no-stream';
    const stream = this.#streams.get(name) ?? this.#open(name, id);
    if (stream === null) return 'too-many-streams';
    this.#changed.add(stream);
    return stream.take(id, now);
  }

  /** The positions of the streams that have moved since the last call. */
  takeChanges(): ShardPosition[] {
    const isKept = this.#options.scope !== 'connection';
    const changes: ShardPosition[] = [];
    if (isKept) for (const { shard, position } of this.#changed) changes.push([shard, position]);
    this.#changed.clear();
    return changes;
  }

  /** Whether a stream has forgotten holes because there were too many, since the last call. */
  takeOverflow(): boolean {
    let overflow = false;
    for (const stream of this.#changed) overflow = stream.takeOverflow() || overflow;
    return overflow;
  }

  #open(name: string, id: Id): NumberedStream | null {
    if (this.#streams.size >= STREAMS_MAX || name.length > STREAM_UNITS_MAX) return null;
    const shard = this.#options.by === undefined ? SHARD : `${SHARD}:${name}`;
    const stream = NumberedStream.open(shard, this.#options.kind, id);
    this.#streams.set(name, stream);
    return stream;
  }
}

/** The name of a stream; null for what is no name (nothing, a list, a map). */
function nameOf(value: unknown): string | null {
  const isName = ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
  return isName ? String(value) : null;
}
