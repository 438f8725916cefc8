// A thread that dies again and again: said to be degraded, tried ever more rarely, and well again once it lives.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startRtmSender } from '../support/rtm-sender.ts';
import { startTestWeir, until } from '../support/weir.ts';

test('a crash loop ends in a visible degraded, not in a dead service', async (t) => {
  const sender = await startRtmSender(t);
  const own = fileURLToPath(new URL('./fixtures/trouble.ts', import.meta.url));
  const feed = `{ kind: satori, url: "${sender.url}", appkey: k, retry: { first: 5ms, most: 50ms } }`;
  const weir = await startTestWeir(
    t,
    `channels:\n  ill: { feed: ${feed}, processor: { kind: "${own}", class: Trouble } }\n  well: { feed: ${feed} }\n`,
  );
  for (let death = 1; death <= 3; death++) {
    await until('connected', () => sender.subscribers.get('ill')?.readyState === 1);
    // Another message each time: one that came again would be malformed at last.
    sender.send('ill', [`{"act":"exit","n":${death}}`]);
    await until(`death ${death}`, () => {
      const deaths = weir.events.filter(({ kind }) => kind === 'thread-restart');
      return deaths.length === death;
    });
  }
  const told = await until('told', () => weir.events.find(({ kind }) => kind === 'degraded'));
  assert.match(told.detail, /3 times in a row/);
  const health = async () => {
    const response = await fetch(`${weir.weir.url}/health/ready`);
    return { code: response.status, ...((await response.json()) as { status: string }) };
  };
  await until('degraded', async () => (await health()).status === 'degraded');
  assert.equal((await health()).code, 503);
  sender.send('well', ['{}']);
  await until('the other one counts', async () => {
    const { data } = await weir.get('/api/v1/ledger');
    return (
      data.channels.find(({ channel }: { channel: string }) => channel === 'well').counted === 1
    );
  });
});
