/** The feed threads: which channel runs in which, and how channels come and go while they run. */
import { availableParallelism } from 'node:os';
import type { Crew } from './crew.ts';
import type { PlannedChannel } from './feed-plan.ts';
import { assignThreads } from './model/assignment.ts';
import type { Clock } from './model/clock.ts';
import type { Hidden } from './model/redaction.ts';
import { nodeTimers } from './shared/clock.ts';
import type { SupervisedThread } from './supervised-thread.ts';
import type { FeedThreadChannel, FeedThreadData, FromThread } from './threads/messages.ts';

/** How long a feed thread may take to let go of a channel; one that takes longer is being minded by others. */
const REMOVE_MS_MAX = 5_000;

interface FeedThread {
  readonly name: string;
  readonly thread: SupervisedThread;
  /** What it runs, also after a restart. */
  readonly channels: Map<string, FeedThreadChannel>;
  readonly isolated: boolean;
}

export interface FeedThreadsParts {
  /** Feed threads that share the channels; null for as many as there are cores, less one. */
  readonly threadCount: number | null;
  /** Folder of channels.yaml. */
  readonly folder: string;
  readonly hidden: Hidden;
  readonly clock: Clock;
  readonly crew: Crew;
  readonly onGap: (message: Extract<FromThread, { kind: 'gap' }>) => void;
}

export class FeedThreads {
  readonly #parts: FeedThreadsParts;
  readonly #threadCount: number;
  #hidden: Hidden;
  #threads: FeedThread[] = [];
  #lastNumber = 0;
  readonly #awaited = new Map<string, () => void>();

  constructor(parts: FeedThreadsParts) {
    this.#parts = parts;
    this.#hidden = parts.hidden;
    this.#threadCount = parts.threadCount ?? Math.max(1, availableParallelism() - 1);
  }

  /** The name of the thread that runs the channel. */
  threadOf(name: string): string {
    return this.#find(name)?.name ?? '';
  }

  /** Whether the channel is counted in some thread. */
  runs(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** Tells every feed thread what must not be told, from now on. */
  hide(hidden: Hidden): void {
    this.#hidden = hidden;
    for (const { thread } of this.#threads) thread.post({ kind: 'hide', hidden });
  }

  /** Starts threads for channels, spread evenly. */
  start(
    planned: readonly PlannedChannel[],
    dataOf: (channel: PlannedChannel) => FeedThreadChannel,
  ): void {
    for (const group of assignThreads(planned, this.#threadCount)) {
      this.#startThread(group, dataOf);
    }
  }

  /** Opens a channel that is new: beside those whose connection it could share, or where there are fewest. */
  open(planned: PlannedChannel, channel: FeedThreadChannel): void {
    const shared = this.#threads.filter(({ isolated }) => !isolated);
    if (planned.isolated || shared.length < this.#threadCount) {
      this.#startThread([planned], () => channel);
      return;
    }
    const least = shared.reduce((a, b) => (b.channels.size < a.channels.size ? b : a));
    least.channels.set(planned.name, channel);
    least.thread.post({ kind: 'open-channels', channels: [channel] });
  }

  /** Whether the channel, as planned now, can go on in the thread that runs it. */
  canChange(planned: PlannedChannel): boolean {
    const thread = this.#find(planned.name);
    return thread !== undefined && !thread.isolated && !planned.isolated;
  }

  /** Changes a channel in its thread; the new takes over from the old there. */
  change(channel: FeedThreadChannel): void {
    const thread = this.#find(channel.config.name)!;
    thread.channels.set(channel.config.name, channel);
    thread.thread.post({ kind: 'change-channel', channel });
  }

  /**
   * Ends a channel. Resolves when nothing is counted any more, and its ring is final. `gone`: why nobody observes the rest
   * of its last second; null where the channel goes on elsewhere.
   */
  async remove(name: string, gone: string | null): Promise<void> {
    const thread = this.#find(name);
    if (!thread) return;
    thread.channels.delete(name);
    if (thread.thread.running) {
      const removed = new Promise<void>((done) => this.#awaited.set(name, done));
      thread.thread.post({ kind: 'remove-channel', name, gone });
      const cancel = nodeTimers.after(REMOVE_MS_MAX, () => this.#awaited.get(name)?.());
      await removed;
      cancel();
      this.#awaited.delete(name);
    }
    if (thread.channels.size > 0) return;
    this.#threads = this.#threads.filter((other) => other !== thread);
    await this.#parts.crew.dismiss(thread.thread);
  }

  #find(name: string): FeedThread | undefined {
    return this.#threads.find(({ channels }) => channels.has(name));
  }

  #startThread(
    group: readonly PlannedChannel[],
    dataOf: (channel: PlannedChannel) => FeedThreadChannel,
  ): void {
    this.#lastNumber += 1;
    const name = `feed ${this.#lastNumber}`;
    const channels = new Map(group.map((planned) => [planned.name, dataOf(planned)]));
    const isolated = group.some((planned) => planned.isolated);
    const { crew, folder, onGap } = this.#parts;
    const thread = crew.supervise<Omit<FeedThreadData, 'index' | 'pulse'>>({
      name,
      file: 'feed.thread.ts',
      ...(isolated ? { classOf: group[0]!.name } : {}),
      data: () => ({ folder, hidden: this.#hidden, channels: [...channels.values()] }),
      onMessage: (message) => {
        if (message.kind === 'gap') onGap(message);
        if (message.kind === 'removed') this.#awaited.get(message.name)?.();
      },
      onDeath: (reason) => {
        const from = this.#parts.clock.now();
        const detail = `the feed thread ended: ${reason}`;
        const blindSince = { from, cause: 'down', detail } as const;
        for (const [key, channel] of channels) channels.set(key, { ...channel, blindSince });
      },
    });
    this.#threads.push({ name, thread, channels, isolated });
  }
}
