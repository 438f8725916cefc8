// The CI form of bad nights: each kind of trouble twice; the long form is npm run chaos.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadNights } from './bad-nights.ts';

const SEED = Number(process.env['WEIR_CHAOS_SEED'] ?? Date.now() % 1_000_000);

test(`suspended, clock stepped, file edited under a bad network, seed ${SEED}`, async (t) => {
  const suspendMs = { least: 2_500, most: 4_000 };
  const nights = await BadNights.start(SEED, { rate: 2_500, roundMs: 2_000, suspendMs });
  t.after(() => nights.stop());
  for (let round = 0; round < 8; round++) await nights.round();
  const found = await nights.check();
  assert.equal(found.counted + found.missed, found.issued);
  await nights.audit();
  t.diagnostic(`${JSON.stringify(found)} ${JSON.stringify(nights.done)}`);
});
