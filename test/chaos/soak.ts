// npm run soak -- --minutes N [--seed S]: one Weir under all faults mixed. Says at the end how its memory and its open
// descriptors went, and whether the ledger holds. Exit code 1 when something does not.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seeded } from '../support/seeded.ts';
import { BadNetwork, ledgers } from './conservation.ts';
import { STATES, WAYS } from './die-at.ts';
import { WeirProcess } from './weir-process.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rate: { type: 'string', default: '100' },
  },
});
const MINUTES = Number(values.minutes);
const random = seeded(Number(values.seed));
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

const folder = mkdtempSync(join(tmpdir(), 'weir-soak-'));
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const [config, store, armed] = ['channels.yaml', 'weir.db', 'armed'].map((name) =>
  join(folder, name),
) as [string, string, string];
const network = await BadNetwork.start(1_000_000);
writeFileSync(config, network.yaml);
const weir = new WeirProcess({
  config,
  store,
  door: path('./impatient-weir.ts'),
  preload: path('./die-at.ts'),
  env: { WEIR_ARMED: armed },
});
await weir.started();

const counts = { deaths: 0, reloads: 0, stops: 0, locks: 0, rounds: 0 };

/** Now and then something worse than the network. */
async function trouble(): Promise<void> {
  const dice = random();
  if (dice < 0.06) {
    writeFileSync(armed, `${pick(STATES)} ${pick(WAYS)}`);
    counts.deaths += 1;
  } else if (dice < 0.3) {
    writeFileSync(
      config,
      network.yaml.replaceAll('keys: 7', `keys: ${2 + Math.floor(random() * 9)}`),
    );
    weir.signalOnly('SIGHUP');
    counts.reloads += 1;
  } else if (dice < 0.34) {
    weir.signalOnly('SIGSTOP');
    await sleep(random() * 3_000);
    weir.signalOnly('SIGCONT');
    counts.stops += 1;
  } else if (dice < 0.38) {
    const lock = new DatabaseSync(store, { timeout: 5_000 });
    lock.exec('BEGIN IMMEDIATE');
    await sleep(random() * 4_000);
    lock.close();
    counts.locks += 1;
  }
}

interface Sample {
  readonly minutes: number;
  readonly rssMb: number;
  readonly descriptors: number;
}

function sample(startedAt: number): Sample {
  const status = readFileSync(`/proc/${weir.pid}/status`, 'utf8');
  return {
    minutes: (performance.now() - startedAt) / 60_000,
    rssMb: Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1_024,
    descriptors: readdirSync(`/proc/${weir.pid}/fd`).length,
  };
}

/** The slope of a straight line through the samples, a minute. */
function slope(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const x = mean(samples.map(({ minutes }) => minutes));
  const y = mean(samples.map(of));
  const over = samples.reduce((sum, one) => sum + (one.minutes - x) * (of(one) - y), 0);
  return over / samples.reduce((sum, one) => sum + (one.minutes - x) ** 2, 0);
}

const startedAt = performance.now();
const samples: Sample[] = [];
let failure: string | null = null;
try {
  while (performance.now() - startedAt < MINUTES * 60_000) {
    await Promise.all([
      network.round(Math.floor(random() * 1e9), 5_000, Number(values.rate)),
      trouble(),
    ]);
    await network.settle(weir, `round ${counts.rounds}`);
    counts.rounds += 1;
    samples.push(sample(startedAt));
    if (counts.rounds % 20 === 0) console.log(JSON.stringify({ ...samples.at(-1), ...counts }));
  }
  await network.checkSeconds(weir);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const gone = weir.ended ? `; it ended (${weir.signal}): ${weir.lines.slice(-6).join(' | ')}` : '';
  failure = message + gone;
}
const all = failure === null ? [...(await ledgers(weir)).values()] : [];
const later = samples.slice(Math.floor(samples.length / 3));
console.log(
  JSON.stringify(
    {
      seed: values.seed,
      minutes: MINUTES,
      ...counts,
      restarts: weir.lines.filter((line) => line.includes('thread-restart')).length,
      fired: network.fired,
      counted: all.reduce((sum, { counted }) => sum + counted, 0),
      ledgerDifference: all.reduce((sum, { difference }) => sum + Math.abs(difference), 0),
      rssMb: [samples[0]?.rssMb, samples.at(-1)?.rssMb],
      rssMbPerHour: slope(later, ({ rssMb }) => rssMb) * 60,
      descriptors: [samples[0]?.descriptors, samples.at(-1)?.descriptors],
      failure,
    },
    null,
    1,
  ),
);
await weir.kill('SIGTERM');
await network.stop();
rmSync(folder, { recursive: true, force: true });
process.exitCode = failure === null ? 0 : 1;
