/**
 * Resuming on servers whose positions are the ids of Redis streams (`milliseconds-number`), as Cobra's are.
 *
 * Such a server goes on at the oldest message that it still keeps, and says nothing of those that it has dropped. So a
 * resume is proven by overlap: it begins one id before the last counted message, and that message has to come again.
 */

/** https://redis.io/docs/latest/develop/data-types/streams/#entry-ids */
const STREAM_ID = /^(\d{1,20})-(\d{1,20})$/;
/** The largest number of an id within its millisecond: an unsigned integer of 64 bits. */
const NUMBER_MAX = 18_446_744_073_709_551_615n;

interface StreamId {
  readonly ms: bigint;
  readonly number: bigint;
}

/** Where a message lies. Weir has counted those at `before` and `last`, but not those at `new`. */
export type Place = 'before' | 'last' | 'new';

export class Overlap {
  readonly #last: StreamId;
  /** Where to resume: the largest id before that of the last counted message. */
  readonly from: string;

  private constructor(last: StreamId) {
    this.#last = last;
    this.from =
      last.number > 0n
        ? `${last.ms}-${last.number - 1n}`
        : last.ms > 0n
          ? `${last.ms - 1n}-${NUMBER_MAX}`
          : '0-0';
  }

  /** For a resume after the message at `position`; null where positions are no stream ids. */
  static of(position: string): Overlap | null {
    const last = streamId(position);
    return last && new Overlap(last);
  }

  /** Where a message is; null for a position that is no stream id. */
  placeOf(position: string): Place | null {
    const id = streamId(position);
    if (!id) return null;
    const ahead = id.ms === this.#last.ms ? id.number - this.#last.number : id.ms - this.#last.ms;
    if (ahead === 0n) return 'last';
    return ahead < 0n ? 'before' : 'new';
  }
}

/** When the message at a position was sent, by the server's clock, Unix milliseconds; null for one that is no stream id. */
export function sentAt(position: string): number | null {
  const match = STREAM_ID.exec(position);
  return match && Number(match[1]);
}

function streamId(text: string): StreamId | null {
  const match = STREAM_ID.exec(text);
  return match && { ms: BigInt(match[1]!), number: BigInt(match[2]!) };
}
