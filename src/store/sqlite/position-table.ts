/** The positions of shards: a row each, under its checksum. One that is damaged is as good as one that was not kept. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ShardPosition } from '../../model/position.ts';
import { textChecksum } from './checksum.ts';

type Row = Record<string, unknown>;

/** Whether a row is what was written. */
export function isSoundPosition(row: Row): boolean {
  const [channel, shard, position] = [row['channel'], row['shard'], row['position']];
  const values = [channel, shard, position] as (string | number | null)[];
  return textChecksum(values) === row['checksum'];
}

export class PositionTable {
  readonly #select: StatementSync;
  readonly #put: StatementSync;
  readonly #clear: StatementSync;

  constructor(db: DatabaseSync) {
    this.#select = db.prepare('SELECT * FROM position');
    this.#put = db.prepare('REPLACE INTO position VALUES (?, ?, ?, ?)');
    this.#clear = db.prepare('DELETE FROM position WHERE channel = ?');
  }

  /** The positions of each channel, by its id. */
  all(): Map<number, Map<string, string | null>> {
    const positions = new Map<number, Map<string, string | null>>();
    for (const row of this.#select.iterate()) {
      const channel = Number(row['channel']);
      const shards = positions.get(channel) ?? new Map<string, string | null>();
      const position = isSoundPosition(row) ? (row['position'] as string | null) : null;
      positions.set(channel, shards.set(String(row['shard']), position));
    }
    return positions;
  }

  put(channel: number, [shard, position]: ShardPosition): void {
    this.#put.run(channel, shard, position, textChecksum([channel, shard, position]));
  }

  /** Forgets the channel's positions. */
  clear(channel: number): void {
    this.#clear.run(channel);
  }
}
