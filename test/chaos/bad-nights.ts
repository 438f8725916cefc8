// Bad nights: on top of a bad network, Weir is suspended, its clock is stepped, and its file is edited, at random.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/cli/index.ts';
import { seeded } from '../support/seeded.ts';
import { until } from '../support/weir.ts';
import { BadNetwork, ledgers } from './conservation.ts';
import { WeirProcess } from './weir-process.ts';

const PRELOAD = fileURLToPath(new URL('./shifted-clock.ts', import.meta.url));
/** Messages a second on each channel while Weir is suspended: few enough for the server to keep them all. */
const SUSPENDED_RATE = 200;

export interface Night {
  /** Messages a second on each channel, and how long a round is, in milliseconds. */
  readonly rate: number;
  readonly roundMs: number;
  /** How long a suspension may be, in milliseconds. */
  readonly suspendMs: { readonly least: number; readonly most: number };
}

interface Second {
  readonly start: string;
  readonly count: number | null;
  readonly state: string;
}

export class BadNights {
  readonly network: BadNetwork;
  readonly weir: WeirProcess;
  readonly done = { suspends: 0, suspendedMs: 0, steps: 0, edits: 0, refused: 0 };
  readonly #folder: string;
  readonly #random: () => number;
  readonly #night: Night;
  #round = 0;
  #edit = 0;

  static async start(seed: number, night: Night): Promise<BadNights> {
    const nights = new BadNights(await BadNetwork.start(200_000), seed, night);
    await nights.weir.started();
    await until('all subscribed', () =>
      nights.network.names.every((name) => nights.network.oracle.readerCount(name) > 0),
    );
    return nights;
  }

  private constructor(network: BadNetwork, seed: number, night: Night) {
    this.network = network;
    this.#random = seeded(seed);
    this.#night = night;
    this.#folder = mkdtempSync(join(tmpdir(), 'weir-nights-'));
    this.#write('clock', '0');
    this.#write('channels.yaml', network.yaml);
    this.weir = new WeirProcess({
      config: join(this.#folder, 'channels.yaml'),
      store: join(this.#folder, 'weir.db'),
      preload: PRELOAD,
      env: { WEIR_CLOCK_FILE: join(this.#folder, 'clock') },
    });
  }

  get issued(): number {
    const { names, oracle } = this.network;
    return names.reduce((sum, name) => sum + oracle.issued(name).total, 0);
  }

  /** One round of messages, with something bad in it; then all is accounted for. */
  async round(): Promise<void> {
    const kind = ['network', 'suspend', 'step', 'edit'][this.#round % 4];
    this.#round += 1;
    const seed = Math.floor(this.#random() * 1e9);
    if (kind === 'suspend') await this.#suspend(seed);
    else {
      const flow = this.network.round(seed, this.#night.roundMs, this.#night.rate);
      if (kind === 'step') await this.#step();
      if (kind === 'edit') await this.#edits();
      await flow;
    }
    await this.network.settle(this.weir, `seed ${seed}, ${kind}`);
  }

  async #suspend(seed: number): Promise<void> {
    const { least, most } = this.#night.suspendMs;
    const suspendMs = least + this.#random() * (most - least);
    const from = Date.now();
    this.weir.signalOnly('SIGSTOP');
    const flow = this.network.round(seed, suspendMs, SUSPENDED_RATE);
    await sleep(suspendMs);
    const to = Date.now();
    this.weir.signalOnly('SIGCONT');
    await flow;
    this.done.suspends += 1;
    this.done.suspendedMs += to - from;
    await this.#assertIncomplete(from, to);
  }

  /** No whole second in which Weir stood still reads complete, on any channel. */
  async #assertIncomplete(from: number, to: number): Promise<void> {
    const first = Math.ceil(from / 1_000) * 1_000;
    const end = Math.floor(to / 1_000) * 1_000;
    const range = `from=${new Date(first).toISOString()}&to=${new Date(end).toISOString()}`;
    const query = `interval=1s&order=asc&limit=5000&${range}`;
    // What is late for a second is told a moment after.
    await until('the suspended seconds are closed', async () => {
      const { data } = await this.weir.get(`/api/v1/channels/c0/buckets?${query}`);
      return data.every(({ state }: Second) => state !== 'open');
    });
    for (const name of this.network.names) {
      const { data } = await this.weir.get(`/api/v1/channels/${name}/buckets?${query}`);
      const whole = data.filter(({ state }: Second) => state === 'complete');
      assert.deepEqual(whole, [], `${name}: a suspended second reads complete`);
      assert.equal(data.length, (end - first) / 1_000);
    }
  }

  /** The clock goes ahead by up to half an hour, and comes back. */
  async #step(): Promise<void> {
    const aheadMs = Math.round(2_000 + this.#random() * 1_800_000);
    this.#write('clock', String(aheadMs));
    await sleep(this.#night.roundMs / 2);
    this.#write('clock', '0');
    this.done.steps += 2;
  }

  /** Edits that change titles, and one that is refused: no channel loses its connection. */
  async #edits(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      this.#edit += 1;
      const title = `title: edit ${this.#edit}`;
      const yaml = this.network.yaml.replaceAll(/^( {2}c\d+: \{)/gm, `$1 ${title}, `);
      this.#write('channels.yaml', yaml);
      await until('the edit is applied', async () => {
        const { data } = await this.weir.get('/api/v1/channels');
        return data.every((one: { title: string }) => one.title === `edit ${this.#edit}`);
      });
      this.done.edits += 1;
    }
    this.#write('channels.yaml', `${this.network.yaml}  c0: [`);
    await until('the edit is refused', async () => {
      const { data } = await this.weir.get('/api/v1/configuration');
      return data.problems.length > 0;
    });
    this.done.refused += 1;
  }

  /** Every second has what was issued for it. Returns how many seconds there were, and the sums of all ledgers. */
  async check() {
    const seconds = await this.network.checkSeconds(this.weir);
    const all = [...(await ledgers(this.weir)).values()];
    const sum = (field: 'counted' | 'missed' | 'replayed') =>
      all.reduce((total, one) => total + one[field], 0);
    return {
      seconds,
      issued: this.issued,
      counted: sum('counted'),
      missed: sum('missed'),
      replayed: sum('replayed'),
    };
  }

  /** Stops Weir, and lets the audit look at its store. */
  async audit(): Promise<void> {
    await this.weir.kill('SIGTERM');
    const said: string[] = [];
    const add = (line: string) => void said.push(line);
    const code = await run(['audit', join(this.#folder, 'weir.db')], { print: add, complain: add });
    assert.equal(code, 0, said.join('\n'));
  }

  async stop(): Promise<void> {
    this.weir.signalOnly('SIGCONT');
    await this.weir.kill('SIGTERM');
    await this.network.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text);
  }
}
