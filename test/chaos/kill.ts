// kill -9, again and again: what was closed stays as it was, what can be resumed is exact, the rest is flagged.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../support/weir.ts';
import { checkSeconds } from './conservation.ts';
import { Oracle } from './oracle.ts';
import { WeirProcess } from './weir-process.ts';

const PRELOAD = fileURLToPath(new URL('./kill-at.ts', import.meta.url));
const NAMES = ['timed', 'keyed', 'plain'];

interface ShownBucket {
  readonly channel: string;
  readonly start: string;
  readonly count: number | null;
  readonly state: string;
  readonly rev: number;
}

/** A world in which Weir is killed: an oracle that issues messages all the while, and a store that stays. */
export class KillWorld {
  readonly oracle: Oracle;
  readonly folder = mkdtempSync(join(tmpdir(), 'weir-kill-'));
  #timer: NodeJS.Timeout | undefined;
  readonly #from = new Date().toISOString();
  weir: WeirProcess;
  killCount = 0;

  static async start(): Promise<KillWorld> {
    const world = new KillWorld(await Oracle.start());
    await world.#issue();
    return world;
  }

  private constructor(oracle: Oracle) {
    this.oracle = oracle;
    const feed = (time: string) =>
      `{ kind: satori, url: "ws://127.0.0.1:${oracle.port}", appkey: k${time}, retry: { first: 5ms, most: 50ms } }`;
    const timed = ', time: { path: at, wait: 1s }';
    writeFileSync(
      this.#config,
      `channels:
  timed: { feed: ${feed(timed)} }
  keyed: { feed: ${feed(timed)}, processor: { kind: count-by, key: k, keys: 3 } }
  plain: { feed: ${feed('')} }
`,
    );
    this.weir = this.#launch();
  }

  /** Begins to issue messages once each channel has a position in the store: before, there is nothing to resume. */
  async #issue(): Promise<void> {
    await this.weir.started();
    await until('every channel was sealed', async () => {
      const { data } = await this.weir.get(
        `/api/v1/buckets?channels=${NAMES.join()}&interval=1s&from=now-10s&open=exclude`,
      );
      const whole = data.filter(({ state }: ShownBucket) => state === 'complete');
      return new Set(whole.map(({ channel }: ShownBucket) => channel)).size === NAMES.length;
    });
    this.#timer = setInterval(() => {
      for (const name of NAMES) this.oracle.publish(name, 5);
    }, 10);
  }

  get #config(): string {
    return join(this.folder, 'channels.yaml');
  }

  #launch(killAt?: string): WeirProcess {
    return new WeirProcess({
      config: this.#config,
      store: join(this.folder, 'weir.db'),
      ...(killAt ? { preload: PRELOAD, env: { WEIR_KILL_AT: killAt } } : {}),
    });
  }

  /** Kills at once, and starts again; what was closed before is as it was, or was healed and says so. */
  async killNow(): Promise<void> {
    await this.weir.started();
    const before = await this.#closed();
    await this.weir.kill();
    await this.#again(before);
  }

  /** Starts a Weir that kills itself when it passes the step for the n-th time; then one that goes on. */
  async killAt(step: string, passes: number): Promise<void> {
    await this.weir.started();
    const before = await this.#closed();
    await this.weir.kill('SIGTERM');
    this.weir = this.#launch(`${step}:${passes}`);
    await this.weir.gone();
    assert.equal(
      this.weir.signal,
      'SIGKILL',
      `${step} was never passed: ${this.weir.lines.at(-1)}`,
    );
    await this.#again(before);
  }

  async #again(before: ReadonlyMap<string, ShownBucket>): Promise<void> {
    this.killCount += 1;
    this.weir = this.#launch();
    await this.weir.started();
    const after = await this.#closed();
    for (const [key, was] of before) {
      const is = after.get(key)!;
      if (is.count === was.count && is.state === was.state) continue;
      assert.ok(is.rev > was.rev, `${key} was ${JSON.stringify(was)}, is ${JSON.stringify(is)}`);
    }
  }

  async #closed(): Promise<Map<string, ShownBucket>> {
    const { data } = await this.weir.get(
      `/api/v1/buckets?channels=${NAMES.join()}&interval=10s&from=${this.#from}&open=exclude&limit=5000`,
    );
    return new Map(data.map((one: ShownBucket) => [`${one.channel} ${one.start}`, one]));
  }

  /** Nothing more is issued: every channel has all of it, and every second of the timed ones has its own. */
  async check(): Promise<number> {
    clearInterval(this.#timer);
    for (const name of NAMES) {
      const { total } = this.oracle.issued(name);
      let sum = 0;
      await until(`${name} counted ${total}`, async () => {
        const { data } = await this.weir.get(
          `/api/v1/channels/${name}/buckets?interval=1m&from=now-6h&limit=5000`,
        );
        sum = data.reduce((n: number, { count }: ShownBucket) => n + (count ?? 0), 0);
        return sum === total;
      }).catch((error) => assert.fail(`${error.message}: found ${sum}`));
    }
    let seconds = 0;
    for (const name of ['timed', 'keyed']) {
      seconds += await checkSeconds(this.weir, name, this.oracle.issued(name).bySecond);
    }
    return seconds;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.weir.kill();
    await this.oracle.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
