/**
 * Messages on which a user's class ends its thread: by a loop, an exit, or more memory than a thread may have.
 *
 * A message that comes again would end each new thread as well. So the number of each message is in shared memory before
 * the class gets it. After a thread has ended, each frame is committed by itself. Once two threads have ended on one
 * message, or three at one position, the message with which the last one ended is condemned: it is malformed, and the
 * class does not get it. All other messages count.
 */
import { createHash } from 'node:crypto';
import type { Uncounted } from '../model/delivery.ts';
import { stringifyExact } from '../model/exact-json.ts';
import type { ShardPosition } from '../model/position.ts';
import type { RingViews } from '../shared/ring.ts';
import {
  type EndedAt,
  NO_SUSPICION,
  type NumberedMessage,
  type Suspicion,
  WorkWords,
} from '../shared/work-words.ts';
import type { Changes } from './batch.ts';

/** After so many deaths at one position, the last message is condemned, whichever message the others had. */
const DEATHS_MAX = 3;

/** The thread before ended on a message of the class. */
export interface Death extends EndedAt {
  /** Whether the message is condemned. */
  readonly isCondemned: boolean;
}

/** A user's class, as the counter has to know it. */
export interface UserClass {
  /** For people: the class and its file. */
  readonly name: string;
  /** What becomes of messages that were not counted when a thread ended, with these positions in the ring. */
  uncounted(positions: readonly ShardPosition[]): Uncounted;
}

export interface PoisonParts {
  readonly views: RingViews;
  /** Writes what is counted, with its position, to the ring now. */
  readonly flush: () => void;
}

export class Poison {
  readonly #words: WorkWords;
  readonly #flush: () => void;
  readonly #hasPositions: boolean;
  /** The message with which the thread before ended; null for none. */
  readonly #endedAt: EndedAt | null;
  #suspicion: Suspicion;
  /** Messages since the ring's position. Of these: those before the newest position that waits, and those committed. */
  #count = 0;
  #positioned = 0;
  #committed = 0;
  /** Whether each frame is committed by itself, and each message has a digest. */
  #isCareful = false;
  #isInFrame = false;
  /** Whether the frame that is being counted is committed by itself. */
  #isAlone = false;
  /** Whether the feed has given a position, and whether the ring holds one. */
  #hasMoved = false;
  #isPositioned = false;

  /** To be made before anything is committed to the ring: that would make stale what the thread before has left. */
  constructor({ views, flush }: PoisonParts) {
    this.#words = new WorkWords(views);
    this.#flush = flush;
    this.#hasPositions = views.shape.shardsMax > 0;
    this.#endedAt = this.#words.endedAt;
    this.#suspicion = this.#words.suspicion;
  }

  /**
   * Judges the end of the thread before; null where it ended with no message of the class. `comesAgain`: whether what was
   * not committed is delivered again. `isPositioned`: whether the ring holds a position.
   */
  judge(comesAgain: boolean, isPositioned: boolean): Death | null {
    this.#isPositioned = isPositioned;
    const ended = this.#endedAt;
    if (!comesAgain) this.#hold(NO_SUSPICION);
    else if (ended === null) this.#hold(this.#suspicion);
    if (ended === null) return null;
    if (!comesAgain) return { ...ended, isCondemned: false };
    const { suspect, condemned } = this.#suspicion;
    const deathCount = this.#suspicion.deathCount + 1;
    // The first death of a message has no digest: only a careful thread condemns.
    const isRepeated = suspect === ended.number || deathCount >= DEATHS_MAX;
    const isCondemned = isRepeated && ended.digest !== 0;
    const { number, digest } = ended;
    if (isCondemned) {
      this.#hold({ suspect: 0, deathCount, condemned: [...condemned, { number, digest }] });
    } else this.#hold({ suspect: number, deathCount, condemned });
    return { ...ended, isCondemned };
  }

  /** Whether a frame is being counted. */
  get isInFrame(): boolean {
    return this.#isInFrame;
  }

  /** A frame has come. */
  beginFrame(length: number): void {
    // Before the first position there is nothing to continue at.
    this.#isAlone = this.#isCareful || (this.#hasPositions && !this.#isPositioned);
    if (this.#isAlone) this.#flush();
    this.#isInFrame = true;
    const uncommitted = this.#count - this.#committed + length;
    this.#words.beginFrame({ start: this.#count, length, uncommitted });
  }

  /** The next message of the frame. Returns whether the class may have it. */
  begin(message: unknown): boolean {
    this.#count += 1;
    if (!this.#isCareful) {
      this.#words.begin(this.#count, 0);
      return true;
    }
    const digest = digestOf(message);
    if (this.#isCondemned({ number: this.#count, digest })) return false;
    this.#words.begin(this.#count, digest);
    return true;
  }

  /** What came so far is in the batch of this turn, with the positions in `changes`. */
  added(changes: Changes): void {
    const moved = changes !== null && changes.length > 0;
    if (moved) this.#hasMoved = true;
    if (moved || !this.#hasPositions) this.#positioned = this.#count;
  }

  /** The frame is in the batch of this turn. */
  endFrame(): void {
    this.#isInFrame = false;
    if (this.#isAlone) this.#flush();
  }

  /** A batch was committed: numbers count from its position on. */
  committed(): void {
    if (this.#hasMoved) this.#isPositioned = true;
    const passed = this.#positioned;
    this.#count -= passed;
    this.#committed = this.#count;
    this.#positioned = 0;
    if (!this.#isCareful) return;
    const { suspect, deathCount, condemned } = this.#suspicion;
    this.#hold({
      suspect: Math.max(0, suspect - passed),
      deathCount: passed > 0 ? 0 : deathCount,
      condemned: condemned
        .map(({ number, digest }) => ({ number: number - passed, digest }))
        .filter(({ number }) => number > 0),
    });
  }

  /** Delivery does not continue at the position: numbers mean other messages from now on. */
  forget(): void {
    this.#hold(NO_SUSPICION);
  }

  #hold(suspicion: Suspicion): void {
    const { suspect, deathCount, condemned } = suspicion;
    this.#suspicion = suspicion;
    this.#words.suspect(suspicion);
    this.#isCareful = suspect > 0 || deathCount > 0 || condemned.length > 0;
  }

  #isCondemned({ number, digest }: NumberedMessage): boolean {
    return this.#suspicion.condemned.some((one) => one.number === number && one.digest === digest);
  }
}

/** A sentence for people: on which message the class ended its thread, and what becomes of the message. */
export function endedText(name: string, death: Death, uncounted: Uncounted): string {
  const { number, frame, isCondemned } = death;
  const place = `message ${number - frame.start} of ${frame.length} in a frame`;
  const fate = {
    again: isCondemned
      ? 'it did so before, so the message is malformed, and the class gets it no more'
      : 'the message comes again',
    lost: 'the message does not come again, and is malformed',
    unknown: 'the frame is in a gap, and its messages are missed if the feed says so',
  }[uncounted];
  return `${name} ended its thread on ${place}: ${fate}`;
}

/** A digest of a message, in 32 bits; never 0. */
function digestOf(message: unknown): number {
  try {
    const text = Buffer.isBuffer(message) ? message : stringifyExact(message);
    return createHash('sha256').update(text).digest().readUInt32LE() || 1;
  } catch {
    // No text can be made of it: it is nested too deeply.
    return 1;
  }
}
