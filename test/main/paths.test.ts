// A path in channels.yaml that never leads anywhere is reported once, whether the tap or the parser counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PATIENCE } from '../../src/model/path-watch.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { startTestWeir, until } from '../support/weir.ts';

for (const [what, options, key, told] of [
  ['a key, counted by the tap', '', 'rout', ['processor.key "rout"']],
  [
    'a key, counted by the parser',
    ', sequence: { path: n, kind: dense }',
    'rout',
    ['processor.key "rout"'],
  ],
  ['a cursor', ', cursor: { path: cusor, param: from }', 'route', ['cursor.path "cusor"']],
  ['no path', ', sequence: { path: n, kind: dense }', 'route', []],
] as const) {
  test(`${what}: path-unmatched is told ${told.length} times`, async (t) => {
    const server = await startFeedServer(t);
    const feed = `{ kind: websocket, url: "${server.url}"${options} }`;
    const processor = `{ kind: count-by, key: ${key} }`;
    const { get } = await startTestWeir(
      t,
      `channels:\n  a: { feed: ${feed}, processor: ${processor} }\n`,
    );
    const peer = await server.accept();
    const counted = async () => (await get('/api/v1/ledger')).data.channels[0].counted;
    for (let n = 1; n < PATIENCE; n++) peer.send({ n, route: 'x' });
    await until('nearly all are counted', async () => (await counted()) === PATIENCE - 1);
    const unmatched = async () => {
      const { data } = await get('/api/v1/events?limit=100');
      return data.filter(({ kind }: { kind: string }) => kind === 'path-unmatched');
    };
    assert.deepEqual(await unmatched(), []);
    for (let n = PATIENCE; n < PATIENCE + 30; n++) peer.send({ n, route: 'x' });
    await until('all are counted', async () => (await counted()) === PATIENCE + 29);
    if (told.length > 0) await until('it is told', async () => (await unmatched()).length > 0);
    const details = (await unmatched()).map(({ detail }: { detail: string }) => detail);
    assert.deepEqual(
      details,
      told.map(
        (path) => `${path} was in none of the first ${PATIENCE} messages; see weir check --probe`,
      ),
    );
  });
}
