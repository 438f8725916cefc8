// Keys and values that are the frame's, not its entries': by a path that says so, and by no other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ledgers } from '../chaos/conservation.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { startTestWeir, until } from '../support/weir.ts';

const PROCESSORS = {
  frame: '{ kind: count-by, key: $frame.market }',
  entry: '{ kind: count-by, key: market }',
  worth: '{ kind: sum, key: $frame.market, value: $frame.size }',
};
/** A feed that only counts may be counted by its bytes; one with times is always parsed. */
const FEEDS = { plain: '', timed: ', time: $frame.at' };

/** The count or sum of each key; null for messages without one. */
const EXPECTED = {
  frame: new Map([
    ['a', 3],
    ['b', 2],
  ]),
  entry: new Map([
    ['of the entry', 1],
    [null, 4],
  ]),
  worth: new Map([
    ['a', 6],
    ['b', 10],
  ]),
};

interface Row {
  readonly key: string | null;
  readonly count: number | null;
  readonly sum?: number | null;
}

test('a key of the frame is that of all its entries; a plain one that they lack is none', async (t) => {
  const server = await startFeedServer(t);
  const channels = Object.entries(FEEDS).flatMap(([feed, more]) =>
    Object.entries(PROCESSORS).map(([name, processor]) => ({
      name: `${feed}-${name}`,
      yaml: `  ${feed}-${name}:\n    feed: { kind: websocket, url: "${server.url}/", messages: entries${more} }\n    processor: ${processor}\n`,
    })),
  );
  const weir = await startTestWeir(t, `channels:\n${channels.map(({ yaml }) => yaml).join('')}`);
  const at = Date.now();
  for (const _ of channels) {
    const peer = await server.accept();
    peer.send(
      { at, market: 'a', size: 2, entries: [{}, {}, {}] },
      { at, market: 'b', size: 5, entries: [{}, { market: 'of the entry', size: 9 }] },
    );
  }
  for (const { name } of channels) {
    await until(
      `${name} has all`,
      async () => (await ledgers(weir)).get(name)!.counted === 5,
      10_000,
    );
    const { data } = await weir.get(
      `/api/v1/channels/${name}/buckets?interval=1d&from=now-1h&fill=none&key=*`,
    );
    const rows = data.map(({ key, count, sum }: Row) =>
      sum === undefined ? [key, count] : [key, sum],
    );
    assert.deepEqual(new Map(rows), EXPECTED[name.split('-')[1] as keyof typeof EXPECTED], name);
  }
});
