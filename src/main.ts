/**
 * The supervisor: allocates the board, starts the threads in the order in which they need each other, and
 * minds them. It counts nothing and serves nothing itself.
 *
 *     timer (opens the store) → RTM server, if any → feed threads and REST
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type PlannedChannel, planFeedThreads } from './feed-plan.ts';
import { describe, type WeirEvent } from './model/channel.ts';
import type { Config, Listen } from './model/config.ts';
import { processorKind } from './processors/index.ts';
import { anchorToWall, threadClock, wallOffsetMs } from './shared/clock.ts';
import { allocatePulse, Pulse } from './shared/pulse.ts';
import { allocateRing } from './shared/ring.ts';
import { storeKind } from './store/index.ts';
import { SupervisedThread, type ThreadSpec } from './supervised-thread.ts';
import {
  type FeedThreadData,
  type FromThread,
  HANG_MS_MAX,
  type RestThreadData,
  type RtmThreadData,
  type TimerThreadData,
} from './threads/messages.ts';
import { VERSION } from './version.ts';

/** A wall clock this far from ours has stepped; less is drift, and followed slowly. Milliseconds. */
const CLOCK_STEP_MS = 500;
/** How far the anchor follows drift in one second. */
const CLOCK_SLEW_MS = 0.5;
const PAGE_FOLDER = fileURLToPath(new URL('../web/dist', import.meta.url));

export interface WeirOptions {
  readonly config: Config;
  /** Folder of channels.yaml: files in it are relative to this. Absolute. */
  readonly folder: string;
  /** Called for everything that an operator may want to see. */
  readonly onEvent: (event: WeirEvent) => void;
}

export interface Weir {
  /** Where page and REST are served. */
  readonly url: string;
  /** Where Weir's own RTM server listens; null for none. */
  readonly rtmUrl: string | null;
  /** Stops the feeds, seals, flushes and closes. */
  stop(): Promise<void>;
}

/** Starts everything; resolves when the page is served and the feeds are on their way. Rejects with a sentence for people. */
export async function startWeir(options: WeirOptions): Promise<Weir> {
  const supervisor = new Supervisor(options);
  try {
    return await supervisor.start();
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

class Supervisor {
  readonly #options: WeirOptions;
  readonly #pulseMemory = allocatePulse();
  readonly #pulse = new Pulse(this.#pulseMemory);
  readonly #clock = threadClock(this.#pulse);
  readonly #channels: readonly PlannedChannel[];
  readonly #store: { readonly kind: string; readonly location: string };
  readonly #threads: { readonly thread: SupervisedThread; readonly index: number }[] = [];
  #timer: SupervisedThread | null = null;
  #watch: NodeJS.Timeout | null = null;
  #nextIndex = 0;
  #mindedAt = 0;

  constructor(options: WeirOptions) {
    this.#options = options;
    anchorToWall(this.#pulse);
    const { store, channels } = options.config;
    const location = storeKind(store.kind)!.locate(store, options.folder);
    this.#store = { kind: store.kind, location };
    this.#channels = channels.map((config) => {
      const traits = processorKind(config.processor.kind)!.traits(config.processor);
      const keyWords = traits.measure === 'sum' ? 2 : 1;
      return { config, traits, ring: allocateRing({ keysMax: traits.keysMax, keyWords }) };
    });
  }

  async start(): Promise<Weir> {
    const startedAt = this.#clock.now();
    const stored = await this.#startTimer();
    this.#event({ at: startedAt, channel: null, kind: 'start', detail: `Weir ${VERSION}` });
    const rtmUrl = this.#options.config.rtm === null ? null : await this.#startRtm();
    this.#startFeeds(stored, startedAt, rtmUrl);
    const url = await this.#startRest();
    this.#mindedAt = this.#clock.now();
    this.#watch = setInterval(() => this.#mind(), 1_000);
    return { url, rtmUrl, stop: () => this.stop() };
  }

  /** Feeds first, so that the timer seals what they counted; the timer last but for nothing. */
  async stop(): Promise<void> {
    if (this.#watch) clearInterval(this.#watch);
    const others = this.#threads.filter(({ thread }) => thread !== this.#timer);
    if (this.#timer) {
      this.#event({
        at: this.#clock.now(),
        channel: null,
        kind: 'stop',
        detail: 'stopped in order',
      });
    }
    await Promise.all(others.map(({ thread }) => thread.stop()));
    await this.#timer?.stop();
  }

  async #startTimer(): Promise<Extract<FromThread, { kind: 'store-ready' }>> {
    const { config } = this.#options;
    return await new Promise((resolve, reject) => {
      this.#timer = this.#supervise({
        name: 'timer',
        file: 'timer.thread.ts',
        data: (index) =>
          ({
            index,
            pulse: this.#pulseMemory,
            store: this.#store,
            retention: config.retain,
            channels: this.#channels.map(({ config: { name }, ring }) => ({ name, ring })),
            renames: config.channels.flatMap(({ name, was }) =>
              was.map((former) => [former, name] as const),
            ),
          }) satisfies TimerThreadData,
        onMessage: (message) => {
          if (message.kind === 'store-ready') resolve(message);
          if (message.kind === 'failed') reject(new Error(message.reason));
        },
      });
    });
  }

  async #startRtm(): Promise<string> {
    const { config, folder } = this.#options;
    let options = config.rtm as { readonly listen: string };
    return await this.#listening('RTM server', {
      name: 'rtm',
      file: 'rtm.thread.ts',
      data: (index) =>
        ({ index, pulse: this.#pulseMemory, folder, options }) satisfies RtmThreadData,
      // A restarted server must be where the feeds look for it.
      onListening: (url) => {
        options = { ...options, listen: new URL(url).host };
      },
    });
  }

  async #startRest(): Promise<string> {
    const { listen, retain, timezone, charts } = this.#options.config;
    const threads = this.#threads.map(({ thread, index }) => ({ name: thread.name, index }));
    let address: Listen = listen;
    return await this.#listening('page', {
      name: 'rest',
      file: 'rest.thread.ts',
      data: (index) =>
        ({
          index,
          pulse: this.#pulseMemory,
          store: this.#store,
          channels: this.#channels.map(({ config, traits, ring }) => ({
            descriptor: describe(config, traits),
            ring,
          })),
          listen: address,
          settings: {
            version: VERSION,
            timezone,
            charts,
            retention: retain,
            pageFolder: PAGE_FOLDER,
          },
          threads: [...threads, { name: 'rest', index }],
        }) satisfies RestThreadData,
      onListening: (url) => {
        address = { host: listen.host, port: Number(new URL(url).port) };
      },
    });
  }

  /** Starts a thread that serves an address; resolves with it. */
  async #listening(
    what: string,
    spec: Pick<ThreadSpec, 'name' | 'file'> & {
      data(index: number): unknown;
      onListening(url: string): void;
    },
  ): Promise<string> {
    return await new Promise((resolve, reject) => {
      this.#supervise({
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

  #startFeeds(
    stored: Extract<FromThread, { kind: 'store-ready' }>,
    startedAt: number,
    rtmUrl: string | null,
  ): void {
    const threadCount = this.#options.config.threads ?? Math.max(1, availableParallelism() - 1);
    const context = { stored, startedAt, rtmUrl, threadCount };
    planFeedThreads(this.#channels, context).forEach((channels, number) => {
      this.#superviseFeed(number, channels);
    });
  }

  #superviseFeed(number: number, channels: FeedThreadData['channels']): void {
    let current = channels;
    this.#supervise({
      name: `feed ${number + 1}`,
      file: 'feed.thread.ts',
      data: (index) =>
        ({
          index,
          pulse: this.#pulseMemory,
          folder: this.#options.folder,
          channels: current,
        }) satisfies FeedThreadData,
      onMessage: () => {},
      onDeath: (reason) => {
        const from = this.#clock.now();
        const blindSince = {
          from,
          cause: 'down',
          detail: `the feed thread ended: ${reason}`,
        } as const;
        current = current.map((channel) => ({ ...channel, blindSince }));
      },
    });
  }

  #supervise(
    spec: Pick<ThreadSpec, 'name' | 'file'> & {
      data(index: number): unknown;
      onMessage(message: FromThread): void;
      onDeath?(reason: string): void;
    },
  ): SupervisedThread {
    const index = this.#nextIndex++;
    const thread = new SupervisedThread({
      name: spec.name,
      file: spec.file,
      data: () => {
        this.#pulse.beat(index, this.#clock.now());
        return spec.data(index);
      },
      onMessage: (message) => {
        if (message.kind === 'event') this.#event(message.event);
        if (message.kind === 'gap') this.#timer?.post(message);
        spec.onMessage(message);
      },
      onDeath: (reason, waitMs) => {
        spec.onDeath?.(reason);
        const detail = `thread ${spec.name} ended: ${reason}; started again in ${waitMs} ms`;
        this.#event({ at: this.#clock.now(), channel: null, kind: 'thread-restart', detail });
      },
    });
    this.#threads.push({ thread, index });
    return thread;
  }

  #event(event: WeirEvent): void {
    this.#options.onEvent(event);
    this.#timer?.post({ kind: 'event', event });
  }

  /** Once a second: threads that hang are ended; the clock follows the wall's drift. */
  #mind(): void {
    const now = this.#clock.now();
    const sinceMs = now - this.#mindedAt;
    this.#mindedAt = now;
    // After a pause of the whole process nobody has beaten, and nobody is to blame.
    if (sinceMs > HANG_MS_MAX / 2) return;
    for (const { thread, index } of this.#threads) {
      if (thread.running && now - this.#pulse.lastBeat(index) > HANG_MS_MAX) void thread.kill();
    }
    const offsetMs = wallOffsetMs(this.#clock);
    if (Math.abs(offsetMs) < CLOCK_STEP_MS) {
      this.#pulse.anchorMs += Math.max(-CLOCK_SLEW_MS, Math.min(CLOCK_SLEW_MS, offsetMs));
    }
  }
}
