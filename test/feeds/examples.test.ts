// examples/ and the samples of the feed folders: each file is right, and counts exactly the data of its feed.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { kinds } from '../../src/cli/configuration.ts';
import { loadConfig } from '../../src/config/load.ts';
import { feedKinds } from '../../src/feeds/index.ts';
import type { KindOptions } from '../../src/model/channel.ts';
import { formatProblem } from '../../src/model/problem.ts';
import { ENVIRONMENT, exampleFeeds } from '../support/example-feeds.ts';
import { runFeed } from '../support/feed-run.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { acceptRtm, type RtmPeer } from '../support/rtm-peer.ts';

const root = join(import.meta.dirname, '../..');
const files = globSync(join(root, 'examples/*.yaml')).map((path) => basename(path));

function load(path: string, environment: Record<string, string> = ENVIRONMENT) {
  const { config, problems } = loadConfig(readFileSync(path, 'utf8'), {
    file: path,
    environment,
    kinds,
  });
  return { channels: config?.channels ?? [], problems: problems.map(formatProblem) };
}

/** The feed's options, as they are before they are validated. */
function feedOf(file: string, channel: string): KindOptions {
  const { channels } = load(join(root, 'examples', file));
  const found = channels.find(({ name }) => name === channel);
  assert.ok(found, `${file} has no channel ${channel}`);
  const subscribe = found.feed['subscribe'] as { readonly written: unknown } | undefined;
  return { ...found.feed, ...(subscribe && { subscribe: subscribe.written }) };
}

/** The address of the stand-in, with path and query of the feed's own. */
function standIn(url: string, server: string): string {
  const { pathname, search } = new URL(url);
  return server + pathname + search;
}

for (const file of files) {
  test(`examples/${file} has no problem, and opens by saying what it is`, () => {
    const path = join(root, 'examples', file);
    assert.deepEqual(load(path).problems, []);
    assert.match(readFileSync(path, 'utf8'), /^# \S/);
  });
}

test('an example whose key is not in the environment says so', () => {
  const { problems } = load(join(root, 'examples/finnhub-trades.yaml'), {});
  assert.equal(problems.length, 1);
  assert.match(problems[0]!, /FINNHUB_TOKEN/);
});

test('the list of examples and the files agree', () => {
  const text = readFileSync(join(root, 'examples/README.md'), 'utf8');
  const listed = [...text.matchAll(/\]\(([\w-]+\.yaml)\)/g)].map((match) => match[1]!);
  for (const file of listed) assert.ok(files.includes(file), `${file} is listed, and is not there`);
  const driven = new Set([...exampleFeeds.map(({ file }) => file), 'satori-cobra.yaml']);
  assert.deepEqual(listed.sort(), [...driven].sort());
});

for (const feed of exampleFeeds) {
  test(`${feed.file}, ${feed.channel}: subscribes as documented and counts exactly the data`, async (context) => {
    const server = await startFeedServer(context);
    const options = feedOf(feed.file, feed.channel);
    const url = standIn(String(options['url']), server.url);
    const { sink } = runFeed(context, [{ ...options, url }]);
    const peer = await server.accept();
    assert.equal(peer.request.url, feed.path);
    for (const [name, value] of Object.entries(feed.headers ?? {})) {
      assert.equal(peer.request.headers[name], value);
    }
    for (const message of feed.sent) assert.deepEqual(JSON.parse(await peer.next()), message);
    for (const frame of feed.others) peer.socket.send(JSON.stringify(frame));
    for (const [, frame] of feed.data) {
      peer.socket.send(JSON.stringify(frame));
      for (const other of feed.others) peer.socket.send(JSON.stringify(other));
    }
    await peer.settled();
    assert.deepEqual(peer.unread, []);
    assert.equal(
      sink.counted,
      feed.data.reduce((sum, [messageCount]) => sum + messageCount, 0),
    );
    assert.deepEqual(sink.names('up', 'down', 'malformed'), ['up']);
  });
}

test('hyperliquid-trades.yaml: pings as the feed wants it, before a minute is over', async (context) => {
  const server = await startFeedServer(context);
  const options = feedOf('hyperliquid-trades.yaml', 'hyperliquid-trades');
  const { sink, time } = runFeed(context, [{ ...options, url: server.url }]);
  const peer = await server.accept();
  await peer.next();
  await sink.next('up');
  time.pass(59_000);
  assert.equal(await peer.next(), '{"method":"ping"}');
});

test('satori-cobra.yaml: authenticates, subscribes to channel and view, counts both', async (context) => {
  const server = await startFeedServer(context);
  const names = ['sms', 'sms-from-france'];
  const options = names.map((name) => ({ ...feedOf('satori-cobra.yaml', name), url: server.url }));
  const { sinks } = runFeed(context, options, { names });
  const rtm = await acceptRtm(server);
  await authenticated(rtm);
  const cobra = { redis_node: 'r1', stream_name: 's' };
  assert.deepEqual(await rtm.subscribed('1519190184-559034812775', cobra), {
    channel: 'sms',
    fast_forward: true,
  });
  assert.deepEqual(await rtm.subscribed('1519190184-559034812775', cobra), {
    subscription_id: 'sms-from-france',
    filter: "SELECT * FROM `sms` WHERE country = 'FR'",
    fast_forward: true,
  });
  rtm.data('sms', '17-0', [{ country: 'FR' }], { id: 0 });
  rtm.data('sms', '17-1', [{ country: 'DE' }], { id: 1 });
  rtm.data('sms-from-france', '17-0', [{ country: 'FR' }], { id: 0 });
  await rtm.peer.settled();
  assert.deepEqual(
    sinks.map(({ counted }) => counted),
    [2, 1],
  );
});

async function authenticated(rtm: RtmPeer): Promise<void> {
  const handshake = await rtm.request('auth/handshake');
  assert.deepEqual(handshake.body, { method: 'role_secret', data: { role: 'pubsub' } });
  rtm.reply(handshake, 'ok', { data: { nonce: 'nonce', version: '2', connection_id: 'c' } });
  const authenticate = await rtm.request('auth/authenticate');
  assert.deepEqual(authenticate.body['credentials'], { hash: 'G12A8Dt0RdjHNx8P0lci9w==' });
  rtm.reply(authenticate, 'ok', {});
}

for (const { kind, options } of feedKinds) {
  const folder = join(root, 'src/feeds', kind);

  test(`the sample of ${kind} has no problem, and shows that kind`, () => {
    const { channels, problems } = load(join(folder, 'sample.yaml'), {});
    assert.deepEqual(problems, []);
    assert.ok(channels.length > 0);
    for (const { feed } of channels) assert.equal(feed.kind, kind);
  });

  test(`the README of ${kind} names every option, or links to where it stands`, () => {
    const shape = (options as unknown as { shape: Record<string, unknown> }).shape;
    const own = readFileSync(join(folder, 'README.md'), 'utf8');
    const shared = readFileSync(join(root, 'src/feeds/websocket/README.md'), 'utf8');
    const text = own.includes('../websocket/README.md') ? own + shared : own;
    const missing = Object.keys(shape).filter(
      (name) => name !== 'kind' && !text.includes(`\`${name}\``),
    );
    assert.deepEqual(missing, []);
    assert.match(own, new RegExp(`kind: ${kind}\\b`));
  });
}
