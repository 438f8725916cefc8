// `weir check --probe`: it shows what feeds send, but no secret that they send back.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { probeChannels } from '../../src/cli/probe.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { temporaryFolder } from '../support/folder.ts';
import { configOf } from '../support/weir.ts';

async function probe(t: TestContext, yaml: string): Promise<string> {
  const lines: string[] = [];
  const add = (line: string) => void lines.push(line);
  const out = { print: add, complain: add };
  await probeChannels(configOf(yaml), { folder: temporaryFolder(t), probeMs: 500, out });
  return lines.join('\n');
}

test('neither a message, nor what it is worth, nor a reason not to connect shows a secret', async (t) => {
  const echo = await startFeedServer(t);
  void (async () => {
    const peer = await echo.accept();
    const { url, headers } = peer.request;
    // The cut, after 300 signs, is in the middle of a secret.
    peer.send({ url, key: headers.authorization, long: `${'x'.repeat(216)} ${url}` });
  })();
  const refusing = await startFeedServer(t);
  refusing.refusal = { status: '401 not open-sesame' };
  const told = await probe(
    t,
    `channels:
  echo:
    feed: { kind: websocket, url: "${echo.url}/?token=query-sesame", headers: { Authorization: "Bearer open-sesame" } }
    processor: { kind: count-by, key: key }
  refused: { feed: { kind: websocket, url: "${refusing.url}" } }
  file: { feed: { kind: websocket, url: "${echo.url}", ca: ${join('/none', 'open-sesame.pem')} } }
`,
  );
  assert.match(told, /echo: connected/);
  assert.match(told, /message .*"url":"\/\?token=•••"/);
  assert.match(told, /under key "Bearer •••|under key "•••/);
  assert.match(told, /refused: not connected: refused with HTTP 401 not •••/);
  assert.match(told, /file: not connected: .*•••\.pem/);
  assert.doesNotMatch(told, /sesa|query-/);
});

test('paths that lead nowhere are told, with what is there instead; those of the frame are proposed', async (t) => {
  const server = await startFeedServer(t);
  void (async () => {
    const peer = await server.accept();
    peer.send({
      market: 'x',
      at: 'soon',
      list: [{ k: 'a' }, { k: null }, {}, { k: [1] }, { k: {} }],
    });
    peer.send({ market: 'y', at: 'soon', list: [{ k: 7 }, { k: false }] });
  })();
  const told = await probe(
    t,
    `channels:
  a:
    feed:
      kind: websocket
      url: ${server.url}
      messages: list
      sequence: { path: $frame.n, kind: dense, by: market }
      time: at
    processor: { kind: count-by, key: k }
`,
  );
  const lines = told.split('\n').filter((line) => /^ {2}path/.test(line));
  assert.deepEqual(
    lines.map((line) => line.replace(/^ {2}path +/, '')),
    [
      'key: "k" leads to a value in 3 of 7 messages (null in 1, absent in 1, a list in 1, a map in 1)',
      'time: "at" leads to a value in none of 7 messages (absent in 7); the frame has it: write $frame.at',
      'sequence.path: "$frame.n" leads to a value in none of 7 messages (absent in 7)',
      'sequence.by: "market" leads to a value in none of 7 messages (absent in 7); the frame has it: write $frame.market',
    ],
  );
});

test('paths that lead to a value in every message are not worth a line', async (t) => {
  const server = await startFeedServer(t);
  void (async () => (await server.accept()).send({ k: 'a', v: 1, t: 1_795_000_000 }))();
  const feed = `{ kind: websocket, url: "${server.url}", time: t }`;
  const told = await probe(
    t,
    `channels: { a: { feed: ${feed}, processor: { kind: sum, value: v, key: k } } }`,
  );
  assert.match(told, /a: connected \(websocket\), 1 message,/);
  assert.doesNotMatch(told, /path/);
});

test('a time that cannot be read is told, with one of them', async (t) => {
  const server = await startFeedServer(t);
  void (async () =>
    (await server.accept()).send({ t: '2026-11-31T00:00:00Z' }, { t: '2026-11-30T00:00:00Z' }))();
  const told = await probe(
    t,
    `channels: { a: { feed: { kind: websocket, url: "${server.url}", time: t } } }`,
  );
  assert.match(
    told,
    /undated {4}1 of 2 messages: no time can be read, such as "2026-11-31T00:00:00Z"/,
  );
});
