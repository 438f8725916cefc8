/** Main's end of the line to the timer thread: what is to be sealed, and what the store has. */
import { isDeepStrictEqual } from 'node:util';
import type { Crew } from './crew.ts';
import type { Gap } from './model/bucket.ts';
import type { WeirEvent } from './model/channel.ts';
import type { Retention } from './model/tier.ts';
import type { SupervisedThread } from './supervised-thread.ts';
import type {
  FromThread,
  NamedRing,
  Renames,
  StoreAddress,
  StoreCondition,
  Stored,
  TimerThreadData,
} from './threads/messages.ts';

export interface TimerLinkParts {
  readonly crew: Crew;
  readonly store: StoreAddress;
  readonly retention: Retention;
  readonly onConditionChange: () => void;
}

export class TimerLink {
  readonly #parts: TimerLinkParts;
  #thread: SupervisedThread | null = null;
  #channels: readonly NamedRing[] = [];
  #renames: Renames = [];
  #again = false;
  #condition: StoreCondition = { trouble: null, waiting: null };
  #onStored: (stored: Stored) => void = () => {};

  constructor(parts: TimerLinkParts) {
    this.#parts = parts;
  }

  /** The thread, once it was started. */
  get thread(): SupervisedThread | null {
    return this.#thread;
  }

  get condition(): StoreCondition {
    return this.#condition;
  }

  /** Starts the thread; resolves when it has opened the store. Rejects with a sentence for people when it cannot. */
  async start(channels: readonly NamedRing[], renames: Renames): Promise<Stored> {
    const { crew, store, retention } = this.#parts;
    this.#channels = channels;
    this.#renames = renames;
    return await new Promise((resolve, reject) => {
      this.#onStored = resolve;
      this.#thread = crew.supervise<Omit<TimerThreadData, 'index' | 'pulse'>>({
        name: 'timer',
        file: 'timer.thread.ts',
        data: () => ({
          store,
          retention,
          channels: this.#channels,
          renames: this.#renames,
          again: this.#again,
        }),
        onMessage: (message) => {
          if (message.kind === 'failed') reject(new Error(message.reason));
          this.#hear(message);
        },
      });
    });
  }

  /** Says which rings there are from now on; resolves when those that are gone are sealed, and names were changed. */
  async seal(channels: readonly NamedRing[], renames: Renames): Promise<Stored> {
    this.#channels = channels;
    this.#renames = renames;
    return await new Promise((resolve) => {
      this.#onStored = resolve;
      this.#thread!.post({ kind: 'seal-channels', channels, renames });
    });
  }

  noteGap(channel: string, gap: Gap): void {
    this.#thread?.post({ kind: 'gap', channel, gap });
  }

  noteEvent(event: WeirEvent): void {
    this.#thread?.post({ kind: 'event', event });
  }

  #hear(message: FromThread): void {
    if (message.kind === 'store-ready') {
      this.#again = true;
      this.#onStored(message.stored);
    }
    const condition = this.#conditionIn(message);
    if (isDeepStrictEqual(condition, this.#condition)) return;
    this.#condition = condition;
    this.#parts.onConditionChange();
  }

  /** A timer thread that cannot open the store any more ends, and is started again. */
  #conditionIn(message: FromThread): StoreCondition {
    if (message.kind === 'store-ready') return { ...this.#condition, trouble: null };
    if (message.kind === 'store-condition') return message.condition;
    const isFailure = message.kind === 'failed';
    return isFailure ? { ...this.#condition, trouble: message.reason } : this.#condition;
  }
}
