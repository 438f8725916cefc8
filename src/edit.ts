/** What an edit of channels.yaml means for the channels that are counted: which go on, change, move, begin, leave and end. */
import type { ChannelPlanner, PlannedChannel } from './feed-plan.ts';
import type { FeedThreads } from './feed-threads.ts';
import type { ChannelConfig } from './model/channel.ts';
import type { Config } from './model/config.ts';
import { difference, receipt } from './reload.ts';
import type { Renames } from './threads/messages.ts';

/** Why a channel is not observed for a while, by an edit. */
export const CHANGED = 'the channel was changed in channels.yaml';
export const ABSENT = 'the channel was not in channels.yaml';
export const GONE = 'the channel was taken out of channels.yaml';

export interface Edit {
  /** All channels of the file, as they are counted from now on. */
  readonly planned: readonly PlannedChannel[];
  /** Go on in their thread, changed. */
  readonly changed: readonly PlannedChannel[];
  /** Go on in another thread: user code has one of its own. They end before they begin there. */
  readonly moved: readonly PlannedChannel[];
  readonly added: readonly PlannedChannel[];
  /** Names of channels that go on under another name: they end, so that their past is whole before that. */
  readonly renamed: readonly string[];
  /** Are no longer in the file. */
  readonly left: readonly PlannedChannel[];
  /** For people. */
  readonly receipt: string;
}

/** What is counted before an edit. */
export interface Counted {
  readonly config: Config;
  readonly channels: readonly PlannedChannel[];
  /** Channels that an edit before this one took out, and that are counted still. */
  readonly leaving: readonly PlannedChannel[];
  /** Names of channels that an edit before this one left half-changed. */
  readonly unsure: ReadonlySet<string>;
}

/** Who plans the edit at `now`, Unix milliseconds, and who knows which thread may go on with a channel. */
export interface Planning {
  readonly planner: Pick<ChannelPlanner, 'plan'>;
  readonly now: number;
  readonly feeds: Pick<FeedThreads, 'canChange'>;
}

/** A channel that is leaving and comes back is one that was never gone. */
export function planEdit(
  { config, channels, leaving, unsure }: Counted,
  after: Config,
  { planner, now, feeds }: Planning,
): Edit {
  const former = new Map([...channels, ...leaving].map((channel) => [channel.name, channel]));
  const counted = [...former.values()].map(({ written }) => written);
  const change = difference({ ...config, channels: counted }, after);
  const planned = after.channels.map((one) => planner.plan(one, now, former.get(one.name) ?? null));
  const among = (some: readonly ChannelConfig[]) => {
    const names = new Set(some.map(({ name }) => name));
    return planned.filter(({ name }) => names.has(name));
  };
  const again = change.kept.filter(({ name }) => unsure.has(name));
  const changed = among([...change.changed, ...again]);
  const goesOn = (channel: PlannedChannel) => !unsure.has(channel.name) && feeds.canChange(channel);
  const formerNames = new Set(renamesOf(after).map(([old]) => old));
  const out = change.removed.map(({ name }) => former.get(name)!);
  const removed = out.filter((channel) => !leaving.includes(channel));
  return {
    planned,
    changed: changed.filter(goesOn),
    moved: changed.filter((channel) => !goesOn(channel)),
    added: among(change.added),
    renamed: out.map(({ name }) => name).filter((name) => formerNames.has(name)),
    left: removed.filter(({ name }) => !formerNames.has(name)),
    receipt: receipt({ ...change, removed: removed.map(({ written }) => written) }),
  };
}

/** Former name → name, for every channel that has former names. */
export function renamesOf(config: Config): Renames {
  return config.channels.flatMap(({ name, was }) => was.map((former) => [former, name] as const));
}
