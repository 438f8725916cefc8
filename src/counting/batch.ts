/**
 * The batch of one turn of the event loop: what its frames have added, and the positions after them, go to the ring as
 * one step.
 */
import type { ShardPosition } from '../model/position.ts';
import type { PositionTrouble } from '../shared/position-writer.ts';
import type { RingWriter } from '../shared/ring-writer.ts';
import type { NoteLimit } from './notes.ts';

/** The positions of the shards that have moved; null where none has. */
export type Changes = readonly ShardPosition[] | null;

export class Batch {
  readonly #writer: RingWriter;
  readonly #limit: NoteLimit;
  readonly #changes = new Map<string, string | null>();
  readonly #onCommit: () => void;
  #scheduled = false;
  #reported = false;

  /** `onCommit` is called after each commit. */
  constructor(writer: RingWriter, limit: NoteLimit, onCommit: () => void) {
    this.#writer = writer;
    this.#limit = limit;
    this.#onCommit = onCommit;
  }

  /** The position after a shard's last counted message. null: it could not be kept; undefined: there is none. */
  position(shard: string): string | null | undefined {
    return this.#changes.has(shard) ? this.#changes.get(shard) : this.#writer.positions.get(shard);
  }

  /** Every shard's position. */
  positions(): readonly ShardPosition[] {
    return [...new Map([...this.#writer.positions.all(), ...this.#changes])];
  }

  /** Takes what was added to the writer, and the positions after it, into the batch of this turn. */
  add(changes: Changes): void {
    if (changes !== null) {
      for (const [shard, position] of changes) this.#changes.set(shard, position);
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(this.flush);
  }

  /** Writes the batch to the ring now. */
  readonly flush = (): void => {
    this.#scheduled = false;
    this.#writer.commit(this.#changes);
    this.#onCommit();
    if (this.#changes.size === 0) return;
    this.#changes.clear();
    this.#report(this.#writer.positions.takeTrouble());
  };

  /** Reports once that not every position could be kept: after a restart, some loss is then of unknown size. */
  #report(trouble: PositionTrouble | null): void {
    if (trouble === null || this.#reported) return;
    this.#reported = true;
    const { shardsMax } = this.#writer.views.shape;
    const why =
      trouble === 'shards'
        ? `there are more than ${shardsMax} shards`
        : 'they take more room than a channel has';
    this.#limit.event(
      'positions-full',
      `not all positions are kept: ${why}; losses over a restart cannot all be counted`,
    );
  }
}
