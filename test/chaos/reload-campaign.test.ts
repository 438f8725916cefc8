// 300 random edits, valid and broken, under 20,000 messages a second.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestWeir, until } from '../support/weir.ts';
import { ReloadCampaign } from './reload-campaign.ts';

const SEED = Number(process.env['WEIR_CHAOS_SEED'] ?? Date.now() % 1_000_000);
const EDITS = 300;

test(`${EDITS} edits under 20,000 messages a second, seed ${SEED}`, async (t) => {
  const campaign = await ReloadCampaign.start(SEED);
  t.after(() => campaign.stop());
  const weir = await startTestWeir(t, campaign.yaml);
  await until('connected', () => campaign.oracle.readerCount('steady-1') > 0);
  campaign.flow(20_000);
  const before = campaign.oracle.accepted;
  for (let edit = 0; edit < EDITS; edit++) {
    await campaign.edit(weir);
    await sleep(40);
  }
  await campaign.check(weir);
  const { applied, refused } = campaign.done;
  assert.ok(applied > EDITS / 2 && refused > EDITS / 10);
  const issued = campaign.oracle.issued('steady-1').total;
  t.diagnostic(
    `${applied} applied, ${refused} refused, ${campaign.oracle.accepted - before} new connections, ${issued} messages on each channel`,
  );
});
