// The CI form of kill -9: 100 kills at random moments under load, and one at every named step of sealing.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../src/cli/index.ts';
import { seeded } from '../support/seeded.ts';
import { KillWorld } from './kill.ts';
import { STEPS } from './kill-at.ts';

const SEED = Number(process.env['WEIR_CHAOS_SEED'] ?? Date.now() % 1_000_000);
const KILLS = Number(process.env['WEIR_CHAOS_KILLS'] ?? 100);

test(`${KILLS} kills at random moments under load, seed ${SEED}`, async (t) => {
  const world = await KillWorld.start();
  t.after(() => world.stop());
  const random = seeded(SEED);
  while (world.killCount < KILLS) {
    // Also before it is up, and while it resumes.
    await sleep(random() * 400);
    await world.killNow();
  }
  const seconds = await world.check();
  t.diagnostic(`${world.killCount} kills, ${seconds} seconds equal`);
  await assertAudit(world);
});

test('a kill at every named step of the seal-and-commit path', async (t) => {
  const world = await KillWorld.start();
  t.after(() => world.stop());
  const random = seeded(SEED);
  for (const step of STEPS) await world.killAt(step, Math.floor(random() * 4));
  await world.check();
  await assertAudit(world);
});

async function assertAudit(world: KillWorld): Promise<void> {
  await world.weir.kill('SIGTERM');
  const said: string[] = [];
  const out = {
    print: (line: string) => said.push(line),
    complain: (line: string) => said.push(line),
  };
  const code = await run(['audit', join(world.folder, 'weir.db')], out);
  assert.equal(code, 0, said.join('\n'));
}
