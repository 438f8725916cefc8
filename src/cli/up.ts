/** `weir up`: counts, keeps and shows, until it is stopped. */
import { startWeir } from '../main.ts';
import { parseListen } from '../model/config.ts';
import { type Command, EXIT, readArguments, UsageError } from './command.ts';
import { FILE_DEFAULT, type Given, readConfiguration, tellProblems } from './configuration.ts';
import { eventLog } from './event-log.ts';
import { keepUp, NoteTeller } from './keep-up.ts';
import { interrupted } from './signals.ts';
import { reportUnhandled } from './unhandled.ts';

const help = `weir up [channels.yaml] [options]

Counts the messages of every channel in the file, and serves page and REST.

  --listen host:port   address of page and REST (default 127.0.0.1:9347; port 0: a free one); one that other machines
                       can reach needs a line in the file, such as access: { read: public }
  --store path         where the counts are kept; "memory" forgets them at the end
  --log text|json      lines for people (default), or for machines

A channel is a few lines of channels.yaml:

  channels:
    trades:                                # its name: the key everywhere
      title: Bitcoin trades
      feed:
        kind: websocket
        url: wss://ws-feed.exchange.coinbase.com
        subscribe: { type: subscribe, product_ids: [BTC-USD], channels: [matches] }
        only: { type: match }              # acknowledgements are not messages
      chart: { interval: 10s, range: 30m }

Save the file while Weir runs, and the difference takes effect at once: untouched channels keep their connections. An
edit that is wrong is refused, with its line, and everything goes on as it was. A channel that is taken out is counted for
5 seconds more. SIGHUP reads the file again as well, and the files of its secrets.

Stop it with Ctrl-C: it seals what it has counted and ends within 5 seconds.
Exit code: 0 stopped in order, 1 could not start, 2 the file is wrong (see weir check).`;

export const up: Command = {
  name: 'up',
  summary: 'count, keep and show, until stopped',
  help,
  service: true,
  async run(args, out) {
    const { values, positionals } = readArguments(args, {
      listen: { type: 'string' },
      store: { type: 'string' },
      log: { type: 'string', default: 'text' },
    });
    if (positionals.length > 1) throw new UsageError('give one file');
    const { log } = values;
    if (log !== 'text' && log !== 'json') throw new UsageError('--log must be text or json');
    const listen = values.listen === undefined ? undefined : parseListen(values.listen);
    if (listen === null) throw new UsageError('--listen must be host:port, such as 127.0.0.1:9347');
    const file = positionals[0] ?? FILE_DEFAULT;
    const given: Given = {
      ...(listen ? { listen } : {}),
      ...(values.store === undefined
        ? {}
        : { store: { kind: 'sqlite', path: storePath(values.store) } }),
    };
    const read = readConfiguration(file, given);
    const { config, problems, folder } = read;
    if (!config) {
      tellProblems(problems, out);
      return EXIT.wrongInput;
    }
    const notes = new NoteTeller(out);
    notes.tell(read.notes);
    // From here on a signal stops Weir in order, also one that comes while it starts.
    const signal = interrupted();
    const weir = await startWeir({
      config,
      folder,
      onEvent: eventLog(log, out),
      droppedLogLines: () => out.droppedCount?.() ?? 0,
    });
    const stopReporting = reportUnhandled((error) => weir.defect(error));
    const count = config.channels.length;
    out.print(`\n  Weir counts ${count} ${count === 1 ? 'channel' : 'channels'}.`);
    out.print(`  Page  ${weir.url}/`);
    out.print(`  REST  ${weir.url}/api/v1/channels   described at ${weir.url}/docs`);
    if (weir.rtmUrl) out.print(`  RTM   ${weir.rtmUrl}`);
    out.print('');
    const stopWatching = keepUp(weir, { file, given, read, notes, out });
    await signal;
    stopWatching();
    await weir.stop();
    stopReporting();
    return EXIT.ok;
  },
};

/** A path on the command line is relative to where the command is given, not to the file. */
function storePath(given: string): string {
  return given === 'memory' ? given : `${given.startsWith('/') ? '' : `${process.cwd()}/`}${given}`;
}
