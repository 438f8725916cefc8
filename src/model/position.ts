/**
 * Positions: where a feed resumes, one for each shard of its stream.
 *
 * A shard is the smallest part of a feed that has one position. A position is a text that only its feed can read.
 * Its first line is what a resume needs; further lines may be cut off where there is no room for them.
 */

/** A shard's name and its position; null where the position could not be kept. */
export type ShardPosition = readonly [shard: string, position: string | null];

/** The only shard of a feed that has one. */
export const ONE_SHARD = '';

/** Most shards of one channel. */
export const SHARDS_MAX = 10_000;
/** Longest name of a shard, in UTF-16 units. */
export const SHARD_UNITS_MAX = 300;
