/** `weir rtm`: a Satori-compatible RTM server of its own. */
import { exposureProblem, Gate } from '../admission/gate.ts';
import { ON_THE_COMMAND_LINE } from '../admission/remedies.ts';
import { entryRulesSchema } from '../config/entry-rules.ts';
import { type EntryRules, parseListen } from '../model/config.ts';
import { ANONYMOUS, type RtmOptions, rtmOptions, VERBS } from '../rtm/options.ts';
import { startOwnRtm } from '../rtm/own-rtm.ts';
import { type Command, EXIT, readArguments, UsageError } from './command.ts';
import { interrupted } from './signals.ts';

const help = `weir rtm [options]

Runs a small RTM server that any Satori RTM v2 client can use: publish, subscribe, read, write.

  --listen host:port     default 127.0.0.1:8765
  --appkey key           what clients must name; default demo
  --role r --secret s    a role that clients can authenticate as, and may then do everything
  --anonymous verbs      what clients that do not authenticate may do beside such a role: some of
                         publish,subscribe,read,write,delete, or all; default: nothing
  --restricted channel   only authenticated clients may use it; may be given several times
  --replay file          publish a recording, again and again; may be given several times
  --speed n              how many times faster than recorded; "unlimited" does not wait; default 1
  --machine channel      publish this machine's load there, once a second

Without --role, every client may do everything. Clients of other machines, and web pages, come in only as these say:

  --read public          clients of other machines may subscribe and read
  --publish public       clients of other machines may publish, write and delete
  --allowed-host name    a name by which the server is reached, beside localhost and the one in --listen
  --allowed-origin o     pages of that origin may connect, such as https://dash.example.org
  --trust-proxy address  the X-Forwarded-For of this proxy is believed
                         (the last three may be given several times)

  $ weir rtm --replay demo/flights.jsonl --speed 3600
  RTM server at ws://127.0.0.1:8765, appkey demo

A recording has one JSON line a PDU: {"subscription_id", "position", "messages", "timestamp"}.`;

const list = { type: 'string', multiple: true, default: [] as string[] } as const;
const text = { type: 'string' } as const;

/** Every option, as `readArguments` takes it. */
const OPTIONS = {
  listen: { type: 'string', default: '127.0.0.1:8765' },
  appkey: { type: 'string', default: 'demo' },
  role: text,
  secret: text,
  anonymous: text,
  restricted: list,
  replay: list,
  speed: { type: 'string', default: '1' },
  machine: text,
  read: text,
  publish: text,
  'allowed-host': list,
  'allowed-origin': list,
  'trust-proxy': list,
} as const;

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values'];

export const rtm: Command = {
  name: 'rtm',
  summary: 'run an RTM server: for tests, demos, and as an inlet',
  help,
  service: true,
  async run(args, out) {
    const { values, positionals } = readArguments(args, OPTIONS);
    const options = optionsOf(values, positionals);
    const rules = rulesOf(values);
    const { host } = parseListen(options.listen)!;
    const exposed = exposureProblem(host, rules.access, ON_THE_COMMAND_LINE.listen.rtm);
    if (exposed !== null) throw new UsageError(`--listen ${options.listen} ${exposed}`);
    const gate = new Gate({ ...rules, listenHost: host, remedies: ON_THE_COMMAND_LINE });
    const signal = interrupted();
    const server = await startOwnRtm(options, {
      folder: process.cwd(),
      clock: Date.now,
      gate: () => gate,
      complain: out.complain,
    });
    out.print(`RTM server at ${server.url}, appkey ${options.appkey}`);
    await signal;
    await server.close();
    return EXIT.ok;
  },
};

function optionsOf(values: Values, positionals: readonly string[]): RtmOptions {
  const { listen, appkey, role, secret, anonymous, restricted, machine } = values;
  if ((role === undefined) !== (secret === undefined)) {
    throw new UsageError('--role and --secret go together');
  }
  if (role === undefined && (anonymous !== undefined || restricted.length > 0)) {
    throw new UsageError('--anonymous and --restricted need --role and --secret');
  }
  const speed = values.speed === 'unlimited' ? values.speed : Number(values.speed);
  return checked<RtmOptions>(rtmOptions, {
    listen,
    appkey,
    ...(role === undefined ? {} : { roles: { ...anonymousRole(anonymous), [role]: { secret } } }),
    restricted,
    replay: [...values.replay, ...positionals].map((file) => ({ file, speed })),
    ...(machine === undefined ? {} : { machine }),
  });
}

function anonymousRole(verbs: string | undefined) {
  if (verbs === undefined) return {};
  const allow = verbs.split(',');
  const unknown = allow.find((verb) => verbs !== 'all' && !VERBS.some((known) => known === verb));
  if (unknown === undefined) return { [ANONYMOUS]: verbs === 'all' ? {} : { allow } };
  throw new UsageError(
    `--anonymous ${unknown} is not known; write all, or some of ${VERBS.join(',')}`,
  );
}

function rulesOf(values: Values): EntryRules {
  const { read, publish } = values;
  for (const [name, value] of Object.entries({ read, publish })) {
    if (value === undefined || value === 'public') continue;
    throw new UsageError(`--${name} must be public, or be left out`);
  }
  return checked<EntryRules>(entryRulesSchema, {
    allowedHosts: values['allowed-host'],
    allowedOrigins: values['allowed-origin'],
    trustProxy: values['trust-proxy'],
    access: { ...(read ? { read } : {}), ...(publish ? { publish } : {}) },
  });
}

/** What the options are called in YAML, where that differs. */
const FLAGS: Readonly<Record<string, string>> = {
  allowedHosts: 'allowed-host',
  allowedOrigins: 'allowed-origin',
  trustProxy: 'trust-proxy',
};

interface Schema<T> {
  safeParse(given: unknown):
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[];
        };
      };
}

function checked<T>(schema: Schema<T>, given: unknown): T {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const names = issue!.path.filter((step) => typeof step === 'string');
  const [name = '', last = name] = [names[0], names.at(-1)];
  throw new UsageError(`--${FLAGS[name] ?? last} ${issue!.message}`);
}
