/** `weir rtm`: a Satori-compatible RTM server of its own. */
import { rtmOptions } from '../rtm/options.ts';
import { startOwnRtm } from '../rtm/own-rtm.ts';
import { type Command, EXIT, readArguments, UsageError } from './command.ts';
import { interrupted } from './signals.ts';

const help = `weir rtm [options]

Runs a small RTM server that any Satori RTM v2 client can use: publish, subscribe, read, write.

  --listen host:port     default 127.0.0.1:8765
  --appkey key           what clients must name; default demo
  --role r --secret s    clients must authenticate as this role; default: no authentication
  --replay file          publish a recording, again and again; may be given several times
  --speed n              how many times faster than recorded; "unlimited" does not wait; default 1
  --machine channel      publish this machine's load there, once a second

  $ weir rtm --replay demo/flights.jsonl --speed 3600
  RTM server at ws://127.0.0.1:8765, appkey demo

A recording has one JSON line a PDU: {"subscription_id", "position", "messages", "timestamp"}.`;

export const rtm: Command = {
  name: 'rtm',
  summary: 'run an RTM server: for tests, demos, and as an inlet',
  help,
  async run(args, out) {
    const { values, positionals } = readArguments(args, {
      listen: { type: 'string', default: '127.0.0.1:8765' },
      appkey: { type: 'string', default: 'demo' },
      role: { type: 'string' },
      secret: { type: 'string' },
      replay: { type: 'string', multiple: true, default: [] },
      speed: { type: 'string', default: '1' },
      machine: { type: 'string' },
    });
    const { listen, appkey, role, secret, machine } = values;
    if ((role === undefined) !== (secret === undefined)) {
      throw new UsageError('--role and --secret go together');
    }
    const speed = values.speed === 'unlimited' ? values.speed : Number(values.speed);
    const parsed = rtmOptions.safeParse({
      listen,
      appkey,
      ...(role === undefined ? {} : { roles: { [role]: { secret } } }),
      replay: [...values.replay, ...positionals].map((file) => ({ file, speed })),
      ...(machine === undefined ? {} : { machine }),
    });
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new UsageError(`--${String(issue!.path.at(-1))} ${issue!.message}`);
    }
    const server = await startOwnRtm(parsed.data, {
      folder: process.cwd(),
      clock: Date.now,
      complain: out.complain,
    });
    out.print(`RTM server at ${server.url}, appkey ${appkey}`);
    await interrupted();
    await server.close();
    return EXIT.ok;
  },
};
