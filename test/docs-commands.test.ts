// What the documents and --help tell people to type: commands, options, addresses and pieces of channels.yaml work.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { kinds } from '../src/cli/configuration.ts';
import { run } from '../src/cli/index.ts';
import { loadConfig } from '../src/config/load.ts';
import { formatProblem } from '../src/model/problem.ts';
import { ROOT } from './support/cli.ts';
import { startFeedServer } from './support/feed-server.ts';
import { startTestWeir } from './support/weir.ts';

const COMMANDS = ['up', 'check', 'audit', 'store', 'schema', 'rtm'];
const DOCUMENTS = [
  ...['README.md', 'CHANGELOG.md', 'test/README.md', 'examples/README.md', 'bench/README.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...['feeds/satori', 'feeds/websocket', 'rtm', '.'].map((folder) =>
    relative(ROOT, join(ROOT, 'src', folder, 'README.md')),
  ),
];
const scripts: Record<string, string> = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
).scripts;

const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Everything in a document that is set as code: whole lines of blocks, and what stands within a line. */
function code(path: string): {
  readonly inline: readonly string[];
  readonly lines: readonly string[];
} {
  const parts = textOf(path).split(/^```.*$/m);
  const blocks = parts.filter((_, index) => index % 2 === 1);
  const prose = parts.filter((_, index) => index % 2 === 0).join('\n');
  return {
    inline: [...prose.matchAll(/`([^`]+)`/g)].map((match) => match[1]!.replace(/\s+/g, ' ')),
    lines: blocks.flatMap((block) => block.split('\n')),
  };
}

async function said(args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const add = (line: string) => void lines.push(line);
  await run(args, { print: add, complain: add });
  return lines.join('\n');
}

test('every command of Weir in a document is one, and its options are in its help', async () => {
  let seen = 0;
  for (const path of DOCUMENTS) {
    const { inline, lines } = code(path);
    for (const text of [...inline, ...lines]) {
      const given = /^(?:\$ )?(?:npx )?weir ([a-z]+)([^|;&#]*)/.exec(text);
      if (!given) continue;
      seen += 1;
      const [, name, rest] = given as unknown as [string, string, string];
      assert.ok(COMMANDS.includes(name), `${path}: there is no weir ${name}`);
      const help = await said([name, '--help']);
      for (const [option] of rest.matchAll(/--[a-z-]+/g)) {
        assert.ok(help.includes(option), `${path}: weir ${name} has no ${option}`);
      }
      const [verb] = /^\s+([a-z][a-z-]+)(?=\s|$)/.exec(rest)?.slice(1) ?? [];
      if (name === 'store' && verb) assert.match(help, new RegExp(`\\b${verb}\\b`), path);
    }
  }
  assert.ok(seen >= 15, `only ${seen} commands were found`);
});

test('every npm script in a document is one', () => {
  let seen = 0;
  for (const path of DOCUMENTS) {
    for (const [, name] of textOf(path).matchAll(/npm run ([a-z:]+)/g)) {
      seen += 1;
      assert.ok(scripts[name!], `${path}: there is no npm run ${name}`);
    }
  }
  assert.ok(seen >= 10, `only ${seen} scripts were found`);
});

test('every option that --help names is taken, with a value where it shows one', async () => {
  for (const name of COMMANDS) {
    const help = await said([name, '--help']);
    for (const [, line] of help.matchAll(/^ {2}(--\S+(?: \S+)*)/gm)) {
      for (const [, option, value] of line!.matchAll(/(--[a-z-]+)(?: (?!--)(\S+))?/g)) {
        // Too many arguments, or an address that is none: whatever else it makes of them, nothing starts.
        const given = value === undefined ? [option!] : [option!, 'x'];
        const wrong = name === 'rtm' ? ['--listen', 'nowhere'] : ['a', 'b', 'c', 'd'];
        const answer = await said([name, ...given, ...wrong]);
        assert.match(answer, /^weir /, `weir ${name} ${option} ran`);
        assert.doesNotMatch(answer, /Unknown option|argument missing|does not take/, answer);
      }
    }
  }
});

test('the channels.yaml in the help of weir up is right', async () => {
  const help = await said(['up', '--help']);
  const yaml = /^ {2}channels:\n(?: {4}.*\n)+/m.exec(help)![0];
  const given = { file: 'help', environment: {}, kinds };
  const { problems } = loadConfig(yaml.replace(/^ {2}/gm, ''), given);
  assert.deepEqual(problems.map(formatProblem), []);
});

/** Words of REST that are written in the same way. */
const IN_ANSWERS = ['aligned', 'series', 'cause', 'state'];
/** Where a piece of channels.yaml may stand. */
const PLACES: readonly ((piece: object) => object)[] = [
  (piece) => ({ channels: { a: { feed: WEBSOCKET } }, ...piece }),
  (piece) => ({ channels: { a: { feed: WEBSOCKET, ...piece } } }),
  (piece) => ({ channels: { a: { feed: { ...WEBSOCKET, ...piece } } } }),
  (piece) => ({ channels: { a: { feed: { ...SATORI, ...piece } } } }),
  (piece) => ({
    channels: { a: { feed: { ...WEBSOCKET, sequence: { path: 'id', kind: 'dense', ...piece } } } },
  }),
  (piece) => ({
    channels: { a: { feed: { ...WEBSOCKET, cursor: { path: 'id', param: 'from', ...piece } } } },
  }),
  (piece) => ({
    channels: { a: { feed: WEBSOCKET, processor: { kind: 'count-by', key: 'k', ...piece } } },
  }),
  (piece) => ({
    channels: { a: { feed: WEBSOCKET, processor: { kind: './my.ts', ...piece } } },
  }),
  (piece) => ({
    channels: { a: { feed: WEBSOCKET, processor: { kind: 'sum', value: 'v', ...piece } } },
  }),
  (piece) => ({
    channels: { a: { feed: WEBSOCKET, chart: { interval: '1m', range: '1h', ...piece } } },
  }),
  (piece) => ({
    channels: { a: { feed: WEBSOCKET } },
    rtm: { listen: '127.0.0.1:0', appkey: 'k', ...piece },
  }),
];
const WEBSOCKET = { kind: 'websocket', url: 'wss://a.example' };
const SATORI = { kind: 'satori', url: 'wss://a.example', appkey: 'k', channel: 'c' };

test('every piece of channels.yaml within a line of a document is right somewhere in the file', () => {
  let seen = 0;
  for (const path of DOCUMENTS.filter((name) => name !== 'CHANGELOG.md')) {
    for (const text of code(path).inline) {
      if (!/^[a-z][A-Za-z]*: \S/.test(text) || /[…<>]/.test(text)) continue;
      const piece = asMap(text);
      if (piece === null || IN_ANSWERS.includes(Object.keys(piece)[0]!)) continue;
      seen += 1;
      const found = PLACES.map((place) => {
        const given = {
          file: path,
          environment: new Proxy({}, { get: () => 'x', has: () => true }) as Record<string, string>,
          kinds,
          readSecret: () => ({ text: 'x', remark: null }),
        };
        return loadConfig(JSON.stringify(place(piece)), given).problems;
      });
      assert.ok(
        found.some((problems) => problems.length === 0),
        `${path}: \`${text}\` is right nowhere`,
      );
    }
  }
  assert.ok(seen >= 10, `only ${seen} pieces were found`);
});

function asMap(text: string): object | null {
  try {
    const value = parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

test('every address in a document is answered', async (t) => {
  const server = await startFeedServer(t);
  const feed = `{ kind: websocket, url: "${server.url}" }`;
  const keyed = `{ feed: ${feed}, processor: { kind: count-by, key: k } }`;
  const { get, weir } = await startTestWeir(
    t,
    `channels:\n  flights: ${keyed}\n  earthquakes: ${keyed}\n`,
  );
  const addresses = new Set<string>();
  for (const path of DOCUMENTS) {
    const all = textOf(path).matchAll(
      /(?<![a-z}.])(\/(?:api\/v1|gviz|health|metrics|embed|docs)\b[^\s`'")>|]*)/g,
    );
    for (const [, address] of all) {
      if (!/[{…]/.test(address!) && !/\.md|\.png/.test(address!))
        addresses.add(address!.replace(/[.,;:]$/, ''));
    }
  }
  assert.ok(addresses.size >= 15, [...addresses].join(' '));
  for (const address of addresses) {
    if (/^\/api\/v1\/(ws|buckets)$/.test(address)) continue;
    if (/^\/gviz\/tq$/.test(address) || address === '/api/v1') continue;
    const stop = new AbortController();
    const { status } = await fetch(weir.url + address, { signal: stop.signal });
    stop.abort();
    assert.ok([200, 503].includes(status), `${address}: ${status}`);
    if (status === 503) assert.match(address, /^\/health\/ready/);
  }
  assert.ok(await get('/api/v1/channels'));
});
