// Edit after edit while messages flow: valid ones and broken ones. What an edit does not touch loses nothing, keeps its
// socket, and has no gap.
import assert from 'node:assert/strict';
import { kinds } from '../../src/cli/configuration.ts';
import { loadConfig } from '../../src/config/load.ts';
import { seeded } from '../support/seeded.ts';
import { type TestWeir, until } from '../support/weir.ts';
import { ledgers } from './conservation.ts';
import { Oracle } from './oracle.ts';

/** Channels that no edit touches, and those that edits play with. */
const STEADY = ['steady-1', 'steady-2', 'steady-3', 'steady-4'];
const PLAYED = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
const TICK_MS = 10;

/** What the file says of a channel that is played with: null when it is not in it. */
interface Played {
  title: number;
  /** 0: count; else count-by with so many keys. */
  keys: number;
  ping: number;
}

export class ReloadCampaign {
  readonly oracle: Oracle;
  readonly #random: () => number;
  readonly #played = new Map<string, Played | null>(PLAYED.map((name) => [name, null]));
  #timer: NodeJS.Timeout | undefined;
  readonly done = { applied: 0, refused: 0 };

  static async start(seed: number): Promise<ReloadCampaign> {
    return new ReloadCampaign(await Oracle.start(), seeded(seed));
  }

  private constructor(oracle: Oracle, random: () => number) {
    this.oracle = oracle;
    this.#random = random;
  }

  get yaml(): string {
    const feed = (more: string) =>
      `{ kind: satori, url: "ws://127.0.0.1:${this.oracle.port}", appkey: k, time: at${more} }`;
    const steady = STEADY.map((name) => `  ${name}: { feed: ${feed('')} }\n`);
    const played = [...this.#played].flatMap(([name, one]) => {
      if (!one) return [];
      const processor = one.keys === 0 ? 'count' : `count-by, key: k, keys: ${one.keys}`;
      return `  ${name}: { title: t${one.title}, feed: ${feed(`, ping: ${one.ping}s`)}, processor: { kind: ${processor} } }\n`;
    });
    return `threads: 2\nchannels:\n${steady.join('')}${played.join('')}`;
  }

  /** Issues so many messages a second over all channels, until `stop`. */
  flow(rate: number): void {
    const names = [...STEADY, ...PLAYED];
    const count = Math.round((rate / names.length / 1_000) * TICK_MS);
    let due = performance.now();
    this.#timer = setInterval(() => {
      for (; due < performance.now(); due += TICK_MS) {
        for (const name of names) this.oracle.publish(name, count);
      }
    }, TICK_MS);
  }

  /** One random edit: applied, or refused whole. */
  async edit(weir: TestWeir): Promise<void> {
    if (this.#random() < 0.3) return this.#breakIt(weir);
    const name = PLAYED[Math.floor(this.#random() * PLAYED.length)]!;
    const was = this.#played.get(name);
    const dice = this.#random();
    if (!was) this.#played.set(name, { title: 0, keys: 0, ping: 15 });
    else if (dice < 0.25) this.#played.set(name, null);
    else if (dice < 0.5) was.title += 1;
    else if (dice < 0.75) was.keys = Math.floor(this.#random() * 4);
    else was.ping += 1;
    await weir.reload(this.yaml);
    this.done.applied += 1;
  }

  /** A broken file: its problems have a place, and nothing of it is taken. */
  #breakIt(weir: TestWeir): void {
    const lines = this.yaml.split('\n');
    const at = 1 + Math.floor(this.#random() * (lines.length - 2));
    const ways = ['{', 'kind: [', '\t- x', '"', 'unknown: 1', '}}'];
    lines[at] += ways[Math.floor(this.#random() * ways.length)]!;
    const { config, problems } = loadConfig(lines.join('\n'), {
      file: 'channels.yaml',
      environment: {},
      kinds,
    });
    if (config) return;
    assert.ok(problems.every(({ place }) => place && place.line > 0 && place.column > 0));
    weir.weir.refuse(problems);
    this.done.refused += 1;
  }

  /** Stops the flow, and checks every channel that runs: all of it was counted, in its second, once. */
  async check(weir: TestWeir): Promise<void> {
    clearInterval(this.#timer);
    for (const name of STEADY) {
      const { total } = this.oracle.issued(name);
      await until(
        `${name} has all`,
        async () => (await ledgers(weir)).get(name)!.counted === total,
      );
      const { data } = await weir.get(
        `/api/v1/channels/${name}/buckets?interval=1m&from=now-1h&fill=none`,
      );
      const gaps = data.flatMap((bucket: { gaps: { detail: string }[] }) => bucket.gaps);
      const others = gaps.filter(({ detail }: { detail: string }) => detail !== 'connecting');
      assert.deepEqual(others, [], `${name} has a gap`);
    }
    const noticed = weir.events.filter(
      ({ kind, channel }) => STEADY.includes(channel ?? '') && kind !== 'connect',
    );
    assert.deepEqual(noticed, []);
    for (const { channel, difference, duplicate } of (await ledgers(weir)).values()) {
      assert.deepEqual([difference, duplicate], [0, 0], channel);
    }
    // A channel that came, went and came back goes on from its position, so it has everything since it first came.
    for (const name of PLAYED) {
      if (this.#played.get(name)) await this.#checkPlayed(weir, name);
    }
  }

  async #checkPlayed(weir: TestWeir, name: string): Promise<void> {
    const { bySecond } = this.oracle.issued(name);
    const seconds = async () => {
      const { data } = await weir.get(
        `/api/v1/channels/${name}/buckets?interval=1s&from=now-50m&limit=5000&fill=none`,
      );
      return new Map<number, number>(
        data.map(({ start, count }: { start: string; count: number }) => [
          Date.parse(start) / 1_000,
          count,
        ]),
      );
    };
    let wrong: string[] = [];
    await until(`${name}: its seconds`, async () => {
      const found = await seconds();
      const first = Math.min(...found.keys());
      wrong = [...bySecond].flatMap(([second, issued]) =>
        second > first && found.get(second) !== issued
          ? [`${second}: ${found.get(second)}≠${issued}`]
          : [],
      );
      return wrong.length === 0;
    }).catch((error) => assert.fail(`${error.message}: ${wrong.slice(0, 5).join(' ')}`));
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.oracle.stop();
  }
}
