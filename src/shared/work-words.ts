/**
 * The message that a user's class is working on, in shared memory: if the thread ends, the next one reads on which message.
 *
 * Messages are numbered from 1, from the position that the ring holds. Words are valid only for one batch of the ring: a
 * commit makes them stale, so a thread that ends between the commit and the next write leaves nothing wrong. Written by the
 * feed thread; read by the next feed thread of the ring.
 */
import { CONDEMNED_MAX, CONTROL, type RingViews, WORK } from './ring.ts';

/** A message, and a digest of it, so that another message under the same number is not taken for it. */
export interface NumberedMessage {
  readonly number: number;
  readonly digest: number;
}

/** The frame whose messages the class gets. */
export interface FrameInWork {
  /** Messages since the position that came before the frame. */
  readonly start: number;
  readonly length: number;
  /** Messages that are not committed yet, up to the end of the frame. */
  readonly uncommitted: number;
}

/** The message with which a thread ended. The digest is 0 where none was taken. */
export interface EndedAt extends NumberedMessage {
  readonly frame: FrameInWork;
}

/** What is held against messages after the position. */
export interface Suspicion {
  /** The message with which the last thread ended; 0 for none. */
  readonly suspect: number;
  /** How many threads in a row ended at this position. */
  readonly deathCount: number;
  /** Messages that the class gets no more. */
  readonly condemned: readonly NumberedMessage[];
}

export const NO_SUSPICION: Suspicion = { suspect: 0, deathCount: 0, condemned: [] };

export class WorkWords {
  readonly #words: Uint32Array;
  readonly #control: Uint32Array;

  constructor({ work, control }: RingViews) {
    this.#words = work;
    this.#control = control;
  }

  /** The message with which the thread before ended; null where its class had none, or it was committed. */
  get endedAt(): EndedAt | null {
    const words = this.#words;
    if (words[WORK.number] === 0 || words[WORK.batch] !== this.#committed) return null;
    return {
      number: words[WORK.number]!,
      digest: words[WORK.digest]!,
      frame: {
        start: words[WORK.frameStart]!,
        length: words[WORK.frameLength]!,
        uncommitted: words[WORK.uncommitted]!,
      },
    };
  }

  /** What the thread before held against messages; nothing where it ended before it had noted that. */
  get suspicion(): Suspicion {
    const words = this.#words;
    if (words[WORK.suspicionBatch] !== this.#committed) return NO_SUSPICION;
    const condemned = Array.from({ length: words[WORK.condemnedCount]! }, (_, index) => {
      const at = WORK.condemned + index * 2;
      return { number: words[at]!, digest: words[at + 1]! };
    });
    return { suspect: words[WORK.suspect]!, deathCount: words[WORK.deathCount]!, condemned };
  }

  /** A frame begins. Called before the first of its messages. */
  beginFrame({ start, length, uncommitted }: FrameInWork): void {
    const words = this.#words;
    // Nothing is in work while these words change.
    words[WORK.number] = 0;
    words[WORK.frameStart] = start;
    words[WORK.frameLength] = length;
    words[WORK.uncommitted] = uncommitted;
    words[WORK.batch] = this.#committed;
  }

  /** The class gets this message next. Cheap: called for each message. */
  begin(number: number, digest: number): void {
    this.#words[WORK.digest] = digest;
    this.#words[WORK.number] = number;
  }

  /** Notes a suspicion for the batch that was committed last; at most `CONDEMNED_MAX` messages are kept. */
  suspect({ suspect, deathCount, condemned }: Suspicion): void {
    const words = this.#words;
    // Stale while these words change.
    words[WORK.suspicionBatch] = this.#committed - 1;
    words[WORK.suspect] = suspect;
    words[WORK.deathCount] = deathCount;
    const kept = condemned.slice(0, CONDEMNED_MAX);
    words[WORK.condemnedCount] = kept.length;
    kept.forEach(({ number, digest }, index) => {
      words[WORK.condemned + index * 2] = number;
      words[WORK.condemned + index * 2 + 1] = digest;
    });
    words[WORK.suspicionBatch] = this.#committed;
  }

  get #committed(): number {
    return this.#control[CONTROL.committed]!;
  }
}
