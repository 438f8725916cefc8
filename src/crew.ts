/** The crew: every thread there is, its place in the pulse, and how often it died. */

import { HEAP_SLACK_MB } from './memory-watch.ts';
import type { EventKind, WeirEvent } from './model/channel.ts';
import type { Clock } from './model/clock.ts';
import { MAIN_INDEX, type Pulse, type PulseMemory, THREADS_MAX } from './shared/pulse.ts';
import { SupervisedThread, type ThreadSpec } from './supervised-thread.ts';
import {
  CRASH_LOOP_COUNT,
  type FromThread,
  type ThreadState,
  type ToThread,
} from './threads/messages.ts';

export interface CrewParts {
  readonly pulseMemory: PulseMemory;
  readonly pulse: Pulse;
  readonly clock: Clock;
  /** Heap of a thread, in MiB. */
  readonly heapMb: number;
  readonly tell: (event: WeirEvent) => void;
  /** Someone came, went or died. */
  readonly onChange: () => void;
}

export interface CrewSpec<D> extends Pick<ThreadSpec, 'name' | 'file'> {
  /** The channel whose class the thread runs; absent where it runs no user's code. */
  readonly classOf?: string;
  /** What the thread is started with, beside what all threads are. */
  data(): D;
  onMessage(message: FromThread): void;
  onDeath?(reason: string): void;
}

export interface CrewMember {
  readonly thread: SupervisedThread;
  /** Its place in the pulse. */
  readonly index: number;
  /** Whether it runs a user's code. */
  readonly runsClass: boolean;
}

export class Crew {
  readonly #parts: CrewParts;
  #members: readonly CrewMember[] = [];
  /** Threads that have sent something unusable. */
  readonly #reported = new Set<string>();
  readonly #freeIndices: number[] = [];
  #nextIndex = MAIN_INDEX + 1;

  constructor(parts: CrewParts) {
    this.#parts = parts;
  }

  get members(): readonly CrewMember[] {
    return this.#members;
  }

  /** How main and each thread are, for health. */
  get states(): readonly ThreadState[] {
    const main = { name: 'main', index: MAIN_INDEX, deathCount: 0, lastDeath: null };
    const members = this.#members.map(({ thread: { name, deathCount, lastDeath }, index }) => {
      return { name, index, deathCount, lastDeath };
    });
    return [main, ...members];
  }

  /** Starts a thread, and starts it anew when it dies. */
  supervise<D extends object>(spec: CrewSpec<D>): SupervisedThread {
    const { pulse, pulseMemory, clock, onChange } = this.#parts;
    const index = this.#freeIndices.pop() ?? this.#nextIndex++;
    if (index >= THREADS_MAX) {
      this.#nextIndex = index;
      const most = THREADS_MAX - 1;
      throw new Error(`Weir has room for ${most} threads, and each class of a user needs one`);
    }
    const runsClass = spec.classOf !== undefined;
    const thread = new SupervisedThread({
      name: spec.name,
      file: spec.file,
      heapMb: this.#parts.heapMb + (runsClass ? HEAP_SLACK_MB : 0),
      data: () => {
        pulse.beat(index, clock.elapsed());
        return { index, pulse: pulseMemory, ...spec.data() };
      },
      onMessage: (message) => {
        if (message.kind === 'event') this.#parts.tell(message.event);
        spec.onMessage(message);
      },
      onUnusable: (reason) => this.#unusable(spec.name, reason),
      onRecovered: onChange,
      onDeath: (reason, waitMs) => {
        spec.onDeath?.(reason);
        const about = runsClass ? `, which runs the class of ${spec.classOf},` : '';
        this.#died(thread, { about, reason, waitMs });
      },
    });
    this.#members = [...this.#members, { thread, index, runsClass }];
    onChange();
    return thread;
  }

  /**
   * Starts a thread that serves an address; resolves with it, also told to `onListening` after each restart. Rejects
   * with a sentence for people when it cannot.
   */
  async superviseListening<D extends object>(
    what: string,
    spec: Pick<CrewSpec<D>, 'name' | 'file' | 'data'> & { onListening(url: string): void },
  ): Promise<string> {
    return await new Promise((resolve, reject) => {
      this.supervise<D>({
        ...spec,
        onMessage: (message) => {
          if (message.kind === 'listening') {
            spec.onListening(message.url);
            resolve(message.url);
          }
          if (message.kind === 'failed') {
            reject(new Error(`The ${what} cannot be served: ${message.reason}.`));
          }
        },
      });
    });
  }

  /** Posts to the thread of that name, if there is one. */
  post(name: string, message: ToThread): void {
    this.#members.find(({ thread }) => thread.name === name)?.thread.post(message);
  }

  /** Stops a thread that has nothing left to do. */
  async dismiss(thread: SupervisedThread): Promise<void> {
    const member = this.#members.find((one) => one.thread === thread);
    if (!member) return;
    this.#members = this.#members.filter((one) => one !== member);
    await thread.stop();
    this.#freeIndices.push(member.index);
    this.#parts.onChange();
  }

  /** Main reports the first such message of a thread: a thread must not be able to fill the store with events. */
  #unusable(name: string, reason: string): void {
    if (this.#reported.has(name)) return;
    this.#reported.add(name);
    this.#tell('degraded', `thread ${name} sent a message that main cannot handle: ${reason}`);
  }

  #died(
    { name, deathCount }: SupervisedThread,
    { about, reason, waitMs }: { about: string; reason: string; waitMs: number },
  ): void {
    const ended = `thread ${name}${about} ended`;
    this.#tell('thread-restart', `${ended}: ${reason}; started again in ${waitMs} ms`);
    this.#parts.onChange();
    if (deathCount !== CRASH_LOOP_COUNT) return;
    const times = `${deathCount} times in a row`;
    this.#tell('degraded', `${ended} ${times}: ${reason}; it is tried ever more rarely`);
  }

  #tell(kind: EventKind, detail: string): void {
    this.#parts.tell({ at: this.#parts.clock.now(), channel: null, kind, detail });
  }
}
