/**
 * Positions: where in a channel a message is. Written `<generation>:<index>`.
 *
 * The index is dense: it rises by one with each message. The generation says which life of the
 * channel the index belongs to; it is the Unix time in milliseconds at which the channel came into
 * being, so that a restarted server never takes an old position for one of its own. To clients a
 * position is opaque.
 */

export interface Position {
  readonly generation: number;
  readonly index: number;
}

/**
 * Before the first message of any channel. What a channel without messages answers to `rtm/read`.
 */
export const ORIGIN: Position = { generation: 0, index: 0 };

/** The text of a position, as clients see it. */
export function formatPosition(position: Position): string {
  return `${position.generation}:${position.index}`;
}

/** Reads the text of a position. Null when it is not one. */
export function parsePosition(text: string): Position | null {
  const parts = /^(\d{1,15}):(\d{1,15})$/.exec(text);
  return parts === null ? null : { generation: Number(parts[1]), index: Number(parts[2]) };
}

/** Whether both name the same place. */
export function samePosition(left: Position, right: Position): boolean {
  return left.generation === right.generation && left.index === right.index;
}
