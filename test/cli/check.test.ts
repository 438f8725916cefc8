// `weir check` and `weir up` on files that are right and not quite what was meant, and on files that are no text.
import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli, startCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startRtmSender } from '../support/rtm-sender.ts';
import { until } from '../support/weir.ts';

test('check shows each frame that will be sent, with variables by their names, and notes; it exits with 0', async (t) => {
  const dir = temporaryFolder(t);
  writeFileSync(join(dir, 'key'), 'geheim-1\n', { mode: 0o644 });
  writeFileSync(
    join(dir, 'channels.yaml'),
    `channels:
  a:
    feed:
      kind: websocket
      url: wss://a.example
      headers: { Authorization: "\${file:key}" }
      subscribe: [{ op: auth, token: "\${TOKEN}" }, { op: sub, id: 9007199254740993 }]
      ping: { every: 5s, send: "ping\\n" }
      only: { code: 00007 }
  b: { feed: { kind: websocket, url: wss://b.example, subscribe: ["\${TOKEN}", "x"] } }
`,
  );
  const { code, out, err } = await runCli(t, ['check'], { cwd: dir, env: { TOKEN: 'geheim-2' } });
  assert.equal(code, 0, err);
  assert.deepEqual(out.trimEnd().split('\n'), [
    'channels.yaml:6:33: note: everybody on this machine may read the file of this secret; take that away with chmod o-r',
    'channels.yaml:9:21: note: YAML reads 00007 as the number 7; if the text is meant, put it in quotes: "00007"',
    'channels.yaml:10:55: note: a list of texts is sent as one message a text; before 0.2 it was one JSON message, for which you now write [[…]]',
    'channels.yaml: 2 channels, no problem.',
    'a sends once connected: {"op":"auth","token":"${TOKEN}"}',
    'a sends once connected: {"op":"sub","id":9007199254740993}',
    'a sends every 5s: "ping\\n"',
    'b sends once connected: ${TOKEN}',
    'b sends once connected: x',
  ]);
  assert.ok(!(out + err).includes('geheim'));
});

test('a file that is not UTF-8 is told what it seems to be, with exit code 2', async (t) => {
  const dir = temporaryFolder(t);
  const text =
    'channels:\n  a: { title: "Straße", feed: { kind: websocket, url: wss://a.example } }\n';
  for (const [encoding, said] of [
    ['latin1', /^channels\.yaml:2:20: the file is not UTF-8: the byte DF .* Latin-1/],
    ['utf16le', /^channels\.yaml:1:1: the file is UTF-16 LE, and must be UTF-8/],
  ] as const) {
    writeFileSync(join(dir, 'channels.yaml'), text, encoding);
    const { code, err } = await runCli(t, ['check'], { cwd: dir });
    assert.equal(code, 2);
    assert.match(err, said);
  }
});

test('up tells a note once; a file that comes back unchanged ends the problem that it was gone', async (t) => {
  const sender = await startRtmSender(t);
  const dir = temporaryFolder(t);
  const file = join(dir, 'channels.yaml');
  const feed = `{ kind: satori, url: "${sender.url}", appkey: "\${file:key}" }`;
  writeFileSync(join(dir, 'key'), 'k\n', { mode: 0o644 });
  writeFileSync(file, `channels:\n  a: { feed: ${feed} }\n`);
  const { seen } = startCli(t, ['up', file, '--store', 'memory', '--listen', '127.0.0.1:0']);
  const says = (pattern: RegExp) => until(String(pattern), () => pattern.exec(seen.out + seen.err));
  const [, url] = await says(/Page {2}(\S+)\//);
  const problems = async () => {
    const answer = await fetch(`${url}/api/v1/configuration`);
    const { data } = (await answer.json()) as { data: { problems: unknown[] } };
    return data.problems;
  };
  renameSync(file, `${file}.away`);
  await until('it is told to be gone', async () => (await problems()).length === 1);
  renameSync(`${file}.away`, file);
  await until('it is told no more', async () => (await problems()).length === 0);
  await says(/reload: 1 kept, 0 changed, 0 added, 0 removed/);
  assert.equal(sender.accepted, 1);
  assert.equal(seen.err.match(/note: everybody/g)?.length, 1);
});
