/**
 * The supervisor: allocates the board, starts the threads in the order in which they need each other, and
 * minds them. It counts nothing and serves nothing itself.
 *
 *     RTM server, if any → timer (opens the store) → feed threads → REST
 */
import { dirname, isAbsolute } from 'node:path';
import { Announcer } from './announcer.ts';
import { CountedChannels } from './counted-channels.ts';
import { Crew } from './crew.ts';
import { FeedThreads } from './feed-threads.ts';
import { MemoryWatch } from './memory-watch.ts';
import { Minder } from './minder.ts';
import type { EventKind, WeirEvent } from './model/channel.ts';
import type { Config } from './model/config.ts';
import { formatProblem, type Problem } from './model/problem.ts';
import { textOfThrown, traceOfThrown } from './model/thrown.ts';
import { Servers } from './servers.ts';
import { anchorToWall, machineWall, threadClock, type Wall } from './shared/clock.ts';
import { allocatePulse, MAIN_INDEX, Pulse } from './shared/pulse.ts';
import { storeKind } from './store/index.ts';
import { scannerTrouble } from './tap/index.ts';
import { type ConfigurationState, HANG_MS_MAX, type Health } from './threads/messages.ts';
import { TimerLink } from './timer-link.ts';
import { VERSION } from './version.ts';

/** Heap of a thread, in MiB: one that needs more is ended, before it takes the others with it. */
const HEAP_MB_MAX = 1_024;
/** The same for memory outside its heap, in MiB: buffers, and WebAssembly memory. */
const OUTSIDE_MB_MAX = 1_024;

export interface WeirOptions {
  readonly config: Config;
  /** Folder of channels.yaml: files in it are relative to this. Absolute. */
  readonly folder: string;
  /** Called for everything that an operator may want to see. */
  readonly onEvent: (event: WeirEvent) => void;
  /** How many lines of the log were dropped, since nobody read them; default: none is. */
  readonly droppedLogLines?: () => number;
  /** The machine's wall clock; default: the real one. */
  readonly wall?: Wall;
  /** How long a thread may be silent before it is ended, in milliseconds. */
  readonly hangMs?: number;
  /** Heap of a thread, in MiB. */
  readonly heapMb?: number;
  /** Memory that a thread may hold outside its heap, in MiB. */
  readonly outsideMb?: number;
}

export interface Weir {
  /** Where page and REST are served. */
  readonly url: string;
  /** Where Weir's own RTM server listens; null for none. */
  readonly rtmUrl: string | null;
  /** Applies the difference to a new configuration; resolves when every channel is on its way. */
  reload(config: Config): Promise<void>;
  /** Says that an edit of the configuration was not taken, and why; the running one goes on. */
  refuse(problems: readonly Problem[]): void;
  /** Tells of an error that nobody has handled. */
  defect(error: unknown): void;
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
    throw supervisor.discreet(error);
  }
}

class Supervisor {
  readonly #options: WeirOptions;
  readonly #pulseMemory = allocatePulse();
  readonly #pulse = new Pulse(this.#pulseMemory);
  readonly #clock = threadClock(this.#pulse);
  readonly #store: { readonly kind: string; readonly location: string };
  #config: Config;
  readonly #announcer: Announcer;
  readonly #feeds: FeedThreads;
  readonly #channels: CountedChannels;
  readonly #crew: Crew;
  readonly #timer: TimerLink;
  readonly #servers: Servers;
  #minder: Minder | null = null;
  #memoryWatch: MemoryWatch | null = null;
  #configuration: ConfigurationState;
  #droppedLogLines = 0;

  constructor(options: WeirOptions) {
    this.#options = options;
    this.#config = options.config;
    anchorToWall(this.#pulse, options.wall);
    this.#configuration = { loadedAt: this.#clock.now(), problems: [] };
    const { store, threads, retain } = options.config;
    const location = storeKind(store.kind)!.locate(store, options.folder);
    this.#store = { kind: store.kind, location };
    this.#announcer = new Announcer({
      folders: [options.folder, dirname(location)].filter(isAbsolute),
      secrets: options.config.secrets,
      onEvent: options.onEvent,
      onOpenEvent: (event) => this.#timer.noteEvent(event),
    });
    this.#crew = new Crew({
      pulseMemory: this.#pulseMemory,
      pulse: this.#pulse,
      clock: this.#clock,
      heapMb: options.heapMb ?? HEAP_MB_MAX,
      tell: (event) => this.#announcer.tell(event),
      onChange: () => this.#healthChanged(),
    });
    this.#servers = new Servers(this.#crew, options.folder, options.config);
    this.#timer = new TimerLink({
      crew: this.#crew,
      store: this.#store,
      retention: retain,
      onConditionChange: () => this.#healthChanged(),
    });
    this.#feeds = new FeedThreads({
      threadCount: threads,
      folder: options.folder,
      hidden: this.#announcer.hidden,
      clock: this.#clock,
      crew: this.#crew,
      onGap: ({ channel, gap }) => this.#timer.noteGap(channel, gap),
    });
    this.#channels = new CountedChannels(options.config, {
      clock: this.#clock,
      feeds: this.#feeds,
      timer: this.#timer,
      defect: (error) => this.#defect(error),
    });
  }

  async start(): Promise<Weir> {
    const { config } = this.#options;
    const startedAt = this.#clock.now();
    this.#memoryWatch = new MemoryWatch({
      members: () => this.#crew.members,
      heapMb: this.#options.heapMb ?? HEAP_MB_MAX,
      outsideMb: this.#options.outsideMb ?? OUTSIDE_MB_MAX,
    });
    const rtm = config.rtm !== null;
    // The channels must know the RTM server's address, which must know nothing of them.
    const rtmUrl = rtm ? await this.#servers.startRtm(config) : null;
    await this.#channels.start(rtmUrl, startedAt);
    this.#event('start', `Weir ${VERSION}`);
    const slow = scannerTrouble();
    if (slow !== null) this.#event('degraded', slow);
    this.#pulse.beat(MAIN_INDEX, this.#clock.elapsed());
    const url = await this.#servers.startRest(config, this.#store, () => ({
      channels: this.#channels.shown,
      health: this.#health,
      configuration: this.#configuration,
    }));
    this.#minder = new Minder({
      pulse: this.#pulse,
      clock: this.#clock,
      wall: this.#options.wall ?? machineWall,
      members: () => this.#crew.members,
      hangMs: this.#options.hangMs ?? HANG_MS_MAX,
      tell: (event) => this.#announcer.tell(event),
      onSecond: () => this.#lookAtLog(),
    });
    return {
      url,
      rtmUrl,
      reload: (next) => this.#reload(next),
      refuse: (problems) => this.#refuse(problems),
      defect: (error) => this.#defect(error),
      stop: () => this.stop(),
    };
  }

  /** Feeds first, so that the timer seals what they counted; the timer last but for nothing. */
  async stop(): Promise<void> {
    await this.#channels.stop();
    this.#minder?.stop();
    this.#memoryWatch?.stop();
    const others = this.#crew.members.filter(({ thread }) => thread !== this.#timer.thread);
    await Promise.all(others.map(({ thread }) => thread.stop()));
    if (this.#timer.thread) this.#event('stop', 'stopped in order');
    await this.#timer.thread?.stop();
  }

  /** An error as it may be shown to whoever started Weir. */
  discreet(error: unknown): unknown {
    return error instanceof Error ? new Error(this.#announcer.log(error.message)) : error;
  }

  async #reload(config: Config): Promise<void> {
    this.#announcer.hide(config.secrets);
    this.#feeds.hide(this.#announcer.hidden);
    const show = () => {
      this.#crew.post('rest', { kind: 'show-channels', channels: this.#channels.shown });
    };
    try {
      const receipt = await this.#channels.apply(config);
      show();
      this.#config = config;
      this.#servers.admit(config);
      this.#configured({ loadedAt: this.#clock.now(), problems: [] });
      this.#event('reload', receipt);
    } catch (error) {
      show();
      this.#announcer.hide(this.#config.secrets);
      const message = `${textOfThrown(error)}; save the file again to try it again`;
      this.#refuse([{ code: 'not-applied', message }]);
      throw error;
    }
  }

  #refuse(problems: readonly Problem[]): void {
    const { loadedAt } = this.#configuration;
    this.#configured({
      loadedAt,
      problems: problems.map((one) => this.#announcer.openProblem(one)),
    });
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    const [first] = problems;
    this.#event('config-refused', `${first ? formatProblem(first) : 'it cannot be read'}${more}`);
  }

  #defect(error: unknown): void {
    this.#event('degraded', `a defect in Weir: ${traceOfThrown(error)}`);
  }

  #configured(configuration: ConfigurationState): void {
    this.#configuration = configuration;
    this.#crew.post('rest', { kind: 'configuration', configuration });
  }

  /** A log that loses lines is no longer the place to say so. */
  #lookAtLog(): void {
    const droppedCount = this.#options.droppedLogLines?.() ?? 0;
    if (droppedCount === this.#droppedLogLines) return;
    this.#droppedLogLines = droppedCount;
    this.#healthChanged();
  }

  #healthChanged(): void {
    this.#crew.post('rest', { kind: 'health', health: this.#health });
  }

  get #health(): Health {
    const { trouble, waiting } = this.#timer.condition;
    const shown = trouble === null ? null : this.#announcer.open(trouble);
    return {
      store: { trouble: shown, waiting },
      log: { droppedLines: this.#droppedLogLines },
      threads: this.#crew.states.map((state) => {
        const lastDeath = state.lastDeath === null ? null : this.#announcer.open(state.lastDeath);
        return { ...state, lastDeath };
      }),
    };
  }

  #event(kind: EventKind, detail: string): void {
    this.#announcer.tell({ at: this.#clock.now(), channel: null, kind, detail });
  }
}
