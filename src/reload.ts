/** What an edit of channels.yaml changes: the difference between two configurations. */
import { isDeepStrictEqual } from 'node:util';
import type { ChannelConfig } from './model/channel.ts';
import { type Config, entryRulesOf } from './model/config.ts';

/** Settings that are read when Weir starts. */
const AT_START = ['listen', 'store', 'timezone', 'retain', 'threads', 'charts', 'rtm'] as const;

export interface Difference {
  /** Untouched, or changed only in how they are shown. */
  readonly kept: readonly ChannelConfig[];
  /** Changed in what is counted, or how: they connect anew. */
  readonly changed: readonly ChannelConfig[];
  readonly added: readonly ChannelConfig[];
  readonly removed: readonly ChannelConfig[];
  /** How many of the kept are shown differently. */
  readonly shownAnewCount: number;
  /** Whether others may come in than before; takes effect at once. */
  readonly entryChanged: boolean;
  /** Names of settings that take effect at the next start. */
  readonly atNextStart: readonly string[];
}

export function difference(before: Config, after: Config): Difference {
  const former = new Map(before.channels.map((channel) => [channel.name, channel]));
  const names = new Set(after.channels.map(({ name }) => name));
  const added = after.channels.filter(({ name }) => !former.has(name));
  const still = after.channels.filter(({ name }) => former.has(name));
  const countedAlike = (channel: ChannelConfig) => {
    const { feed, processor } = former.get(channel.name)!;
    return isDeepStrictEqual([feed, processor], [channel.feed, channel.processor]);
  };
  const kept = still.filter(countedAlike);
  return {
    kept,
    changed: still.filter((channel) => !countedAlike(channel)),
    added,
    removed: before.channels.filter(({ name }) => !names.has(name)),
    shownAnewCount: kept.filter((channel) => !isDeepStrictEqual(channel, former.get(channel.name)))
      .length,
    entryChanged: !isDeepStrictEqual(entryRulesOf(before), entryRulesOf(after)),
    atNextStart: AT_START.filter((key) => !isDeepStrictEqual(before[key], after[key])),
  };
}

/** The receipt of a reload, for people. */
export function receipt(change: Difference): string {
  const { kept, changed, added, removed, shownAnewCount, entryChanged, atNextStart } = change;
  const counts = `${kept.length} kept, ${changed.length} changed, ${added.length} added, ${removed.length} removed`;
  const shown = shownAnewCount > 0 ? `; ${shownAnewCount} of the kept shown differently` : '';
  const entry = entryChanged ? '; who may come in has changed' : '';
  const later =
    atNextStart.length > 0 ? `; ${atNextStart.join(', ')}: takes effect at the next start` : '';
  return counts + shown + entry + later;
}
