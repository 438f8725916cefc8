// `was:` where both names have a history: the histories stay apart, and an event says so.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFeedServer } from '../support/feed-server.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startTestWeir, until } from '../support/weir.ts';

test('an event names a former channel that cannot be joined, and says where its history stays', async (t) => {
  const server = await startFeedServer(t);
  const store = join(temporaryFolder(t), 'weir.db');
  const feed = `feed: { kind: websocket, url: "${server.url}/" }`;
  const { weir: first } = await startTestWeir(
    t,
    `channels:\n  old: { ${feed} }\n  new: { ${feed} }\n`,
    { store },
  );
  await first.stop();
  const second = await startTestWeir(t, `channels:\n  new: { ${feed}, was: old }\n`, { store });
  const told = await until('the event', () => second.events.find(({ kind }) => kind === 'reload'));
  assert.equal(told.channel, 'new');
  assert.equal(
    told.detail,
    'was: old is left out, because new has a history of its own by now; that of old stays in the store',
  );
});
