// channels.yaml from a text, as `weir check` reads it: what it means, what is wrong with it, what Weir would send.
import { kinds } from '../../src/cli/configuration.ts';
import { type LoadOptions, loadConfig } from '../../src/config/load.ts';
import { feedKind } from '../../src/feeds/index.ts';
import type { ChannelConfig } from '../../src/model/channel.ts';
import { formatProblem } from '../../src/model/problem.ts';

export interface LoadedText {
  /** The channels of a file that is right; empty otherwise. */
  readonly channels: readonly ChannelConfig[];
  /** Of the first channel. */
  readonly feed: ChannelConfig['feed'];
  readonly processor: ChannelConfig['processor'];
  /** `line:column: sentence`, each. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  readonly codes: readonly string[];
  /** What the first channel's feed is sent, and what people are shown of it. */
  readonly frames: readonly string[];
  readonly shown: readonly string[];
}

export function load(
  text: string,
  environment: Readonly<Record<string, string>> = {},
  options: Partial<LoadOptions> = {},
): LoadedText {
  const loaded = loadConfig(text, { file: 'c.yaml', environment, kinds, ...options });
  const sentence = (problem: (typeof loaded.notes)[number]) =>
    formatProblem(problem).replace('c.yaml:', '');
  const channels = loaded.config?.channels ?? [];
  const feed = channels[0]?.feed ?? { kind: '' };
  const named = (loaded.shown as { channels: Record<string, { feed: unknown }> } | null)?.channels;
  const written = named?.[channels[0]!.name]?.feed;
  const subscribe = feed['subscribe'] as { readonly frames: readonly string[] } | undefined;
  return {
    channels,
    feed,
    processor: channels[0]?.processor ?? { kind: '' },
    problems: loaded.problems.map(sentence),
    notes: loaded.notes.map(sentence),
    codes: loaded.problems.map(({ code }) => code),
    frames: subscribe?.frames ?? [],
    shown: (feedKind(feed.kind)?.sends?.(feed, written) ?? []).map(({ text: one }) => one),
  };
}

/** A file with one channel, whose feed has these options besides its address; each in a line of its own. */
export function feedFile(...options: readonly string[]): string {
  const lines = ['kind: websocket', 'url: "wss://a.example"', ...options];
  return `channels:\n  a:\n    feed:\n${lines.map((line) => `      ${line}\n`).join('')}`;
}
