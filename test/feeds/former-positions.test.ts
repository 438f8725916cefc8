// Positions that version 0.1 has stored: a feed goes on where it was left, and keeps them as those of today.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { readPoint } from '../../src/feeds/websocket/cursor.ts';
import { CURSOR_SHARD, fromVersion01 } from '../../src/feeds/websocket/positions.ts';
import { ONE_SHARD } from '../../src/model/position.ts';
import { type FeedRun, runFeed } from '../support/feed-run.ts';
import { startFeedServer } from '../support/feed-server.ts';

const CURSOR = { path: 'at', param: 'since' };
const SEQUENCE = { path: 'id', kind: 'dense' };

async function goOn(t: TestContext, options: object, position: string) {
  const server = await startFeedServer(t);
  const feed = { kind: 'websocket', url: `${server.url}/feed`, ...options };
  const run = runFeed(t, [feed], { positions: [position] });
  const peer = await server.accept();
  return { ...run, peer, since: new URL(peer.request.url!, 'ws://x').searchParams.get('since') };
}

const losses = ({ sink }: Pick<FeedRun, 'sink'>) => sink.all('missed').map(({ count }) => count);

test('each number and the cursor become a shard; the one of before is emptied', () => {
  const text = JSON.stringify({ ids: { a: 7, 'b:c': '12' }, cursor: { at: 'x9', count: 2 } });
  const shards = new Map(fromVersion01(text, true));
  assert.deepEqual([...shards.keys()].sort(), [ONE_SHARD, CURSOR_SHARD, 'id:a', 'id:b:c']);
  assert.deepEqual([shards.get('id:a'), shards.get('id:b:c')], ['7', '12']);
  assert.deepEqual(readPoint(shards.get(CURSOR_SHARD)!), { at: 'x9', count: 2, before: null });
  assert.equal(shards.get(ONE_SHARD), null);
  assert.deepEqual(new Map(fromVersion01('{"ids":{"":41}}', false)).get('id'), '41');
});

test('where nothing was stored, or something else, there is nothing to go on from', () => {
  assert.deepEqual(fromVersion01(null, false), []);
  assert.deepEqual(fromVersion01(undefined, false), []);
  for (const text of ['1700000000:41', '', 'null', '7', '"x"', '[]', '{}', '{"ids":null}']) {
    assert.deepEqual(fromVersion01(text, true), [[ONE_SHARD, null]], text);
  }
});

test('numbers go on: what came before is a repetition, and what was lost meanwhile is known', async (t) => {
  const run = await goOn(t, { sequence: SEQUENCE }, '{"ids":{"":100}}');
  run.peer.send({ id: 99 }, { id: 100 }, { id: 103 }, { id: 104 });
  await run.peer.settled();
  assert.equal(run.sink.counted, 2);
  assert.deepEqual(losses(run), [2]);
  assert.equal(run.sink.all('duplicate').length, 2);
});

test('each stream goes on from its own number', async (t) => {
  const options = { sequence: { ...SEQUENCE, by: 'market' } };
  const run = await goOn(t, options, '{"ids":{"a":10,"b":500}}');
  run.peer.send({ market: 'a', id: 11 }, { market: 'b', id: 504 }, { market: 'new', id: 1 });
  await run.peer.settled();
  assert.equal(run.sink.counted, 3);
  assert.deepEqual(losses(run), [3]);
});

test('a cursor goes on: it is asked for, and the messages counted at it are not counted again', async (t) => {
  const run = await goOn(t, { cursor: CURSOR }, '{"cursor":{"at":"70","count":2}}');
  assert.equal(run.since, '70');
  run.peer.send({ at: 70 }, { at: 70 }, { at: 70 }, { at: 71 });
  await run.peer.settled();
  assert.equal(run.sink.counted, 2);
  assert.deepEqual(losses(run), []);
});

test('numbers and cursor of one text go on together', async (t) => {
  const position = '{"ids":{"":4},"cursor":{"at":"70","count":1}}';
  const run = await goOn(t, { cursor: CURSOR, sequence: SEQUENCE }, position);
  assert.equal(run.since, '70');
  run.peer.send({ at: 70, id: 4 }, { at: 71, id: 6 });
  await run.peer.settled();
  assert.equal(run.sink.counted, 1);
  assert.deepEqual(losses(run), [1]);
});

test('they are kept as those of today before any message comes, and never read again', async (t) => {
  const options = { sequence: SEQUENCE, cursor: CURSOR };
  const position = '{"ids":{"":4},"cursor":{"at":"70","count":1}}';
  const { peer, sink } = await goOn(t, options, position);
  await peer.settled();
  assert.equal(sink.held.get(ONE_SHARD), null);
  assert.equal(sink.held.get('id'), '4');
  assert.equal(readPoint(sink.held.get(CURSOR_SHARD)!).at, '70');
  peer.send({ at: 75, id: 5 });
  await peer.settled();
  const next = await startFeedServer(t);
  const feed = { kind: 'websocket', url: `${next.url}/feed`, ...options };
  const again = runFeed(t, [feed], { positions: [sink.held] });
  const later = await next.accept();
  assert.equal(later.request.url, '/feed?since=75');
  later.send({ at: 75, id: 5 }, { at: 76, id: 6 });
  await later.settled();
  assert.equal(again.sink.counted, 1);
  assert.deepEqual(losses(again), []);
});
