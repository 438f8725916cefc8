/** Main's end of the line to the timer thread: what is to be sealed, and what the store has. */
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
  Stored,
  TimerThreadData,
} from './threads/messages.ts';

export interface TimerLinkParts {
  readonly crew: Crew;
  readonly store: StoreAddress;
  readonly retention: Retention;
  readonly onTroubleChange: () => void;
}

export class TimerLink {
  readonly #parts: TimerLinkParts;
  #thread: SupervisedThread | null = null;
  #channels: readonly NamedRing[] = [];
  #renames: Renames = [];
  #again = false;
  #trouble: string | null = null;
  #onStored: (stored: Stored) => void = () => {};

  constructor(parts: TimerLinkParts) {
    this.#parts = parts;
  }

  /** The thread, once it was started. */
  get thread(): SupervisedThread | null {
    return this.#thread;
  }

  /** Why the store cannot be written; null when it can. */
  get trouble(): string | null {
    return this.#trouble;
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
    const trouble = this.#troubleIn(message);
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#parts.onTroubleChange();
  }

  /** A timer thread that cannot open the store any more ends, and is started again. */
  #troubleIn(message: FromThread): string | null {
    if (message.kind === 'store-ready') return null;
    if (message.kind === 'store-trouble') return message.trouble;
    return message.kind === 'failed' ? message.reason : this.#trouble;
  }
}
