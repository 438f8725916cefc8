// The machine's clock is far ahead for a moment, and right again: what is counted after is whole, and says so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFeedServer } from '../support/feed-server.ts';
import { startTestWeir, until } from '../support/weir.ts';

const DAY_MS = 86_400_000;
const EVERY_MS = 20;

interface Row {
  readonly start: string;
  readonly count: number | null;
  readonly state: string;
  readonly gaps: readonly unknown[];
}

test('40 days ahead and back: the seconds after it are complete, with no gap of the days between', async (t) => {
  const server = await startFeedServer(t);
  let offset = 0;
  const weir = await startTestWeir(
    t,
    `channels:\n  steady: { feed: { kind: websocket, url: "${server.url}/" } }\n`,
    { wall: () => Date.now() + offset },
  );
  const peer = await server.accept();
  const timer = setInterval(() => peer.send('{}'), EVERY_MS);
  t.after(() => clearInterval(timer));
  const seconds = async (from: number): Promise<Row[]> => {
    const range = `from=${new Date(from).toISOString()}&to=now`;
    const path = `/api/v1/channels/steady/buckets?interval=1s&open=exclude&order=asc&${range}`;
    return (await weir.get(path)).data;
  };
  const stream = await fetch(`${weir.weir.url}/api/v1/stream?channels=steady&interval=1s`);
  let told = '';
  void stream
    .body!.pipeTo(
      new WritableStream({
        write: (chunk) => {
          told += Buffer.from(chunk).toString();
        },
      }),
    )
    .catch(() => {});
  const steps = () => weir.events.filter(({ kind }) => kind === 'clock-step').length;
  const before = Date.now() - 60_000;
  const kept = await until('a whole second before', async () =>
    (await seconds(before)).find(({ state }) => state === 'complete'),
  );
  offset = 40 * DAY_MS;
  await until('the clock is ahead', () => steps() === 1);
  await until('counted meanwhile', async () => {
    const rows = await seconds(Date.now() + offset - 10_000);
    return rows.some(({ state }) => state === 'complete');
  });
  offset = 0;
  const steppedAt = Date.now();
  told = '';
  await until('the clock is right', () => steps() === 2);
  await until('the newest seconds are those of the wrong time: no rate', async () => {
    const { data } = await weir.get('/api/v1/channels/steady');
    return data.rate === null && Date.parse(data.lastBucket.end) <= Date.now();
  });
  const minute = await weir.get(
    '/api/v1/channels/steady/buckets?interval=1m&from=now-1m&to=now&order=desc&limit=1',
  );
  assert.equal(minute.data[0].state, 'open', 'the running minute goes on');
  await until('whole seconds of the right time go on in the stream', () => {
    const whole = told.matchAll(/"start":"([^"]*)","end":"[^"]*","count":\d+,"state":"complete"/g);
    return [...whole].some(([, start]) => Math.abs(Date.parse(start!) - steppedAt) < DAY_MS);
  });
  assert.match(told, /"rate":null/);
  // The second of the step itself is none of those.
  const back = (Math.floor(Date.now() / 1_000) + 1) * 1_000;
  const after = await until('two whole seconds after', async () => {
    const whole = (await seconds(back - 5_000)).filter(
      ({ start, state }) => Date.parse(start) >= back && state === 'complete',
    );
    return whole.length >= 2 ? whole : null;
  });
  assert.deepEqual(
    after.map(({ start }) => Date.parse(start)),
    after.map((_, i) => back + 1_000 * i),
    'none is left out',
  );
  for (const { start, count, gaps } of after) {
    assert.deepEqual(gaps, [], start);
    assert.ok(count! > 0, start);
  }
  const again = (await seconds(before)).find(({ start }) => start === kept.start)!;
  assert.deepEqual([again.count, again.state], [kept.count, kept.state], 'what was before stays');
});
