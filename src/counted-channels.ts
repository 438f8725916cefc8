/** The channels that are counted: which there are, in which threads they run, and how an edit of channels.yaml changes that. */
import { ABSENT, CHANGED, GONE, planEdit, renamesOf } from './edit.ts';
import {
  ChannelPlanner,
  feedThreadChannel,
  type PlannedChannel,
  sealedRings,
  shownChannels,
} from './feed-plan.ts';
import type { FeedThreads } from './feed-threads.ts';
import { Leaving } from './leaving.ts';
import type { Clock } from './model/clock.ts';
import type { Config } from './model/config.ts';
import { nodeTimers } from './shared/clock.ts';
import { collectGarbage } from './shared/collect.ts';
import type { RestThreadChannel, Stored } from './threads/messages.ts';
import type { TimerLink } from './timer-link.ts';

export interface CountedChannelsParts {
  readonly clock: Clock;
  readonly feeds: FeedThreads;
  readonly timer: TimerLink;
  /** Tells of an error that has no caller. */
  readonly defect: (error: unknown) => void;
}

export class CountedChannels {
  readonly #parts: CountedChannelsParts;
  readonly #leaving = new Leaving(nodeTimers, (channels) => this.#timeIsOver(channels));
  #planner = new ChannelPlanner(null);
  /** The configuration whose channels are counted. */
  #config: Config;
  #channels: readonly PlannedChannel[] = [];
  /** Names that an edit was changing when it failed: nobody knows how far it came with them, so they begin anew. */
  readonly #unsure = new Set<string>();
  /** Edits are applied one after the other. */
  #applying: Promise<unknown> = Promise.resolve();

  constructor(config: Config, parts: CountedChannelsParts) {
    this.#config = config;
    this.#parts = parts;
  }

  /** As REST shows them. */
  get shown(): RestThreadChannel[] {
    return shownChannels(this.#channels, this.#parts.feeds);
  }

  /** Opens the store and starts the feeds. `rtmUrl`: the address of Weir's own RTM server; null for none. */
  async start(rtmUrl: string | null, startedAt: number): Promise<void> {
    const { timer, feeds } = this.#parts;
    this.#planner = new ChannelPlanner(rtmUrl);
    this.#channels = this.#config.channels.map((one) => this.#planner.plan(one, startedAt, null));
    const stored = await timer.start(sealedRings(this.#channels), renamesOf(this.#config));
    const since = { at: startedAt, cause: 'down', detail: 'Weir was not running' } as const;
    feeds.start(this.#channels, (channel) => feedThreadChannel(channel, stored, since));
  }

  /**
   * Changes what is counted into what the configuration says; resolves with a receipt for people. Where that fails
   * part-way, what was counted before is counted again, and it rejects with a sentence for people.
   */
  async apply(config: Config): Promise<string> {
    const applied = this.#applying.then(async () => {
      try {
        return await this.#change(config);
      } catch (error) {
        const undone = await this.#undo();
        const outcome = undone ? 'was undone' : 'could not be undone';
        throw new Error(`the edit failed part-way and ${outcome}: ${(error as Error).message}`);
      } finally {
        collectGarbage();
      }
    });
    this.#applying = applied.catch(() => {});
    return await applied;
  }

  /** No edit is applied any more once this resolves. */
  async stop(): Promise<void> {
    this.#leaving.stop();
    await this.#applying;
  }

  /** Returns whether it succeeded. What stays unsure begins anew with the next edit. */
  async #undo(): Promise<boolean> {
    try {
      await this.#change(this.#config);
      return true;
    } catch (error) {
      this.#parts.defect(error);
      return false;
    }
  }

  /** Ends, then changes, then adds: so a renamed channel's past is whole before it goes on. */
  async #change(config: Config): Promise<string> {
    const { clock, feeds } = this.#parts;
    const now = clock.now();
    const before = {
      config: this.#config,
      channels: this.#channels,
      leaving: this.#leaving.channels,
      unsure: this.#unsure,
    };
    const edit = planEdit(before, config, { planner: this.#planner, now, feeds });
    const ending = [...edit.renamed, ...edit.moved.map(({ name }) => name)];
    const begun = [...edit.changed, ...edit.added].map(({ name }) => name);
    for (const name of [...ending, ...begun]) this.#unsure.add(name);
    await Promise.all(ending.map((name) => feeds.remove(name, null)));
    this.#channels = edit.planned;
    this.#leaving.forget([...ending, ...edit.planned.map(({ name }) => name)]);
    // One that a failed edit added may never have begun.
    this.#leaving.add(edit.left.filter(({ name }) => feeds.runs(name)));
    const stored = await this.#seal(config);
    const data = (channel: PlannedChannel, detail: string) =>
      feedThreadChannel(channel, stored, { at: now, cause: 'reload', detail });
    for (const channel of edit.changed) feeds.change(data(channel, CHANGED));
    for (const channel of edit.moved) feeds.open(channel, data(channel, CHANGED));
    for (const channel of edit.added) feeds.open(channel, data(channel, ABSENT));
    this.#config = config;
    this.#unsure.clear();
    return edit.receipt;
  }

  /** Ends channels that no edit has brought back, after the edits that are being applied. */
  #timeIsOver(channels: readonly PlannedChannel[]): void {
    const ended = this.#applying.then(async () => {
      const gone = this.#leaving.channels.filter((channel) => channels.includes(channel));
      await Promise.all(gone.map(({ name }) => this.#parts.feeds.remove(name, GONE)));
      this.#leaving.forget(gone.map(({ name }) => name));
      await this.#seal(this.#config);
      collectGarbage();
    });
    this.#applying = ended.catch(this.#parts.defect);
  }

  /** Seals, from now on, the channels of the file and those that are leaving. */
  async #seal(config: Config): Promise<Stored> {
    const channels = [...this.#channels, ...this.#leaving.channels];
    return await this.#parts.timer.seal(sealedRings(channels), renamesOf(config));
  }
}
