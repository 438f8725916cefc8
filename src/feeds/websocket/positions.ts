/** Positions of this feed as earlier versions have stored them. */
import { ONE_SHARD, type ShardPosition } from '../../model/position.ts';
import { writePoint } from './cursor.ts';

/** The shard of the cursor. */
export const CURSOR_SHARD = 'cursor';

/**
 * The position of version 0.1, one JSON text for all, as positions of today, which take its place. Empty for none; where
 * the feed was of another kind then, too.
 */
export function fromVersion01(text: string | null | undefined, by: boolean): ShardPosition[] {
  if (text === null || text === undefined) return [];
  const { cursor, ids } = parse(text);
  const point = cursor && { at: String(cursor.at), count: Number(cursor.count), before: null };
  const streams = Object.entries(ids ?? {}).map(([name, last]): ShardPosition => {
    return [by ? `id:${name}` : 'id', String(last)];
  });
  return [
    ...(point ? [[CURSOR_SHARD, writePoint(point)] as const] : []),
    ...streams,
    [ONE_SHARD, null],
  ];
}

interface Position01 {
  readonly cursor?: { readonly at: unknown; readonly count: unknown };
  readonly ids?: Readonly<Record<string, unknown>>;
}

function parse(text: string): Position01 {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // What follows: the feed starts at its present end, as for the first time.
    return {};
  }
}
