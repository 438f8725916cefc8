// npm run chaos -- [--messages N] [--minutes N] [--kills N] [--seed S]: the long forms of conservation and of kill -9.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startWeir } from '../../src/main.ts';
import { seeded } from '../support/seeded.ts';
import { configOf, until } from '../support/weir.ts';
import { BadNetwork, ledgers } from './conservation.ts';
import { KillWorld } from './kill.ts';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '10000000' },
    minutes: { type: 'string', default: '60' },
    kills: { type: 'string', default: '0' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const SEED = Number(values.seed);
const end = performance.now() + Number(values.minutes) * 60_000;

/** Issues messages through the bad network until there were enough, and checks after every round. */
async function conservation(messages: number): Promise<void> {
  const network = await BadNetwork.start(100_000);
  const weir = await startWeir({ config: configOf(network.yaml), folder: '/', onEvent: () => {} });
  const client = {
    get: async (path: string) => await (await fetch(weir.url + path)).json(),
  };
  await until('all subscribed', () =>
    network.names.every((name) => network.oracle.readerCount(name) > 0),
  );
  const issued = () =>
    network.names.reduce((sum, name) => sum + network.oracle.issued(name).total, 0);
  let round = 0;
  while (issued() < messages && performance.now() < end) {
    await network.round(SEED + round, 2_000, 2_500);
    await network.settle(client, `seed ${SEED + round}`);
    round += 1;
    if (round % 20 === 0) console.log(`${round} rounds, ${issued()} messages`);
  }
  const seconds = await network.checkSeconds(client);
  const all = [...(await ledgers(client)).values()];
  const sum = (field: 'counted' | 'missed' | 'replayed') =>
    all.reduce((n, one) => n + one[field], 0);
  const [counted, missed, replayed] = [sum('counted'), sum('missed'), sum('replayed')];
  console.log(
    JSON.stringify({
      seed: SEED,
      rounds: round,
      issued: issued(),
      counted,
      missed,
      replayed,
      seconds,
      fired: network.fired,
    }),
  );
  await weir.stop();
  await network.stop();
}

async function kills(count: number): Promise<void> {
  const world = await KillWorld.start();
  const random = seeded(SEED);
  while (world.killCount < count) {
    await sleep(random() * 600);
    await world.killNow();
    if (world.killCount % 100 === 0) console.log(`${world.killCount} kills`);
  }
  console.log(JSON.stringify({ seed: SEED, kills: world.killCount, seconds: await world.check() }));
  await world.stop();
}

if (Number(values.messages) > 0) await conservation(Number(values.messages));
if (Number(values.kills) > 0) await kills(Number(values.kills));
