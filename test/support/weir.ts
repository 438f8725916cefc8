// A whole Weir inside a test: real threads, real sockets, a store in memory, any free port.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { kinds } from '../../src/cli/configuration.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startWeir, type Weir } from '../../src/main.ts';
import type { WeirEvent } from '../../src/model/channel.ts';
import type { Config } from '../../src/model/config.ts';
import { formatProblem } from '../../src/model/problem.ts';

export interface TestWeir {
  readonly weir: Weir;
  readonly events: WeirEvent[];
  /** Applies an edited channels.yaml; the head is as for `startTestWeir`. */
  reload(yaml: string): Promise<void>;
  /** GETs a path; parses JSON. Asserts the status, 200 unless told otherwise. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field in tests
  get(path: string, status?: number): Promise<any>;
}

/** Starts a Weir for the test, which ends with it. `yaml` needs no `listen` and no `store`. */
export async function startTestWeir(
  context: TestContext,
  yaml: string,
  options: {
    readonly folder?: string;
    readonly store?: string;
    readonly listen?: string;
    readonly wall?: () => number;
    readonly hangMs?: number;
    readonly heapMb?: number;
    readonly outsideMb?: number;
  } = {},
): Promise<TestWeir> {
  const events: WeirEvent[] = [];
  const weir = await startWeir({
    config: configOf(yaml, options),
    folder: options.folder ?? tmpdir(),
    onEvent: (event) => events.push(event),
    ...(options.wall ? { wall: options.wall } : {}),
    ...(options.hangMs ? { hangMs: options.hangMs } : {}),
    ...(options.heapMb ? { heapMb: options.heapMb } : {}),
    ...(options.outsideMb ? { outsideMb: options.outsideMb } : {}),
  });
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    await weir.stop();
  };
  context.after(stop);
  return {
    weir: { ...weir, stop },
    events,
    reload: (edited) => weir.reload(configOf(edited, options)),
    async get(path, status = 200) {
      const response = await fetch(weir.url + path);
      const body = await response.text();
      assert.equal(response.status, status, `${path}: ${body.slice(0, 500)}`);
      const json = /json$/.test(response.headers.get('content-type')?.split(';')[0] ?? '');
      return json ? JSON.parse(body) : body;
    },
  };
}

/** The configuration of a test: the YAML, with any free port and a store in memory unless told otherwise. */
export function configOf(
  yaml: string,
  {
    store = 'memory',
    listen = '127.0.0.1:0',
  }: { readonly store?: string; readonly listen?: string } = {},
): Config {
  const head = `listen: ${listen}\nstore: { kind: sqlite, path: ${store} }\ncharts: builtin\n`;
  const { config, problems } = loadConfig(head + yaml, {
    file: 'test.yaml',
    environment: process.env,
    kinds,
  });
  assert.deepEqual(problems.map(formatProblem), []);
  return config!;
}

/** Asks until `condition` gives something; fails after `withinMs`, saying what was asked for. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  withinMs = 30_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + withinMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end) assert.fail(`${what}: not within ${withinMs} ms`);
    await sleep(20);
  }
}

export { once };
