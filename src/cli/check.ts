/** `weir check`: says every problem in channels.yaml; with --probe, what each feed really sends. */

import { parseDuration } from '../model/interval.ts';
import { type Command, EXIT, readArguments, UsageError } from './command.ts';
import { FILE_DEFAULT, readConfiguration, tellProblems } from './configuration.ts';
import { probeChannels } from './probe.ts';

const help = `weir check [channels.yaml] [--probe] [--for 5s]

Reads the file and says every problem in it, as file:line:column: what is wrong, and what to write instead.

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
    const { config, problems, folder } = readConfiguration(file);
    if (!config) {
      tellProblems(problems, out);
      return EXIT.wrongInput;
    }
    const count = config.channels.length;
    out.print(`${file}: ${count} ${count === 1 ? 'channel' : 'channels'}, no problem.`);
    if (!values.probe) return EXIT.ok;
    const answered = await probeChannels(config, { folder, probeMs, out });
    return answered ? EXIT.ok : EXIT.failed;
  },
};
