// The CI form of the audits after quick reloads; the long form is npm run chaos -- --messages 0 --reloads 1000.
import { test } from 'node:test';
import { reloadAudits } from './reload-audits.ts';

const SEED = Number(process.env['WEIR_CHAOS_SEED'] ?? Date.now() % 1_000_000);

test(`the audit is content after each of 8 sequences of quick reloads, seed ${SEED}`, async () => {
  await reloadAudits(8, SEED);
});
