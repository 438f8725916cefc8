// A feed that numbers many streams goes on after a clean restart, an edit and kill -9: nothing is missed that was not
// lost, and nothing is counted twice.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type FeedServer, type Peer, startFeedServer } from '../support/feed-server.ts';
import { temporaryFolder } from '../support/folder.ts';
import { until } from '../support/weir.ts';
import { type Ledger, ledgers } from './conservation.ts';
import { WeirProcess } from './weir-process.ts';

const STREAMS = 60;
const FIRST_ROUNDS = 100;
/** Ids of a size that real feeds have. */
const START = 3_000_000_000;

class Markets {
  readonly server: FeedServer;
  readonly #folder: string;
  weir: WeirProcess;
  #peer!: Peer;
  #next = START;
  /** Repetitions that earlier runs were told of. */
  #duplicate = 0;
  /** Messages that were sent for the first time. */
  sent = 0;

  static async start(t: TestContext): Promise<Markets> {
    let stop = async () => {};
    // Before the folder is removed.
    t.after(() => stop());
    const markets = new Markets(await startFeedServer(t), temporaryFolder(t));
    stop = () => markets.weir.kill();
    await markets.connected();
    return markets;
  }

  private constructor(server: FeedServer, folder: string) {
    this.server = server;
    this.#folder = folder;
    this.write(15);
    this.weir = this.#launch();
  }

  /** Writes the file; another ping is another connection. */
  write(ping: number): void {
    const feed = `{ kind: websocket, url: "${this.server.url}", ping: ${ping}s, sequence: { path: t, kind: dense, by: s } }`;
    writeFileSync(this.#config, `channels:\n  trades: { feed: ${feed} }\n`);
  }

  get #config(): string {
    return join(this.#folder, 'channels.yaml');
  }

  #launch(): WeirProcess {
    return new WeirProcess({ config: this.#config, store: join(this.#folder, 'weir.db') });
  }

  /** The next frames come before the answer to the first ping of the connection. */
  async connected(): Promise<void> {
    this.#peer = await this.server.accept();
  }

  async again(signal: NodeJS.Signals): Promise<void> {
    this.#duplicate += (await this.#ledger()).duplicate;
    await this.weir.kill(signal);
    this.weir = this.#launch();
  }

  /** Sends the next `rounds` ids of every stream, after the last `repeated` once more. */
  send(rounds: number, repeated = 0): void {
    for (let id = this.#next - repeated; id < this.#next + rounds; id++) {
      for (let i = 0; i < STREAMS; i++) this.#peer.send({ s: `MARKET-${i}`, t: id });
    }
    this.#next += rounds;
    this.sent += rounds * STREAMS;
  }

  /** Passes over so many ids of every stream. */
  lose(ids: number): void {
    this.#next += ids;
  }

  async #ledger(): Promise<Ledger> {
    return (await ledgers(this.weir)).get('trades')!;
  }

  /** The store's counts, once all messages are in closed seconds. */
  async #stored() {
    let [count, missed] = [0, 0];
    await until('all that was sent is in seconds that are closed', async () => {
      const { data } = await this.weir.get(
        '/api/v1/channels/trades/buckets?interval=1s&from=now-5m&open=exclude&fill=none&limit=5000',
      );
      const sum = (field: 'count' | 'missed') =>
        data.reduce(
          (total: number, one: Record<string, number | null>) => total + (one[field] ?? 0),
          0,
        );
      [count, missed] = [sum('count'), sum('missed')];
      return count >= this.sent;
    }).catch((error) => assert.fail(`${error.message}: ${count} of ${this.sent}`));
    return { count, missed };
  }

  async check(missed: number, duplicate: number): Promise<void> {
    await this.weir.started();
    assert.deepEqual(await this.#stored(), { count: this.sent, missed });
    const ledger = await this.#ledger();
    assert.equal(this.#duplicate + ledger.duplicate, duplicate);
    assert.deepEqual([ledger.lossesOfUnknownSize, ledger.difference], [0, 0]);
  }
}

const WAYS: readonly (readonly [string, (markets: Markets, time: number) => Promise<void>])[] = [
  ['a clean restart', (markets) => markets.again('SIGTERM')],
  ['kill -9', (markets) => markets.again('SIGKILL')],
  [
    'an edit of the channel',
    async (markets, time) => {
      markets.write(20 + time);
      markets.weir.signalOnly('SIGHUP');
    },
  ],
];

for (const [name, pass] of WAYS) {
  test(`${STREAMS} numbered streams, ${name}: what is missed is what was lost`, async (t) => {
    const markets = await Markets.start(t);
    markets.send(FIRST_ROUNDS);
    await markets.check(0, 0);
    await pass(markets, 1);
    await markets.connected();
    markets.send(3);
    await markets.check(0, 0);
    await pass(markets, 2);
    await markets.connected();
    // A feed that begins with its last trades again.
    markets.send(3, 2);
    await markets.check(0, 2 * STREAMS);
    await pass(markets, 3);
    await markets.connected();
    markets.lose(2);
    markets.send(3);
    await markets.check(2 * STREAMS, 2 * STREAMS);
  });
}
