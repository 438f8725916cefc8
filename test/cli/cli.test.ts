// The command line as a person meets it: a process, its output, its exit code.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { storeKind } from '../../src/store/index.ts';
import { DOOR, ROOT, runCli, startCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startRtmSender } from '../support/rtm-sender.ts';
import { fill, RETENTION, S } from '../support/stored.ts';
import { until } from '../support/weir.ts';

const start = (t: TestContext, args: string[], cwd = ROOT) => startCli(t, args, { cwd });
const run = (t: TestContext, args: string[], cwd = ROOT) => runCli(t, args, { cwd });

test('help teaches every command, with an example', async (t) => {
  const { code, out } = await run(t, ['--help']);
  assert.equal(code, 0);
  for (const command of ['up', 'check', 'audit', 'schema', 'rtm']) {
    assert.match(out, new RegExp(`^ {2}${command}`, 'm'));
    const help = await run(t, [command, '--help']);
    assert.equal(help.code, 0);
    assert.match(help.out, new RegExp(`^weir ${command}`));
  }
});

test('an unknown command or option is told, with exit code 2', async (t) => {
  const unknown = await run(t, ['upp']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /no command "upp"/);
  const option = await run(t, ['up', '--lisen', 'x']);
  assert.equal(option.code, 2);
  assert.match(option.err, /--lisen/);
  assert.ok(!option.err.includes('    at '), 'no stack trace');
});

test('a wrong file: every problem with its place, exit code 2, no stack trace; so for check and for up', async (t) => {
  const dir = temporaryFolder(t);
  writeFileSync(
    join(dir, 'channels.yaml'),
    'channels:\n  a:\n    feed: { kind: websoket }\n    chart: { interval: 5x }\n',
  );
  for (const command of ['check', 'up']) {
    const { code, err } = await run(t, [command], dir);
    assert.equal(code, 2);
    assert.match(
      err,
      /^channels\.yaml:3:19: unknown feed kind "websoket"; did you mean "websocket"\?$/m,
    );
    assert.match(err, /^channels\.yaml:4:24: interval "5x"/m);
    assert.ok(!err.includes('    at '));
  }
});

test('a file that is not there is told, with the way on', async (t) => {
  const { code, err } = await run(t, ['check'], temporaryFolder(t));
  assert.equal(code, 2);
  assert.match(err, /channels\.yaml: there is no such file/);
});

test('check --probe shows a message, what it is worth, and the rate; a dead feed fails', async (t) => {
  const sender = await startRtmSender(t);
  const dir = temporaryFolder(t);
  const file = (extra = '') =>
    `channels:\n  a: { feed: { kind: satori, url: "${sender.url}", appkey: k }, processor: { kind: count-by, key: symbol } }\n${extra}`;
  writeFileSync(join(dir, 'channels.yaml'), file());
  const probe = start(t, ['check', '--probe', '--for', '1s'], dir);
  await until('subscribed', () => sender.subscribers.has('a'));
  sender.send('a', ['{"symbol":"X"}', '{"symbol":"Y"}']);
  assert.equal(await probe.exit, 0);
  assert.match(probe.seen.out, /a: connected \(satori\), 2 messages, 2\.0 \/s/);
  assert.match(probe.seen.out, /message {4}\{"symbol":"X"\}\n {2}worth {6}1, under key "X"/);
  writeFileSync(
    join(dir, 'channels.yaml'),
    file('  b: { feed: { kind: websocket, url: "ws://127.0.0.1:1" } }\n'),
  );
  const failed = await run(t, ['check', '--probe', '--for', '200ms'], dir);
  assert.equal(failed.code, 1);
  assert.match(failed.out, /b: not connected: .*ECONNREFUSED/);
});

test('schema prints the committed schema', async (t) => {
  const { out } = await run(t, ['schema']);
  assert.equal(JSON.parse(out).type, 'object');
});

test('audit: 0 for a store in which all holds, 1 with the place of what does not, 2 for none', async (t) => {
  const dir = temporaryFolder(t);
  const path = join(dir, 'data', 'weir.db');
  const writer = storeKind('sqlite')!.openWriter(path, RETENTION);
  t.after(() => writer.close());
  fill(writer);
  const right = await run(t, ['audit'], dir);
  assert.equal(right.code, 0, right.err);
  assert.match(right.out, /^2 channels; cells: 1801 of 1s, 30 of 1m, 2 of 15m; by key: .*Z$/m);
  assert.match(right.out, /^No difference\.$/m);
  const yaml = 'channels:\n  a: { feed: { kind: websocket, url: "ws://127.0.0.1:1" } }\n';
  writeFileSync(join(dir, 'channels.yaml'), `${yaml}store: { kind: sqlite, path: data/weir.db }\n`);
  const db = new DatabaseSync(path);
  db.exec(`UPDATE cell_1m SET counted = 0 WHERE start < ${S + 180}`);
  db.close();
  const wrong = await run(t, ['audit'], dir);
  assert.equal(wrong.code, 1);
  const at = new Date(S * 1_000).toISOString().replace('.000', '');
  assert.ok(wrong.out.includes(`steady 1m ${at}: cell: expected as written, found damaged.`));
  assert.match(wrong.out, /^And \d+ more differences\.$/m);
  for (const given of ['nowhere.db', 'nowhere.yaml', 'channels.txt']) {
    writeFileSync(join(dir, 'channels.txt'), 'not a store, but long enough to be looked at as one');
    const none = await run(t, ['audit', given], dir);
    assert.equal(none.code, 2, given);
    assert.ok(none.err.includes(given) && !none.err.includes('    at '), none.err);
  }
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`up serves until ${signal}, then ends in order with exit code 0`, async (t) => {
    const dir = temporaryFolder(t);
    writeFileSync(
      join(dir, 'channels.yaml'),
      'channels:\n  a: { feed: { kind: websocket, url: "ws://127.0.0.1:1" } }\n',
    );
    const { child, seen, exit } = start(t, ['up', '--listen', '127.0.0.1:0'], dir);
    const url = await until('the address', () => /Page {2}(http:\S+)/.exec(seen.out)?.[1]);
    assert.equal((await fetch(`${url}health/live`)).status, 200);
    child.kill(signal);
    const late = AbortSignal.timeout(5_000);
    assert.equal(await exit, 0);
    assert.equal(late.aborted, false);
  });
}

test('an address that is taken is told in a sentence, with exit code 1', async (t) => {
  const dir = temporaryFolder(t);
  const sender = await startRtmSender(t);
  const { port } = new URL(sender.url);
  writeFileSync(
    join(dir, 'channels.yaml'),
    'channels:\n  a: { feed: { kind: websocket, url: "ws://127.0.0.1:1" } }\n',
  );
  const { code, err } = await run(
    t,
    ['up', '--listen', `127.0.0.1:${port}`, '--store', 'memory'],
    dir,
  );
  assert.equal(code, 1);
  assert.match(err, /The page cannot be served: .*EADDRINUSE/);
  assert.ok(!err.includes('    at '));
});

test('listening where others can come is refused until something says what they may do; then it is served', async (t) => {
  const dir = temporaryFolder(t);
  const channel = 'channels:\n  a: { feed: { kind: websocket, url: "ws://127.0.0.1:1" } }\n';
  const file = join(dir, 'channels.yaml');
  const up = ['up', '--listen', '0.0.0.0:0', '--store', 'memory'];
  writeFileSync(file, channel);
  const refused = await run(t, up, dir);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /--listen 0\.0\.0\.0:0 can be reached .* access: { read: public }/);
  writeFileSync(file, `listen: 0.0.0.0:0\n${channel}`);
  const checked = await run(t, ['check'], dir);
  assert.equal(checked.code, 2);
  assert.match(checked.err, /^channels\.yaml:1:9: listen can be reached from other machines/);
  writeFileSync(file, `access: { read: public }\n${channel}`);
  const { child, seen, exit } = start(t, up, dir);
  const url = await until('the address', () => /Page {2}(http:\S+)/.exec(seen.out)?.[1]);
  assert.equal((await fetch(`${url}api/v1/channels`)).status, 200);
  // The line is taken out again: the running Weir keeps it, and says so.
  writeFileSync(file, channel);
  await until('the refusal', () => /config-refused: --listen .* can be reached/.test(seen.out));
  child.kill('SIGTERM');
  assert.equal(await exit, 0);
});

test('a line that a refusal names takes effect when the file is saved', async (t) => {
  const dir = temporaryFolder(t);
  const channel = 'channels:\n  a: { feed: { kind: websocket, url: "ws://127.0.0.1:1" } }\n';
  const file = join(dir, 'channels.yaml');
  writeFileSync(file, channel);
  const { child, seen, exit } = start(
    t,
    ['up', '--listen', '127.0.0.1:0', '--store', 'memory'],
    dir,
  );
  const url = await until('the address', () => /Page {2}(http:\S+)/.exec(seen.out)?.[1]);
  const ask = () =>
    fetch(`${url}api/v1/channels`, { headers: { origin: 'https://dash.example.org' } });
  const refused = await ask();
  assert.equal(refused.status, 403);
  const { detail } = (await refused.json()) as { detail: string };
  const line = /write (allowedOrigins: .*) in channels\.yaml/.exec(detail)![1]!;
  writeFileSync(file, `${line}\n${channel}`);
  await until('it is let in', async () => (await ask()).status === 200);
  assert.match(seen.out, /reload: 1 kept, .*; who may come in has changed/);
  child.kill('SIGTERM');
  assert.equal(await exit, 0);
});

test('rtm listens beyond this machine only with a right for others, and takes roles beside anonymous clients', async (t) => {
  const refused = await run(t, ['rtm', '--listen', '0.0.0.0:0']);
  assert.equal(refused.code, 2);
  assert.match(
    refused.err,
    /--listen 0\.0\.0\.0:0 can be reached .*--read public --publish public/,
  );
  const wrong: [string[], RegExp][] = [
    [['--read', 'all'], /--read must be public/],
    [['--anonymous', 'read'], /--anonymous and --restricted need --role/],
    [['--role', 'r', '--secret', 's', '--anonymous', 'raed'], /--anonymous raed is not known/],
    [['--allowed-host', 'a:1'], /--allowed-host is not the name of a host/],
    [['--allowed-origin', 'a'], /--allowed-origin is not an origin/],
    [['--trust-proxy', 'a'], /--trust-proxy is not an address/],
  ];
  for (const [args, pattern] of wrong) {
    const { code, err } = await run(t, ['rtm', ...args]);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, pattern);
  }
  const open = ['--read', 'public', '--publish', 'public'];
  const roles = ['--role', 'r', '--secret', 's', '--anonymous', 'publish', '--restricted', 'mine'];
  const { seen, child, exit } = start(t, ['rtm', '--listen', '0.0.0.0:0', ...open, ...roles]);
  const url = await until('the address', () => /(ws:\S+),/.exec(seen.out)?.[1]);
  const socket = new WebSocket(`${url}/v2?appkey=demo`);
  t.after(() => socket.terminate());
  await once(socket, 'open');
  const call = async (id: number, action: string, channel: string) => {
    socket.send(JSON.stringify({ action, id, body: { channel, message: 1 } }));
    const [frame] = await once(socket, 'message');
    return JSON.parse(String(frame)).action;
  };
  assert.equal(await call(1, 'rtm/publish', 'free'), 'rtm/publish/ok');
  assert.equal(await call(2, 'rtm/publish', 'mine'), 'rtm/publish/error');
  assert.equal(await call(3, 'rtm/read', 'free'), 'rtm/read/error');
  child.kill('SIGTERM');
  assert.equal(await exit, 0);
});

test('rtm serves a recording to a client that counts it', async (t) => {
  const { seen, child, exit } = start(t, [
    'rtm',
    '--listen',
    '127.0.0.1:0',
    '--replay',
    'demo/flights.jsonl',
    '--speed',
    'unlimited',
  ]);
  const url = await until('the address', () => /(ws:\S+),/.exec(seen.out)?.[1]);
  const dir = temporaryFolder(t);
  writeFileSync(
    join(dir, 'channels.yaml'),
    `channels:\n  flights: { feed: { kind: satori, url: "${url}", appkey: demo, history: { count: 100 } } }\n`,
  );
  const probe = await run(t, ['check', '--probe', '--for', '1s'], dir);
  assert.equal(probe.code, 0, probe.err);
  assert.match(probe.out, /flights: connected/);
  child.kill('SIGTERM');
  assert.equal(await exit, 0);
});

test('an old Node is told what is needed, before anything else', async (t) => {
  const { readFileSync } = await import('node:fs');
  const text = readFileSync(DOOR, 'utf8').replace('process.versions.node', "'20.1.0'");
  const file = join(temporaryFolder(t), 'weir.mjs');
  writeFileSync(file, text);
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.on('data', (data) => (err += data));
  const [code] = await once(child, 'close');
  assert.equal(code, 1);
  assert.match(err, /needs Node 24/);
});

test('saving the file takes effect, however it is saved; a wrong edit is refused with its place; SIGHUP reads it', async (t) => {
  const sender = await startRtmSender(t);
  const dir = temporaryFolder(t);
  const file = join(dir, 'channels.yaml');
  const yaml = (...names: string[]) =>
    `channels:\n${names.map((name) => `  ${name}: { feed: { kind: satori, url: "${sender.url}", appkey: k } }\n`).join('')}`;
  writeFileSync(join(dir, 'one.yaml'), yaml('a'));
  symlinkSync('one.yaml', file);
  const { child, seen } = start(t, ['up', file, '--store', 'memory', '--listen', '127.0.0.1:0']);
  const says = (pattern: RegExp) => until(String(pattern), () => pattern.test(seen.out + seen.err));
  await says(/Weir counts 1 channel/);
  await until('subscribed', () => sender.subscribers.has('a'));
  // Written in place, through the symlink.
  writeFileSync(file, yaml('a', 'b'));
  await says(/reload: 1 kept, 0 changed, 1 added, 0 removed/);
  // Replaced, as editors do.
  writeFileSync(join(dir, 'new.yaml'), yaml('a', 'b', 'c'));
  renameSync(join(dir, 'new.yaml'), join(dir, 'one.yaml'));
  await says(/reload: 2 kept, 0 changed, 1 added, 0 removed/);
  // The symlink is pointed elsewhere.
  writeFileSync(join(dir, 'two.yaml'), `${yaml('a')}  b: { feeed: 1 }\n`);
  symlinkSync('two.yaml', join(dir, 'link'));
  renameSync(join(dir, 'link'), file);
  await says(/config-refused: .*channels\.yaml:3:\d+: channels.b needs "feed" \(and 1 more\)/);
  writeFileSync(file, yaml('a', 'b', 'c', 'd'));
  await says(/reload: 3 kept, 0 changed, 1 added, 0 removed/);
  child.kill('SIGHUP');
  await says(/reload: 4 kept, 0 changed, 0 added, 0 removed/);
  assert.equal(sender.accepted, 4, 'nobody was disconnected');
  rmSync(file);
  await says(/config-refused: .*there is no such file/);
  child.kill('SIGTERM');
});
