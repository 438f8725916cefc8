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
