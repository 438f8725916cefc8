// `satori` on a real Cobra server, which keeps about 1,000 messages of a channel and drops older ones in silence.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WeirProcess } from '../chaos/weir-process.ts';
import { type Cobra, CobraPublisher, startCobra } from '../support/cobra.ts';
import { temporaryFolder } from '../support/folder.ts';
import { orSkip } from '../support/real-server.ts';
import { until } from '../support/weir.ts';

/** How many messages of a channel are surely kept. */
const KEPT = 1_000;

interface Ledger {
  readonly counted: number;
  readonly missed: number;
  readonly lossesOfUnknownSize: number;
  readonly difference: number;
}

class World {
  readonly cobra: Cobra;
  readonly publisher: CobraPublisher;
  readonly #config: string;
  readonly #store: string;
  weir!: WeirProcess;

  constructor(t: TestContext, cobra: Cobra) {
    this.cobra = cobra;
    this.publisher = new CobraPublisher(cobra, 'trades');
    const folder = temporaryFolder(t);
    this.#config = join(folder, 'channels.yaml');
    this.#store = join(folder, 'weir.db');
    const retry = '{ first: 50ms, most: 200ms }';
    writeFileSync(
      this.#config,
      `channels:
  trades:
    feed:
      kind: satori
      url: ${cobra.url}
      appkey: _pubsub
      role: pubsub
      secret: ${cobra.secret}
      retry: ${retry}
`,
    );
    t.after(async () => {
      this.publisher.close();
      await this.weir.kill();
    });
  }

  async start(): Promise<void> {
    this.weir = new WeirProcess({ config: this.#config, store: this.#store });
    await this.weir.started();
    await this.isUp();
  }

  async isUp(): Promise<void> {
    await until('the link is up', async () => {
      const { data } = await this.weir.get('/api/v1/channels/trades');
      return data.link.state === 'up';
    });
  }

  async ledger(): Promise<Ledger> {
    const { data } = await this.weir.get('/api/v1/ledger');
    return data.channels[0];
  }

  /** Resolves when what is counted, lost or not has come to rest, and no more comes. */
  async settled(): Promise<Ledger> {
    for (let before = ''; ; ) {
      const ledger = await this.ledger();
      const now = JSON.stringify(ledger);
      if (now === before) return ledger;
      before = now;
      await sleep(500);
    }
  }

  /** What all buckets say, those that are open included. */
  async counted(): Promise<number> {
    return await this.#sum('interval=1m&open=include');
  }

  /** What whole seconds say, that a kill does not take away. */
  async sealed(): Promise<number> {
    return await this.#sum('interval=1s&open=exclude');
  }

  async #sum(which: string): Promise<number> {
    const query = `${which}&from=now-10m&limit=1000`;
    const { data } = await this.weir.get(`/api/v1/channels/trades/buckets?${query}`);
    return data.reduce((sum: number, { count }: { count: number | null }) => sum + (count ?? 0), 0);
  }
}

async function world(t: TestContext): Promise<World | null> {
  const cobra = await orSkip(t, () => startCobra(t));
  if (!cobra) return null;
  const made = new World(t, cobra);
  await made.publisher.open();
  await made.start();
  return made;
}

test('within what the server keeps, no message is lost or doubled, whoever is killed', async (t) => {
  const at = await world(t);
  if (!at) return;
  await at.publisher.publish(200);
  // A kill before the very first commit leaves no position: that time is a gap, and nothing is replayed.
  await until('a position is stored', async () => (await at.sealed()) === 200);
  // At each moment, what was sent since the last stored second is less than the server keeps.
  await at.publisher.publish(200);
  await at.weir.kill();
  await at.publisher.publish(200);
  await at.start();
  await at.publisher.publish(200);
  await at.cobra.server.kill();
  await at.cobra.server.start();
  await at.publisher.open();
  await at.publisher.publish(200);
  await at.isUp();
  await at.weir.kill();
  await at.cobra.server.kill();
  await at.cobra.server.start();
  await at.publisher.open();
  await at.publisher.publish(200);
  await at.start();
  const added = await at.cobra.added('trades');
  assert.equal(added, 1_200);
  await until('all are counted', async () => (await at.counted()) >= added);
  const { missed, lossesOfUnknownSize, difference } = await at.settled();
  assert.deepEqual(
    { missed, lossesOfUnknownSize, difference },
    { missed: 0, lossesOfUnknownSize: 0, difference: 0 },
  );
  assert.equal(await at.counted(), added);
});

test('past what the server keeps, the loss is told as one of unknown size', async (t) => {
  const at = await world(t);
  if (!at) return;
  await at.publisher.publish(500);
  await until('the first are stored', async () => (await at.sealed()) === 500);
  await at.weir.kill();
  await at.publisher.publish(5 * KEPT);
  await at.start();
  await until('what is kept is counted', async () => (await at.counted()) >= 500 + KEPT);
  const { missed, lossesOfUnknownSize } = await at.settled();
  assert.deepEqual([missed, lossesOfUnknownSize], [0, 1]);
  const counted = await at.counted();
  assert.ok(counted >= 500 + KEPT && counted < 500 + 2 * KEPT, String(counted));
  const query = 'interval=1m&from=now-30m&fill=none';
  const { data } = await at.weir.get(`/api/v1/channels/trades/buckets?${query}`);
  assert.ok(data.some((bucket: { missed: number | null }) => bucket.missed === null));
});

test('a Weir that is suspended while the server drops messages says that some may be gone', async (t) => {
  const at = await world(t);
  if (!at) return;
  await at.publisher.publish(500);
  await until('the first are counted', async () => (await at.counted()) === 500);
  at.weir.signalOnly('SIGSTOP');
  const stopped = Date.now();
  await at.publisher.publish(10 * KEPT);
  await sleep(Math.max(0, 2_500 - (Date.now() - stopped)));
  at.weir.signalOnly('SIGCONT');
  await until('the resume is over', async () => {
    const { data } = await at.weir.get('/api/v1/events?channels=trades&limit=50');
    return data.some(({ detail }: { detail: string }) =>
      /nothing was read for a while/.test(detail),
    );
  });
  await at.isUp();
  const { lossesOfUnknownSize } = await at.settled();
  const counted = await at.counted();
  t.diagnostic(`${counted} of ${500 + 10 * KEPT} counted, ${lossesOfUnknownSize} losses told`);
  assert.ok(counted <= 500 + 10 * KEPT, 'nothing is counted twice');
  if (counted < 500 + 10 * KEPT) assert.ok(lossesOfUnknownSize >= 1, 'what is gone is told');
});
