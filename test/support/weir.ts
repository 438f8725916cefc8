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
import { formatProblem } from '../../src/model/problem.ts';

export interface TestWeir {
  readonly weir: Weir;
  readonly events: WeirEvent[];
  /** GETs a path; parses JSON. Asserts the status, 200 unless told otherwise. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field in tests
  get(path: string, status?: number): Promise<any>;
}

/** Starts a Weir for the test, which ends with it. `yaml` needs no `listen` and no `store`. */
export async function startTestWeir(
  context: TestContext,
  yaml: string,
  options: { readonly folder?: string; readonly store?: string; readonly listen?: string } = {},
): Promise<TestWeir> {
  const text = `listen: ${options.listen ?? '127.0.0.1:0'}\nstore: { kind: sqlite, path: ${options.store ?? 'memory'} }\ncharts: builtin\n${yaml}`;
  const { config, problems } = loadConfig(text, {
    file: 'test.yaml',
    environment: process.env,
    kinds,
  });
  assert.deepEqual(problems.map(formatProblem), []);
  const events: WeirEvent[] = [];
  const weir = await startWeir({
    config: config!,
    folder: options.folder ?? tmpdir(),
    onEvent: (event) => events.push(event),
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
    async get(path, status = 200) {
      const response = await fetch(weir.url + path);
      const body = await response.text();
      assert.equal(response.status, status, `${path}: ${body.slice(0, 500)}`);
      const json = /json$/.test(response.headers.get('content-type')?.split(';')[0] ?? '');
      return json ? JSON.parse(body) : body;
    },
  };
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
