// The CI form of conservation: 200 seeds, in a few runs of Weir. The long form: npm run chaos -- --minutes N
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestWeir, until } from '../support/weir.ts';
import { BadNetwork, ledgers } from './conservation.ts';
import { FAULTS } from './fault-proxy.ts';

const SEED = Number(process.env['WEIR_CHAOS_SEED'] ?? Date.now() % 1_000_000);
const RUNS = 4;
const ROUNDS = 50;

for (let run = 0; run < RUNS; run++) {
  // In the last run the oracle keeps so little that coming back late is a loss, whose size it tells.
  const keep = run === RUNS - 1 ? 10 : 1_000_000;
  const first = SEED + run * ROUNDS;
  test(`counted + known missed = issued, seeds ${first} to ${first + ROUNDS - 1}`, async (t) => {
    const network = await BadNetwork.start(keep);
    t.after(() => network.stop());
    const weir = await startTestWeir(t, network.yaml);
    await until('all subscribed', () =>
      network.names.every((name) => network.oracle.readerCount(name) > 0),
    );
    for (let round = 0; round < ROUNDS; round++) {
      await network.round(first + round, 300, 200);
      await network.settle(weir, `seed ${first + round}`);
    }
    const { fired } = network;
    for (const fault of FAULTS) assert.ok(fired[fault] > 0, `${fault} never fired`);
    const all = [...(await ledgers(weir)).values()];
    const sum = (field: 'counted' | 'missed' | 'replayed') =>
      all.reduce((n, one) => n + one[field], 0);
    assert.ok(sum('replayed') > 0, 'something was replayed');
    if (keep < 1_000) assert.ok(sum('missed') > 0, 'something was missed');
    const seconds = await network.checkSeconds(weir);
    t.diagnostic(
      `${sum('counted')} counted, ${sum('missed')} missed, ${sum('replayed')} replayed, ${seconds} seconds equal; faults ${JSON.stringify(fired)}`,
    );
  });
}
