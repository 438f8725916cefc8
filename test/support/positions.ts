// Positions of feeds that have one shard, and what else a ring is made with in tests.
import { ONE_SHARD, type ShardPosition } from '../../src/model/position.ts';
import type { Definition } from '../../src/model/series.ts';
import type { RingReader } from '../../src/shared/ring-reader.ts';

export const COUNT: Definition = { value: 'count', split: '' };
export const BY_KEY: Definition = { value: 'count', split: '["key"]' };

/** What moves the only shard to `position`. */
export function at(position: string): readonly ShardPosition[] {
  return [[ONE_SHARD, position]];
}

/** The position of the only shard that the newest final point covers; null for none. */
export function coveredPosition(reader: RingReader): string | null {
  return reader.positions(reader.finalPoint(), 0)?.[0]?.[1] ?? null;
}
