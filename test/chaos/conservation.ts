// Conservation under a bad network: numbered messages over 20 channels through proxies that misbehave. After calm,
// counted + known missed = issued: for every channel, and for every second of every channel that missed nothing.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../support/seeded.ts';
import { type TestWeir, until } from '../support/weir.ts';
import { FAULTS, type Fault, FaultProxy } from './fault-proxy.ts';
import { Oracle } from './oracle.ts';

const CHANNEL_COUNT = 20;
const PROXY_COUNT = 5;
/** A stall is found by silence, so everything that waits is short here. */
const LINK =
  'silence: 300ms, ping: 100ms, replyTimeout: 1s, handshakeTimeout: 1s, retry: { first: 5ms, most: 60ms }';

export interface Ledger {
  readonly channel: string;
  readonly received: number;
  readonly counted: number;
  readonly duplicate: number;
  readonly malformed: number;
  readonly missed: number;
  readonly lossesOfUnknownSize: number;
  readonly replayed: number;
  readonly difference: number;
}

export async function ledgers(weir: Pick<TestWeir, 'get'>): Promise<Map<string, Ledger>> {
  const { data } = await weir.get('/api/v1/ledger');
  return new Map(data.channels.map((one: Ledger) => [one.channel, one]));
}

export class BadNetwork {
  readonly oracle: Oracle;
  readonly proxies: readonly FaultProxy[];
  readonly names = Array.from({ length: CHANNEL_COUNT }, (_, i) => `c${i}`);

  /** `keep`: messages that the oracle holds for those who come back. */
  static async start(keep: number): Promise<BadNetwork> {
    const oracle = await Oracle.start({ keep });
    const proxies = await Promise.all(
      Array.from({ length: PROXY_COUNT }, (_, i) => FaultProxy.start(oracle.port, seeded(i + 1))),
    );
    return new BadNetwork(oracle, proxies);
  }

  private constructor(oracle: Oracle, proxies: readonly FaultProxy[]) {
    this.oracle = oracle;
    this.proxies = proxies;
  }

  /** channels.yaml for all of it; every other channel parses its messages, the others only count them. */
  get yaml(): string {
    const lines = this.names.map((name, i) => {
      const port = this.proxies[i % PROXY_COUNT]!.port;
      const feed = `{ kind: satori, url: "ws://127.0.0.1:${port}", appkey: k, time: { path: at, wait: 1s }, ${LINK} }`;
      const processor = i % 2 === 0 ? '{ kind: count }' : '{ kind: count-by, key: k, keys: 7 }';
      return `  ${name}: { feed: ${feed}, processor: ${processor} }\n`;
    });
    return `threads: 2\nchannels:\n${lines.join('')}`;
  }

  async stop(): Promise<void> {
    for (const proxy of this.proxies) await proxy.stop();
    await this.oracle.stop();
  }

  /** One round: `seed` decides which faults come when; messages are issued all the while. Ends calm. */
  async round(seed: number, roundMs: number, rate: number): Promise<void> {
    const random = seeded(seed);
    const end = performance.now() + roundMs;
    // Each fault has its turn, so that none waits for chance.
    this.proxies[seed % PROXY_COUNT]!.begin(FAULTS[seed % FAULTS.length]!);
    while (performance.now() < end) {
      for (const proxy of this.proxies) this.#act(proxy, random);
      const step = 4 + random() * 30;
      for (const name of this.names) {
        const count = Math.round((random() * 2 * rate * step) / 1_000);
        if (count > 0) this.oracle.publish(name, count);
      }
      await sleep(step);
    }
    for (const proxy of this.proxies) proxy.calm();
  }

  #act(proxy: FaultProxy, random: () => number): void {
    const chance = random();
    const fault = FAULTS[Math.floor(random() * FAULTS.length)]!;
    if (chance < 0.06) proxy.begin(fault);
    if (chance > 0.93) proxy.calm();
  }

  /** How often each fault hit, over all proxies. */
  get fired(): Record<Fault, number> {
    const total = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;
    for (const { fired } of this.proxies) for (const fault of FAULTS) total[fault] += fired[fault];
    return total;
  }

  /** Waits until every message is counted or known to be missed, and checks that none is counted twice. */
  async settle(weir: Pick<TestWeir, 'get'>, what: string): Promise<void> {
    let last = '';
    await until(
      `${what}: everything accounted for`,
      async () => {
        const all = await ledgers(weir);
        const wrong = this.names.flatMap((name) => {
          const { counted, missed } = all.get(name)!;
          const { total } = this.oracle.issued(name);
          return counted + missed === total ? [] : [`${name} ${counted}+${missed}≠${total}`];
        });
        last = wrong.join(' ');
        return wrong.length === 0;
      },
      20_000,
    ).catch((error) => assert.fail(`${error.message}: ${last}`));
    for (const { channel, difference, duplicate, lossesOfUnknownSize } of (
      await ledgers(weir)
    ).values()) {
      assert.deepEqual([difference, duplicate, lossesOfUnknownSize], [0, 0, 0], channel);
    }
  }

  /** Every second of every channel that missed nothing has exactly what was issued for it. */
  async checkSeconds(weir: Pick<TestWeir, 'get'>): Promise<number> {
    const all = await ledgers(weir);
    let checked = 0;
    for (const name of this.names) {
      if (all.get(name)!.missed > 0) continue;
      const { bySecond } = this.oracle.issued(name);
      checked += await checkSeconds(weir, name, bySecond);
    }
    return checked;
  }
}

/** Compares the channel's seconds with what was issued, once they are sealed. Returns how many there were. */
export async function checkSeconds(
  weir: Pick<TestWeir, 'get'>,
  name: string,
  bySecond: ReadonlyMap<number, number>,
): Promise<number> {
  let wrong: string[] = [];
  await until(
    `${name}: its seconds`,
    async () => {
      const found = await secondsOf(weir, name, bySecond);
      wrong = [...bySecond].flatMap(([second, issued]) => {
        const counted = found.get(second) ?? 0;
        return counted === issued ? [] : [`${second}: ${counted}≠${issued}`];
      });
      return wrong.length === 0;
    },
    5_000,
  ).catch((error) => assert.fail(`${error.message}: ${wrong.slice(0, 5).join(' ')}`));
  return bySecond.size;
}

async function secondsOf(
  weir: Pick<TestWeir, 'get'>,
  name: string,
  bySecond: ReadonlyMap<number, number>,
): Promise<Map<number, number>> {
  const iso = (second: number) => new Date(second * 1_000).toISOString();
  const range = `from=${iso(Math.min(...bySecond.keys()))}&to=${iso(Math.max(...bySecond.keys()) + 1)}`;
  const found = new Map<number, number>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = await weir.get(
      `/api/v1/channels/${name}/buckets?interval=1s&order=asc&limit=5000&fill=none&${range}${more}`,
    );
    for (const { start, count } of page.data) found.set(Date.parse(start) / 1_000, count ?? 0);
    cursor = page.meta.cursor;
  }
  return found;
}
