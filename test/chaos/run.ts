// npm run chaos -- [--messages N] [--rate N] [--minutes N] [--kills N] [--reloads N] [--seed S]: the long forms of bad nights,
// of kill -9, and of quick reloads with an audit after each sequence. `rate`: messages a second.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seeded } from '../support/seeded.ts';
import { BadNights } from './bad-nights.ts';
import { KillWorld } from './kill.ts';
import { reloadAudits } from './reload-audits.ts';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '10000000' },
    rate: { type: 'string', default: '5000' },
    minutes: { type: 'string', default: '60' },
    kills: { type: 'string', default: '0' },
    reloads: { type: 'string', default: '0' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const SEED = Number(values.seed);
const end = performance.now() + Number(values.minutes) * 60_000;

/** Issues messages in bad nights until there were enough; each round is checked. */
async function conservation(messages: number): Promise<void> {
  const suspendMs = { least: 2_000, most: 90_000 };
  const nights = await BadNights.start(SEED, {
    rate: Number(values.rate),
    roundMs: 4_000,
    suspendMs,
  });
  let rounds = 0;
  while (nights.issued < messages && performance.now() < end) {
    await nights.round();
    rounds += 1;
    if (rounds % 10 === 0) console.log(`${rounds} rounds, ${nights.issued} messages`);
  }
  const found = await nights.check();
  const { fired } = nights.network;
  await nights.audit();
  console.log(JSON.stringify({ seed: SEED, rounds, ...found, ...nights.done, fired }));
  await nights.stop();
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
if (Number(values.reloads) > 0) {
  await reloadAudits(Number(values.reloads), SEED);
  console.log(JSON.stringify({ seed: SEED, reloads: Number(values.reloads), differences: 0 }));
}
