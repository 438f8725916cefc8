// What a channel is counted in, and where it resumes, before and after an edit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChannelPlanner, feedThreadChannel, type PlannedChannel } from '../../src/feed-plan.ts';
import { feedKind } from '../../src/feeds/index.ts';
import type { ChannelConfig, KindOptions } from '../../src/model/channel.ts';
import { SHARDS_MAX } from '../../src/model/position.ts';
import { processorKind } from '../../src/processors/index.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';
import type { Stored } from '../../src/threads/messages.ts';

const NOW = 1_790_000_000_000;
const planner = new ChannelPlanner(null);

function channel(feed: object = {}, processor: object = { kind: 'count' }): ChannelConfig {
  const options = feedKind('websocket')!.options.parse({
    kind: 'websocket',
    url: 'ws://127.0.0.1:1/a',
    ...feed,
  });
  const kind = processorKind((processor as KindOptions).kind)!;
  return {
    name: 'a',
    title: 'a',
    description: '',
    feed: options,
    processor: kind.options.parse(processor),
    chart: { interval: '10s', range: '5m' },
    was: [],
  };
}

const replan = (before: PlannedChannel, after: ChannelConfig) => planner.plan(after, NOW, before);

test('a ring is kept by an edit that changes neither what is counted nor what its numbers mean', () => {
  const before = planner.plan(channel(), NOW, null);
  assert.equal(replan(before, channel({ ping: '10s' })).ring, before.ring);
  assert.equal(replan(before, channel({}, { kind: 'count' })).ring, before.ring);
});

test('another stream, another definition, or room for more keys is another ring', () => {
  const keyed = { kind: 'count-by', key: 'a', keys: 10 };
  const before = planner.plan(channel({}, keyed), NOW, null);
  new RingWriter(before.ring.memory).open(NOW / 1_000);
  for (const after of [
    channel({ url: 'ws://127.0.0.1:1/b' }, keyed),
    channel({}, { ...keyed, key: 'b' }),
    channel({}, { ...keyed, keys: 20 }),
    channel({}, { kind: 'count' }),
    channel({}, { kind: 'sum', value: 'v', key: 'a', keys: 10 }),
  ]) {
    const planned = replan(before, after);
    assert.notEqual(planned.ring, before.ring);
    assert.deepEqual(planned.formerRings, [before.ring]);
  }
  assert.equal(replan(before, channel({}, { ...keyed, key: '$.a' })).ring, before.ring);
});

test('stored positions are of use to their own stream only; some of the oldest do not name theirs', () => {
  const planned = planner.plan(channel({ cursor: { path: 'at', param: 'c' } }), NOW, null);
  const shards = new Map([['cursor', '["7",1,null]']]);
  const since = { at: NOW, cause: 'down', detail: '' } as const;
  const positionsOf = (stream: string) => {
    const positions = new Map([['a', { stream, shards }]]);
    const stored: Stored = { aliveAt: null, positions, sealed: new Map() };
    return feedThreadChannel(planned, stored, since).positions;
  };
  assert.deepEqual(positionsOf(planned.ring.stream), [...shards]);
  assert.deepEqual(positionsOf(''), [...shards]);
  assert.deepEqual(positionsOf('00000000'), []);
});

test('a ring has room for as many shards as its feed may have', () => {
  const shardsOf = (feed: object) =>
    planner.plan(channel(feed), NOW, null).ring.memory.shape.shardsMax;
  const sequence = { path: 'id', kind: 'dense' };
  assert.equal(shardsOf({}), 0);
  assert.equal(shardsOf({ sequence }), 1);
  assert.equal(shardsOf({ sequence: { ...sequence, scope: 'connection' } }), 0);
  assert.equal(shardsOf({ sequence: { ...sequence, by: 'x' } }), SHARDS_MAX);
  assert.equal(shardsOf({ sequence, cursor: { path: 'at', param: 'c' } }), 2);
});
