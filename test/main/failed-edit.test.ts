// An edit that fails part-way: told, undone, and right when it is tried again.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FeedThreads } from '../../src/feed-threads.ts';
import { Oracle } from '../chaos/oracle.ts';
import { startTestWeir, type TestWeir, until } from '../support/weir.ts';

const channel = (oracle: Oracle, name: string, more = '') =>
  `  ${name}: { feed: { kind: satori, url: "ws://127.0.0.1:${oracle.port}", appkey: k }${more} }\n`;
const BY_KEY = ', processor: { kind: count-by, key: n, keys: 5 }';

/** Lets the first `count` calls of that method fail, as a thread that cannot be started would. */
function failing(t: TestContext, method: 'change' | 'open', count: number): void {
  const original = FeedThreads.prototype[method];
  let left = count;
  t.mock.method(FeedThreads.prototype, method, function (this: FeedThreads, ...given: never[]) {
    left -= 1;
    if (left >= 0) throw new Error('no memory is left');
    (original as (...args: never[]) => void).apply(this, given);
  });
}

async function counted(weir: TestWeir, oracle: Oracle, name: string): Promise<void> {
  oracle.publish(name, 10);
  await until(`${name}: all counted`, async () => {
    const { data } = await weir.get(`/api/v1/channels/${name}/buckets?interval=1h`);
    const sum = data.reduce(
      (n: number, { count }: { count: number | null }) => n + (count ?? 0),
      0,
    );
    return sum === oracle.issued(name).total;
  });
}

for (const { name, method, count, outcome } of [
  { name: 'is undone', method: 'change', count: 1, outcome: 'was undone' },
  {
    name: 'is undone also where a channel is added',
    method: 'open',
    count: 1,
    outcome: 'was undone',
  },
  {
    name: 'says when it cannot be undone',
    method: 'open',
    count: 9,
    outcome: 'could not be undone',
  },
] as const) {
  test(`an edit that fails part-way ${name}; the next one is right`, async (t) => {
    const oracle = await Oracle.start();
    t.after(() => oracle.stop());
    const before = `channels:\n${channel(oracle, 'a')}${channel(oracle, 'b')}`;
    const after = `channels:\n${channel(oracle, 'a', BY_KEY)}${channel(oracle, 'b', BY_KEY)}${channel(oracle, 'c')}`;
    const weir = await startTestWeir(t, before);
    await until('both read', () => ['a', 'b'].every((one) => oracle.readerCount(one) === 1));
    await counted(weir, oracle, 'a');
    failing(t, method, count);
    await assert.rejects(
      weir.reload(after),
      new RegExp(`failed part-way and ${outcome}: no memory is left`),
    );
    const { data } = await weir.get('/api/v1/configuration');
    assert.match(data.problems[0].message, /save the file again/);
    t.mock.restoreAll();
    if (count === 1) {
      await until('both read again', () =>
        ['a', 'b'].every((one) => oracle.readerCount(one) === 1),
      );
      await counted(weir, oracle, 'a');
      await counted(weir, oracle, 'b');
    }
    await weir.reload(after);
    await until('all read', () => ['a', 'b', 'c'].every((one) => oracle.readerCount(one) === 1));
    for (const one of ['a', 'b', 'c']) await counted(weir, oracle, one);
    const { data: now } = await weir.get('/api/v1/configuration');
    assert.deepEqual(now.problems, []);
  });
}
