/**
 * Cursors: where a feed that can rewind shall go on, given as a parameter of its address.
 *
 * Such feeds send the messages at the cursor once more. So it is remembered how many had been counted there, and
 * that many are repetitions.
 */
import { z } from 'zod';
import { compilePath } from '../../model/path.ts';
import { path } from '../event-time.ts';

export const cursor = z
  .strictObject({
    path: path.describe("Path to a message's cursor, such as time_us."),
    param: z.string().min(1).describe('Name of the parameter in the address, such as cursor.'),
    exclusive: z
      .boolean()
      .default(false)
      .describe('The feed goes on after the cursor, and does not repeat the message at it.'),
  })
  .optional()
  .describe(
    'For feeds that can go on where they were left: after a break, the last cursor is asked for.',
  );

export type CursorOptions = NonNullable<z.infer<typeof cursor>>;

export interface CursorPoint {
  readonly at: string;
  /** Messages counted at this very cursor. */
  readonly count: number;
}

export class Cursor {
  readonly options: CursorOptions;
  readonly #read: (message: unknown) => unknown;
  #point: CursorPoint | null = null;
  /** Where was asked to go on, and how many messages came from there; null once something newer came. */
  #resumed: { readonly from: CursorPoint; repeated: number } | null = null;

  constructor(options: CursorOptions) {
    this.options = options;
    this.#read = compilePath(options.path);
  }

  /** After the last message that was taken. */
  get point(): CursorPoint | null {
    return this.#point;
  }

  /** Goes on from `point` with the next message. */
  resume(point: CursorPoint): void {
    this.#point = point;
    this.#resumed = { from: point, repeated: 0 };
  }

  /** Takes the next message: whether it was counted before, and whether something may be missing before it. */
  take(message: unknown): { readonly repeated: boolean; readonly doubt: boolean } {
    const value = this.#read(message);
    if (typeof value !== 'string' && typeof value !== 'number')
      return { repeated: false, doubt: false };
    const at = String(value);
    const resumed = this.#resumed;
    if (resumed && !isAfter(at, resumed.from.at)) {
      const atCursor = at === resumed.from.at;
      if (!atCursor || resumed.repeated < resumed.from.count) {
        if (atCursor) resumed.repeated += 1;
        return { repeated: true, doubt: false };
      }
    }
    this.#resumed = null;
    this.#point = { at, count: this.#point?.at === at ? this.#point.count + 1 : 1 };
    const doubt = resumed !== null && resumed.repeated === 0 && !this.options.exclusive;
    return { repeated: false, doubt };
  }
}

/** Numbers compare as numbers; of other texts it is only known whether they differ. */
function isAfter(at: string, from: string): boolean {
  if (/^\d+$/.test(at) && /^\d+$/.test(from)) return BigInt(at) > BigInt(from);
  return at !== from;
}
