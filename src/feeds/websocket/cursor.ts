/**
 * Cursors: where a feed that can rewind shall continue, given as a parameter of its address.
 *
 * A resume is proven by overlap: it is asked for so that the last counted message comes again. Where that message does
 * not come, an unknown number is lost. How many messages were counted at a cursor is remembered, and that many are
 * repetitions.
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
      .describe('The feed continues after the cursor, and does not repeat the message at it.'),
  })
  .optional()
  .describe(
    'For feeds that can continue where they were left: after a break, the last cursor is asked for.',
  );

export type CursorOptions = NonNullable<z.infer<typeof cursor>>;

export interface CursorPoint {
  readonly at: string;
  /** Messages counted at this very cursor. */
  readonly count: number;
  /** The cursor before it; null where there was none. */
  readonly before: string | null;
}

/** What the cursor of a message says. */
export interface CursorVerdict {
  /** The message was counted before. */
  readonly repeated: boolean;
  /** Something may be missing before it. */
  readonly doubt: boolean;
  /** The message has a cursor. */
  readonly matched: boolean;
}

const NONE: CursorVerdict = { repeated: false, doubt: false, matched: false };
const REPEATED: CursorVerdict = { repeated: true, doubt: false, matched: true };

export class Cursor {
  readonly options: CursorOptions;
  readonly #read: (message: unknown, frame: unknown) => unknown;
  #point: CursorPoint | null = null;
  /** Where was asked to continue, and how many messages came from there; null once something newer came. */
  #resumed: { readonly from: CursorPoint; repeated: number; isDoubted: boolean } | null = null;

  constructor(options: CursorOptions) {
    this.options = options;
    this.#read = compilePath(options.path);
  }

  /** After the last message that was taken. */
  get point(): CursorPoint | null {
    return this.#point;
  }

  /** Continues from `point` with the next message; returns the cursor to ask for, so that its messages come again. */
  resume(point: CursorPoint): string {
    this.#point = point;
    this.#resumed = { from: point, repeated: 0, isDoubted: false };
    return this.options.exclusive ? (point.before ?? point.at) : point.at;
  }

  /** Whether nothing has shown yet that the feed continued where it was asked to; true once after each resume. */
  takeDoubt(): boolean {
    const resumed = this.#resumed;
    if (resumed === null || resumed.repeated > 0 || resumed.isDoubted) return false;
    resumed.isDoubted = true;
    return true;
  }

  /** Takes the next message. */
  take(message: unknown, frame: unknown): CursorVerdict {
    const value = this.#read(message, frame);
    if (!['string', 'number', 'bigint'].includes(typeof value)) return NONE;
    const at = String(value);
    const resumed = this.#resumed;
    if (resumed && !isAfter(at, resumed.from.at)) {
      const atCursor = at === resumed.from.at;
      if (!atCursor || resumed.repeated < resumed.from.count) {
        if (atCursor) resumed.repeated += 1;
        return REPEATED;
      }
    }
    const doubt = this.takeDoubt();
    this.#resumed = null;
    this.#advance(at);
    return { repeated: false, doubt, matched: true };
  }

  #advance(at: string): void {
    const point = this.#point;
    this.#point =
      point?.at === at
        ? { ...point, count: point.count + 1 }
        : { at, count: 1, before: point?.at ?? null };
  }
}

/** A point as one line. */
export function writePoint({ at, count, before }: CursorPoint): string {
  return JSON.stringify([at, count, before]);
}

/** The point of a line that `writePoint` has written. */
export function readPoint(text: string): CursorPoint {
  const [at, count, before] = JSON.parse(text) as [string, number, string | null];
  return { at, count, before };
}

/** Numbers compare as numbers; of other texts it is only known whether they differ. */
function isAfter(at: string, from: string): boolean {
  if (/^\d+$/.test(at) && /^\d+$/.test(from)) return BigInt(at) > BigInt(from);
  return at !== from;
}
