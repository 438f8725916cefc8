// Secrets go in and never come out, whatever feeds send back; paths and stack traces stay in the log.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type FeedServer, type Peer, startFeedServer } from '../support/feed-server.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startTestWeir, type TestWeir, until } from '../support/weir.ts';

/** A part of every secret here, in all the forms in which it is sent back. */
const TELLTALE = /sesame|c2VzYW1|Nlc2Ft|zZXNhbW|%73esame|\\u0073esame/;
const PATH = /\/(?:[\w.-]+\/)+[\w.-]+\.(?:pem|ts|db|yaml|mjs)/;
const DOORS = [
  '/api/v1/channels',
  '/api/v1/events?limit=5000',
  '/api/v1/configuration',
  '/api/v1/ledger',
  '/metrics',
  '/health/live',
  '/gviz/tq?channels=echo',
  '/api/v1/channels/echo/buckets?interval=1s&from=now-1m',
  '/api/v1/channels/status/buckets?interval=1s&from=now-1m',
];

/** What the service tells anyone. */
async function toldTo(weir: TestWeir): Promise<string> {
  const bodies = await Promise.all(
    DOORS.map(async (path) => (await fetch(weir.weir.url + path)).text()),
  );
  const stream = await fetch(`${weir.weir.url}/api/v1/stream`);
  const { value } = await stream.body!.getReader().read();
  return [...bodies, Buffer.from(value!).toString()].join('\n');
}

/** Answers each connection with a refusal that sends everything back that it knows of the feed. */
async function echoAll(server: FeedServer): Promise<void> {
  for (;;) void echo(await server.accept());
}

async function echo(peer: Peer): Promise<void> {
  const { url = '', headers } = peer.request;
  const frame = await peer.next();
  const all = [url, decodeURIComponent(url), headers.authorization, headers['x-env'], frame];
  const base64 = ['', 'a', 'ab'].map((before) => Buffer.from(before + frame).toString('base64'));
  peer.send({ type: 'error', all, base64, twice: JSON.stringify(all) });
}

async function setUp(t: TestContext) {
  const folder = temporaryFolder(t);
  const server = await startFeedServer(t);
  void echoAll(server);
  const status = await startFeedServer(t);
  status.refusal = { status: '403 no sesame-of-header' };
  writeFileSync(
    join(folder, 'thrower.ts'),
    `export default class { process() { throw new Error('no sesame-of-list at /srv/data/x.db'); } }\n`,
  );
  process.env['SESAME_ENV'] = 'sesame-of-env';
  t.after(() => delete process.env['SESAME_ENV']);
  const address = server.url.replace('ws://', 'ws://sesame-user:sesame%20pass@');
  const yaml = (token: string) => `channels:
  echo:
    feed:
      kind: websocket
      url: "${address}/p?token=${token}"
      headers: { Authorization: "Bearer sesame-of-header", X-Env: "\${SESAME_ENV}", X-A: &mine sesame-of-alias }
      subscribe: { api_key: sesame-of-list, token: *mine }
      refused: { type: error }
      retry: { first: 10ms, most: 50ms }
  status:
    feed: { kind: websocket, url: "${status.url}", headers: { Authorization: sesame-of-header }, retry: { first: 10ms, most: 50ms } }
  files:
    feed: { kind: websocket, url: "${status.url}", ca: /no-such/folder/ca.pem, retry: { first: 10ms, most: 50ms } }
`;
  const weir = await startTestWeir(t, yaml('sesame-of-query'), { folder, store: 'weir.db' });
  return { folder, server, weir, yaml };
}

const linkOf = async (weir: TestWeir, name: string) =>
  (await weir.get(`/api/v1/channels/${name}`)).data.link;

test('what feeds send back is told without secrets and paths, at every door, in the log and in the store', async (t) => {
  const { folder, weir, yaml } = await setUp(t);
  const refused = await until('the refusal', async () => {
    const { detail } = await linkOf(weir, 'echo');
    return detail.startsWith('the feed refused') ? detail : null;
  });
  assert.match(refused, /token=•••.*•••/, 'there was something to mask');
  assert.match((await linkOf(weir, 'status')).detail, /403 no •••/);
  assert.match((await linkOf(weir, 'files')).detail, /ENOENT: .* open 'ca\.pem'/);
  assert.doesNotMatch(await toldTo(weir), TELLTALE);
  assert.doesNotMatch(await toldTo(weir), PATH);
  assert.doesNotMatch(weir.events.map(({ detail }) => detail).join('\n'), TELLTALE);
  assert.match(weir.events.map(({ detail }) => detail).join('\n'), /\/no-such\/folder\/ca\.pem/);

  // A new secret is masked from its first connection on.
  await weir.reload(yaml('new-sesame'));
  await until('changed', () => weir.events.some(({ kind }) => kind === 'reload'));
  await until('the new one is refused', async () =>
    /•••/.test((await linkOf(weir, 'echo')).detail),
  );
  assert.doesNotMatch(await toldTo(weir), TELLTALE);
  await weir.weir.stop();
  assert.doesNotMatch(weir.events.map(({ detail }) => detail).join('\n'), TELLTALE);
  for (const name of readdirSync(folder).filter((file) => file.startsWith('weir.db'))) {
    assert.doesNotMatch(readFileSync(join(folder, name), 'latin1'), TELLTALE, name);
  }
});

test('an error of a processor tells neither secrets nor paths', async (t) => {
  const { folder, server, weir } = await setUp(t);
  await weir.reload(`channels:
  thrower:
    feed: { kind: websocket, url: "${server.url}", headers: { Authorization: sesame-of-list }, subscribe: x }
    processor: { kind: ./thrower.ts }
  missing:
    feed: { kind: websocket, url: "${server.url}", subscribe: x }
    processor: { kind: ./not-there.ts }
`);
  const about = (name: string) =>
    until(`events of ${name}`, async () => {
      const { data } = await weir.get('/api/v1/events?limit=5000');
      return data.find(
        ({ channel, kind }: { channel: string; kind: string }) =>
          channel === name && kind === 'processor-error',
      );
    });
  assert.equal((await about('thrower')).detail, 'no ••• at x.db');
  assert.match(
    (await about('missing')).detail,
    /cannot be made: Cannot find module 'not-there\.ts'/,
  );
  const told = await toldTo(weir);
  assert.doesNotMatch(told, TELLTALE);
  assert.ok(!told.includes(folder));
});

test('a processor that is named by its absolute path is shown by its file alone', async (t) => {
  const { folder, server, weir } = await setUp(t);
  await weir.reload(`channels:
  thrower:
    feed: { kind: websocket, url: "${server.url}" }
    processor: { kind: "${join(folder, 'thrower.ts')}" }
`);
  const { data } = await weir.get('/api/v1/channels/thrower');
  assert.equal(data.processor.kind, 'thrower.ts');
  assert.ok(!(await weir.get('/api/v1/configuration')).data.yaml.includes(folder));
});

test('a refused file is told by its name alone, and with no secret of it', async (t) => {
  const { weir } = await setUp(t);
  weir.weir.refuse([
    {
      code: 'bad-value',
      message: 'interval "sesame-of-query" is not one; see /etc/weir/more.yaml',
      place: { file: '/etc/weir/channels.yaml', line: 3, column: 1 },
    },
  ]);
  const [problem] = await until('the problem', async () => {
    const { data } = await weir.get('/api/v1/configuration');
    return data.problems.length > 0 ? data.problems : null;
  });
  assert.equal(problem.file, 'channels.yaml');
  assert.equal(problem.message, 'interval "•••" is not one; see more.yaml');
  assert.doesNotMatch(await toldTo(weir), PATH);
});

test('store, log and lock are made for their owner alone', async (t) => {
  const before = process.umask(0o022);
  t.after(() => process.umask(before));
  const { folder } = await setUp(t);
  const files = ['weir.db', 'weir.db-wal', 'weir.db-shm', 'weir.db.lock'];
  for (const name of files) {
    assert.equal((statSync(join(folder, name)).mode & 0o777).toString(8), '600', name);
  }
});
