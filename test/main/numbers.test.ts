// Numbers that are easily read wrong, from the wire to REST: the same with each scanner of the tap, and without it.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { startFeedServer } from '../support/feed-server.ts';
import { startTestWeir, until } from '../support/weir.ts';

afterEach(() => {
  delete process.env['WEIR_TAP'];
});

/** Members of each message: its key, and its value. */
const READ = [
  ['1', '1'],
  ['1.0', '2'],
  ['"1"', '"4"'],
  ['10e-1', '8.0'],
  ['9007199254740993', '16'],
  ['"9007199254740993"', '"3.2e1"'],
  ['9007199254740992', '64'],
] as const;
/** Values that no sum takes; the messages have keys all the same. */
const NO_VALUES = ['1e308', '-1e308', '"0x10"', '"1e400"', '""', 'null'];
/** Beyond all doubles: nothing in its frame is known. */
const UNREADABLE = '{"k":"unreadable","v":1e400}';

for (const scanner of ['wasm', 'js', 'off']) {
  test(`scanner ${scanner}: keys and values are what the digits say, and what is no value is malformed`, async (t) => {
    process.env['WEIR_TAP'] = scanner;
    const server = await startFeedServer(t);
    const feed = `feed: { kind: websocket, url: "${server.url}" }`;
    const weir = await startTestWeir(
      t,
      `channels:
  keys: { ${feed}, processor: { kind: count-by, key: k } }
  sums: { ${feed}, processor: { kind: sum, value: v } }
`,
    );
    const messages = [
      ...READ.map(([key, value]) => `{"k":${key},"v":${value}}`),
      ...NO_VALUES.map((value) => `{"k":"no value","v":${value}}`),
      UNREADABLE,
    ];
    for (const peer of [await server.accept(), await server.accept()]) {
      peer.send(...messages);
      await peer.settled();
    }
    const ledger = await until('all are counted', async () => {
      const { data } = await weir.get('/api/v1/ledger');
      const channels = data.channels as { received: number }[];
      return channels.every(({ received }) => received === messages.length) ? channels : null;
    });
    assert.deepEqual(
      ledger.map(({ channel, counted, malformed }: Record<string, unknown>) => [
        channel,
        counted,
        malformed,
      ]),
      [
        ['keys', READ.length + NO_VALUES.length, 1],
        ['sums', READ.length, NO_VALUES.length + 1],
      ],
    );
    const keys = await weir.get('/api/v1/channels/keys/buckets?key=*&interval=1h&from=now-1h');
    const byKey = new Map<string, number>();
    for (const { key, count } of keys.data) {
      if (count) byKey.set(key, (byKey.get(key) ?? 0) + count);
    }
    assert.deepEqual(
      byKey,
      new Map([
        ['no value', NO_VALUES.length],
        ['1', 4],
        ['9007199254740993', 2],
        ['9007199254740992', 1],
      ]),
    );
    const sums = await weir.get('/api/v1/channels/sums/buckets?interval=1h&from=now-1h');
    const total = sums.data.reduce((sum: number, row: { sum: number }) => sum + row.sum, 0);
    assert.equal(total, 127);
  });
}
