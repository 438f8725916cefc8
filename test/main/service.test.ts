// The whole service under trouble: stalls, restarts, dead threads, misbehaving processors, secrets.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/folder.ts';
import { startRtmSender } from '../support/rtm-sender.ts';
import { startTestWeir, type TestWeir, until } from '../support/weir.ts';

const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url));

/** Messages counted so far in this run, from the board. */
async function received(weir: TestWeir, channel: string, outcome = 'counted'): Promise<number> {
  const text: string = await weir.get('/metrics');
  const pattern = new RegExp(
    `weir_messages_total\\{channel="${channel}",outcome="${outcome}"\\} (\\d+)`,
  );
  return Number(pattern.exec(text)?.[1] ?? -1);
}

test('a message stays in its second although the timer thread stands still for three seconds', async (t) => {
  const sender = await startRtmSender(t);
  const dir = temporaryFolder(t);
  const weir = await startTestWeir(
    t,
    `channels:\n  a: { feed: { kind: satori, url: "${sender.url}", appkey: k } }\n`,
    { folder: dir, store: 'weir.db' },
  );
  await until('subscribed', () => sender.subscribers.has('a'));
  // The timer thread waits for the write lock, for real.
  const lock = new DatabaseSync(join(dir, 'weir.db'), { timeout: 5_000 });
  lock.exec('BEGIN IMMEDIATE');
  const sent = new Map<number, number>();
  const stalledAt = Date.now();
  for (let count = 1; Date.now() - stalledAt < 3_000; count++) {
    await sleep(1_100 - (Date.now() % 1_000));
    const second = Math.floor(Date.now() / 1_000);
    sender.send(
      'a',
      Array.from({ length: count }, () => '{}'),
    );
    await sender.handled('a');
    assert.equal(Math.floor(Date.now() / 1_000), second, 'the machine is too slow for this test');
    sent.set(second, count);
  }
  const first = Math.min(...sent.keys());
  const path = `/api/v1/channels/a/buckets?interval=1s&from=${new Date(first * 1_000).toISOString()}&order=asc`;
  const during = await weir.get(path);
  assert.equal(during.data[0].state, 'open', 'nothing was sealed while the timer stood still');
  assert.equal(
    during.data[0].count,
    sent.get(first),
    'what is on the board is served all the same',
  );
  lock.exec('ROLLBACK');
  lock.close();
  const after = await until('sealed', async () => {
    const { data } = await weir.get(path);
    return (
      data.length > sent.size &&
      data.slice(0, sent.size).every((b: { state: string }) => b.state !== 'open') &&
      data
    );
  });
  for (const [second, count] of sent) {
    const bucket = after.find((b: { start: string }) => Date.parse(b.start) === second * 1_000);
    assert.equal(bucket.count, count, `second ${second}`);
    assert.equal(bucket.state, 'complete');
  }
});

test('counts outlive a restart, the time between is a gap with a cause, and the feed resumes where it was', async (t) => {
  const sender = await startRtmSender(t);
  const options = { folder: temporaryFolder(t), store: 'weir.db' };
  const yaml = `channels:\n  a: { feed: { kind: satori, url: "${sender.url}", appkey: k } }\n`;
  const first = await startTestWeir(t, yaml, options);
  await until('subscribed', () => sender.subscribers.has('a'));
  sender.send('a', ['1', '2', '3']);
  await sender.handled('a');
  await first.weir.stop();
  const again = await startTestWeir(t, yaml, options);
  await until('subscribed again', () => sender.accepted === 2);
  const { data } = await until('a bucket', async () => {
    const page = await again.get('/api/v1/channels/a/buckets?interval=1m&from=now-1m');
    return (
      page.data.some((b: { gaps: { cause: string }[] }) =>
        b.gaps.some(({ cause }) => cause === 'down'),
      ) && page
    );
  });
  const count = data.reduce((sum: number, b: { count: number | null }) => sum + (b.count ?? 0), 0);
  assert.equal(count, 3);
  const causes = data.flatMap((b: { gaps: { cause: string }[] }) =>
    b.gaps.map(({ cause }) => cause),
  );
  assert.ok(causes.includes('down'), `causes: ${causes}`);
});

test('a processor that throws makes its message malformed, and only its own', async (t) => {
  const sender = await startRtmSender(t);
  const weir = await startTestWeir(
    t,
    `channels:
  bad: { feed: { kind: satori, url: "${sender.url}", appkey: k }, processor: { kind: ./trouble.ts, class: Trouble } }
  good: { feed: { kind: satori, url: "${sender.url}", appkey: k } }\n`,
    { folder: fixtures },
  );
  await until('subscribed', () => sender.subscribers.size === 2);
  sender.send('bad', ['{}', '{"act":"throw"}', '{}']);
  sender.send('good', ['1']);
  await until(
    'counted',
    async () => (await received(weir, 'bad')) === 2 && (await received(weir, 'good')) === 1,
  );
  assert.equal(await received(weir, 'bad', 'malformed'), 1);
  const event = weir.events.find(({ kind }) => kind === 'processor-error');
  assert.equal(event?.detail, 'thrown on purpose');
});

test('a processor that cannot be made leaves its channel down, with the reason, and the others count', async (t) => {
  const sender = await startRtmSender(t);
  const weir = await startTestWeir(
    t,
    `channels:
  bad: { feed: { kind: satori, url: "${sender.url}", appkey: k }, processor: { kind: ./trouble.ts, class: Unmakeable } }
  good: { feed: { kind: satori, url: "${sender.url}", appkey: k } }\n`,
    { folder: fixtures },
  );
  await until('subscribed', () => sender.subscribers.has('good'));
  sender.send('good', ['1']);
  await until('counted', async () => (await received(weir, 'good')) === 1);
  const { data } = await until('down', async () => {
    const one = await weir.get('/api/v1/channels/bad');
    return one.data.link.state === 'down' && one;
  });
  assert.match(data.link.detail, /cannot be made, on purpose/);
});

test('a feed thread that dies is started again; its counts live on, and the others never notice', async (t) => {
  const sender = await startRtmSender(t);
  const weir = await startTestWeir(
    t,
    `channels:
  bad: { feed: { kind: satori, url: "${sender.url}", appkey: k }, processor: { kind: ./trouble.ts, class: Trouble } }
  good: { feed: { kind: satori, url: "${sender.url}", appkey: k } }\n`,
    { folder: fixtures },
  );
  await until('subscribed', () => sender.subscribers.size === 2);
  sender.send('bad', ['{}', '{}']);
  await sender.handled('bad');
  const goodSocket = sender.subscribers.get('good');
  const badSocket = sender.subscribers.get('bad');
  sender.send('bad', ['{"act":"exit"}']);
  await until('subscribed again', () => sender.subscribers.get('bad') !== badSocket);
  sender.send('bad', ['{}']);
  sender.send('good', ['1']);
  await until(
    'counted',
    async () => (await received(weir, 'bad')) === 3 && (await received(weir, 'good')) === 1,
  );
  assert.equal(sender.subscribers.get('good'), goodSocket, 'same socket');
  assert.ok(weir.events.some(({ kind }) => kind === 'thread-restart'));
});

test('a processor that loops for ever is ended, and the others count meanwhile', async (t) => {
  const sender = await startRtmSender(t);
  const weir = await startTestWeir(
    t,
    `channels:
  bad: { feed: { kind: satori, url: "${sender.url}", appkey: k }, processor: { kind: ./trouble.ts, class: Trouble } }
  good: { feed: { kind: satori, url: "${sender.url}", appkey: k } }\n`,
    { folder: fixtures },
  );
  await until('subscribed', () => sender.subscribers.size === 2);
  const badSocket = sender.subscribers.get('bad');
  sender.send('bad', ['{"act":"loop"}']);
  sender.send('good', ['1']);
  await until('the other counts', async () => (await received(weir, 'good')) === 1);
  await until('a new thread', () => sender.subscribers.get('bad') !== badSocket);
  sender.send('bad', ['{}']);
  await until('it counts again', async () => (await received(weir, 'bad')) === 1);
});

test('a secret goes in and never comes out', async (t) => {
  const sender = await startRtmSender(t);
  const secret = 'S3cretPassphrase';
  process.env['WEIR_TEST_SECRET'] = secret;
  t.after(() => delete process.env['WEIR_TEST_SECRET']);
  const weir = await startTestWeir(
    t,
    `channels:
  a:
    feed: { kind: satori, url: "${sender.url}", appkey: "\${WEIR_TEST_SECRET}", role: r, secret: "\${WEIR_TEST_SECRET}", headers: { authorization: "\${WEIR_TEST_SECRET}" } }
  b:
    feed: { kind: websocket, url: "ws://127.0.0.1:1/?token=\${WEIR_TEST_SECRET}", subscribe: { key: "\${WEIR_TEST_SECRET}" } }\n`,
  );
  await until('a refused connection', () =>
    weir.events.some(({ channel, kind }) => channel === 'b' && kind === 'disconnect'),
  );
  const paths = [
    '/api/v1/channels',
    '/api/v1/channels/a',
    '/api/v1/buckets?channels=a,b',
    '/api/v1/events',
    '/metrics',
    '/health/ready',
    '/api/v1/openapi.json',
  ];
  for (const path of paths) {
    assert.ok(!JSON.stringify(await weir.get(path)).includes(secret), path);
  }
  assert.ok(!JSON.stringify(weir.events).includes(secret));
});

test('five hundred channels on twenty connections are all up, and all count', async (t) => {
  const senders = await Promise.all(Array.from({ length: 20 }, () => startRtmSender(t)));
  const names = Array.from({ length: 500 }, (_, index) => `c${index}`);
  const senderOf = (index: number) => senders[index % 20]!;
  const yaml = names.map(
    (name, index) =>
      `  ${name}: { feed: { kind: satori, url: "${senderOf(index).url}", appkey: k } }`,
  );
  const startedAt = performance.now();
  const weir = await startTestWeir(t, `channels:\n${yaml.join('\n')}\n`);
  await until('all subscribed', () => senders.every(({ subscribers }) => subscribers.size === 25));
  t.diagnostic(`subscribed after ${Math.round(performance.now() - startedAt)} ms`);
  assert.deepEqual(
    senders.map(({ accepted }) => accepted),
    Array(20).fill(1),
    'one connection each',
  );
  names.forEach((name, index) => {
    senderOf(index).send(name, Array(1 + (index % 7)).fill('0'));
  });
  await Promise.all(names.slice(0, 20).map((name, index) => senderOf(index).handled(name)));
  const text: string = await weir.get('/metrics');
  const counted = [
    ...text.matchAll(/weir_messages_total\{channel="c(\d+)",outcome="counted"\} (\d+)/g),
  ];
  assert.equal(counted.length, 500);
  for (const [, index, count] of counted) assert.equal(Number(count), 1 + (Number(index) % 7));
});

test('it stops in order within five seconds, and what was counted is in the store', async (t) => {
  const sender = await startRtmSender(t);
  const dir = temporaryFolder(t);
  const weir = await startTestWeir(
    t,
    `channels:\n  a: { feed: { kind: satori, url: "${sender.url}", appkey: k } }\n`,
    { folder: dir, store: 'weir.db' },
  );
  await until('subscribed', () => sender.subscribers.has('a'));
  sender.send('a', ['1', '2']);
  await sender.handled('a');
  const stopping = weir.weir.stop();
  const late = await Promise.race([stopping.then(() => false), sleep(5_000, true, { ref: false })]);
  assert.equal(late, false);
  const db = new DatabaseSync(join(dir, 'weir.db'), { readOnly: true });
  t.after(() => db.close());
  assert.deepEqual(
    { ...db.prepare('SELECT sum(counted) AS counted FROM cell_1s').get() },
    { counted: 2 },
  );
});
