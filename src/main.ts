/**
 * The supervisor: allocates the board, starts the threads in the order in which they need each other, and
 * minds them. It counts nothing and serves nothing itself.
 *
 *     RTM server, if any → timer (opens the store) → feed threads → REST
 */
import { dirname, isAbsolute } from 'node:path';
import { Announcer } from './announcer.ts';
import { Crew } from './crew.ts';
import { ABSENT, CHANGED, GONE, planEdit, renamesOf } from './edit.ts';
import {
  ChannelPlanner,
  feedThreadChannel,
  type PlannedChannel,
  sealedRings,
  shownChannels,
} from './feed-plan.ts';
import { FeedThreads } from './feed-threads.ts';
import { Leaving } from './leaving.ts';
import { Minder } from './minder.ts';
import type { EventKind, WeirEvent } from './model/channel.ts';
import { type Config, entryRulesOf } from './model/config.ts';
import { formatProblem, type Problem } from './model/problem.ts';
import { Servers } from './servers.ts';
import { anchorToWall, machineWall, nodeTimers, threadClock, type Wall } from './shared/clock.ts';
import { collectGarbage } from './shared/collect.ts';
import { allocatePulse, Pulse } from './shared/pulse.ts';
import { storeKind } from './store/index.ts';
import {
  type ConfigurationState,
  HANG_MS_MAX,
  type Health,
  type Stored,
} from './threads/messages.ts';
import { TimerLink } from './timer-link.ts';
import { VERSION } from './version.ts';

/** Heap of a thread, in MiB: one that needs more is ended, before it takes the others with it. */
const HEAP_MB_MAX = 1_024;

export interface WeirOptions {
  readonly config: Config;
  /** Folder of channels.yaml: files in it are relative to this. Absolute. */
  readonly folder: string;
  /** Called for everything that an operator may want to see. */
  readonly onEvent: (event: WeirEvent) => void;
  /** The machine's wall clock; default: the real one. */
  readonly wall?: Wall;
  /** How long a thread may be silent before it is ended, in milliseconds. */
  readonly hangMs?: number;
  /** Heap of a thread, in MiB. */
  readonly heapMb?: number;
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
  #channels: readonly PlannedChannel[] = [];
  #planner = new ChannelPlanner(null);
  readonly #leaving = new Leaving(nodeTimers, (channels) => this.#timeIsOver(channels));
  readonly #announcer: Announcer;
  readonly #feeds: FeedThreads;
  readonly #crew: Crew;
  readonly #timer: TimerLink;
  readonly #servers: Servers;
  #minder: Minder | null = null;
  #configuration: ConfigurationState;
  /** Reloads are applied one after the other. */
  #reloading: Promise<void> = Promise.resolve();

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
  }

  async start(): Promise<Weir> {
    const { config } = this.#options;
    const startedAt = this.#clock.now();
    const rtm = config.rtm !== null;
    // The planner must know the RTM server's address, which must know nothing of the channels.
    const rtmUrl = rtm ? await this.#servers.startRtm(config) : null;
    this.#planner = new ChannelPlanner(rtmUrl);
    this.#channels = config.channels.map((one) => this.#planner.plan(one, startedAt, null));
    const stored = await this.#timer.start(sealedRings(this.#channels), renamesOf(config));
    this.#event('start', `Weir ${VERSION}`);
    const since = { at: startedAt, cause: 'down', detail: 'Weir was not running' } as const;
    this.#feeds.start(this.#channels, (channel) => feedThreadChannel(channel, stored, since));
    const url = await this.#servers.startRest(config, this.#store, () => ({
      channels: shownChannels(this.#channels, this.#feeds),
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
    });
    return {
      url,
      rtmUrl,
      reload: (next) => this.#reload(next),
      refuse: (problems) => this.#refuse(problems),
      stop: () => this.stop(),
    };
  }

  /** Feeds first, so that the timer seals what they counted; the timer last but for nothing. */
  async stop(): Promise<void> {
    this.#leaving.stop();
    await this.#reloading;
    this.#minder?.stop();
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
    const applied = this.#reloading.then(() => this.#apply(config));
    // One that failed rejects here, and is its caller's to tell; the next one and the end only come after it.
    this.#reloading = applied.catch(() => {});
    await applied;
  }

  /** Ends, then changes, then adds: so a renamed channel's past is whole before it goes on. */
  async #apply(config: Config): Promise<void> {
    const now = this.#clock.now();
    const before = {
      config: this.#config,
      channels: this.#channels,
      leaving: this.#leaving.channels,
    };
    const edit = planEdit(before, config, { planner: this.#planner, now, feeds: this.#feeds });
    this.#config = { ...this.#config, channels: config.channels, ...entryRulesOf(config) };
    this.#announcer.hide(config.secrets);
    this.#feeds.hide(this.#announcer.hidden);
    this.#servers.admit(this.#config);
    const ending = [...edit.renamed, ...edit.moved.map(({ name }) => name)];
    await Promise.all(ending.map((name) => this.#feeds.remove(name, null)));
    this.#channels = edit.planned;
    this.#leaving.forget([...ending, ...edit.planned.map(({ name }) => name)]);
    this.#leaving.add(edit.left);
    const stored = await this.#seal();
    const data = (channel: PlannedChannel, detail: string) =>
      feedThreadChannel(channel, stored, { at: now, cause: 'reload', detail });
    for (const channel of edit.changed) this.#feeds.change(data(channel, CHANGED));
    for (const channel of edit.moved) this.#feeds.open(channel, data(channel, CHANGED));
    for (const channel of edit.added) this.#feeds.open(channel, data(channel, ABSENT));
    const shown = shownChannels(this.#channels, this.#feeds);
    this.#crew.post('rest', { kind: 'show-channels', channels: shown });
    this.#configured({ loadedAt: now, problems: [] });
    this.#event('reload', edit.receipt);
    collectGarbage();
  }

  /** Ends channels that no edit has brought back, after the edits that are being applied. */
  #timeIsOver(channels: readonly PlannedChannel[]): void {
    const ended = this.#reloading.then(async () => {
      const gone = this.#leaving.channels.filter((channel) => channels.includes(channel));
      await Promise.all(gone.map(({ name }) => this.#feeds.remove(name, GONE)));
      this.#leaving.forget(gone.map(({ name }) => name));
      await this.#seal();
      collectGarbage();
    });
    this.#reloading = ended.catch((error) => this.#event('degraded', `ending channels: ${error}`));
  }

  /** Seals, from now on, the channels of the file and those that are leaving. */
  async #seal(): Promise<Stored> {
    const channels = [...this.#channels, ...this.#leaving.channels];
    return await this.#timer.seal(sealedRings(channels), renamesOf(this.#config));
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

  #configured(configuration: ConfigurationState): void {
    this.#configuration = configuration;
    this.#crew.post('rest', { kind: 'configuration', configuration });
  }

  #healthChanged(): void {
    this.#crew.post('rest', { kind: 'health', health: this.#health });
  }

  get #health(): Health {
    const { trouble, waiting } = this.#timer.condition;
    const shown = trouble === null ? null : this.#announcer.open(trouble);
    return { store: { trouble: shown, waiting }, threads: this.#crew.states };
  }

  #event(kind: EventKind, detail: string): void {
    this.#announcer.tell({ at: this.#clock.now(), channel: null, kind, detail });
  }
}
