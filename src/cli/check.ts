/** `weir check`: says every problem in channels.yaml and what feeds are sent; with --probe, what each feed really sends. */
import { feedKind } from '../feeds/index.ts';
import type { ChannelConfig } from '../model/channel.ts';
import { parseDuration } from '../model/interval.ts';
import { formatNote } from '../model/problem.ts';
import { type Command, EXIT, readArguments, UsageError } from './command.ts';
import { FILE_DEFAULT, readConfiguration, tellProblems } from './configuration.ts';
import { probeChannels } from './probe.ts';

/** Longest part of a frame that is shown, in UTF-16 units. */
const SENT_LENGTH_MAX = 4_000;

const help = `weir check [channels.yaml] [--probe] [--for 5s]

Reads the file and says every problem in it, as file:line:column: what is wrong, and what to write instead. A note is
no problem: it says where the file may mean something else than it seems to. Of a file that is right, it shows each
message that Weir will send to a feed, with the names of variables in place of their values.

  --probe      connect to each feed for a moment and show a message, what it is worth, and the rate
  --for 5s     how long to probe

  $ weir check
  channels.yaml:14:13: interval "5x" is not an interval; write one like 5s, 1m, 1h …

Exit code: 0 the file is right (and every probed feed answered), 1 a probed feed did not, 2 the file is wrong.`;

export const check: Command = {
  name: 'check',
  summary: 'say every problem in channels.yaml; --probe tries the feeds',
  help,
  async run(args, out) {
    const { values, positionals } = readArguments(args, {
      probe: { type: 'boolean', default: false },
      for: { type: 'string', default: '5s' },
    });
    if (positionals.length > 1) throw new UsageError('give one file');
    const probeMs = parseDuration(values.for);
    if (probeMs === null) throw new UsageError('--for must be a duration, such as 5s');
    const file = positionals[0] ?? FILE_DEFAULT;
    const { config, problems, notes, shown, folder } = readConfiguration(file);
    for (const note of notes) out.print(formatNote(note));
    if (!config) {
      tellProblems(problems, out);
      return EXIT.wrongInput;
    }
    const count = config.channels.length;
    out.print(`${file}: ${count} ${count === 1 ? 'channel' : 'channels'}, no problem.`);
    for (const line of config.channels.flatMap((channel) => sentLines(channel, shown))) {
      out.print(line);
    }
    if (!values.probe) return EXIT.ok;
    const answered = await probeChannels(config, { folder, probeMs, out });
    return answered ? EXIT.ok : EXIT.failed;
  },
};

/** What the channel's feed sends of its own accord, a line a frame. */
function sentLines({ name, feed }: ChannelConfig, shown: unknown): string[] {
  const written = (shown as { channels: Record<string, { feed?: unknown }> }).channels[name]?.feed;
  const frames = feedKind(feed.kind)?.sends?.(feed, written ?? {}) ?? [];
  return frames.map(({ when, text }) => `${name} sends ${when}: ${oneLine(text)}`);
}

/** A text that has line breaks or other control characters is shown as JSON has it. */
function oneLine(text: string): string {
  const shown = /\p{Cc}/u.test(text) ? JSON.stringify(text) : text;
  return shown.length > SENT_LENGTH_MAX ? `${shown.slice(0, SENT_LENGTH_MAX)}…` : shown;
}
