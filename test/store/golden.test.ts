// Stores that earlier versions wrote are opened, brought up to date, and give exactly the counts that went in.
import assert from 'node:assert/strict';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { keySeries } from '../../src/model/series.ts';
import { TIERS, type TierName } from '../../src/model/tier.ts';
import { storeKind } from '../../src/store/index.ts';
import type { StoreReader } from '../../src/store/store.ts';
import { temporaryFolder } from '../support/folder.ts';
import { BY_KEY } from '../support/positions.ts';
import { gapsOf, RETENTION, rollingUp, S, sealSpan } from '../support/stored.ts';

const folder = fileURLToPath(new URL('./golden/', import.meta.url));
const golden = readdirSync(folder).filter((name) => name.endsWith('.weir'));
const kind = storeKind('sqlite')!;
const PRUNED_TO = S + 840;

function opened(t: TestContext, name: string) {
  const path = join(temporaryFolder(t), 'weir.db');
  copyFileSync(join(folder, name), path);
  const writer = rollingUp(kind.openWriter(path, RETENTION));
  const reader = kind.openReader(path);
  t.after(() => {
    reader.close();
    writer.close();
  });
  return { path, writer, reader };
}

/** Counted by start of the tier's cells, of what went in. Seconds of the running part stay seconds. */
function expected(channel: 'steady' | 'keyed', seconds: number): [number, number, number][] {
  const [steady, keyed] = sealSpan(S, S + 905).seals;
  const cells = [...(channel === 'steady' ? steady! : keyed!).cells];
  const sums = new Map<number, [number, number]>();
  for (const { second, tally } of cells) {
    const late = channel === 'steady' && second === S + 130 ? 1 : 0;
    const grain = second >= S + 900 ? 1 : seconds;
    const start = second - (second % grain);
    const [counted, covered] = sums.get(start) ?? [0, 0];
    sums.set(start, [counted + tally.counted + late, covered + tally.coveredMs]);
  }
  return [...sums]
    .filter(([start]) => seconds > 1 || start >= PRUNED_TO)
    .map(([start, [counted, covered]]) => [start - S, counted, covered]);
}

function found(reader: StoreReader, channel: string, tier: TierName) {
  const { cells } = reader.cells({
    channel,
    from: S * 1_000,
    to: (S + 960) * 1_000,
    tier,
    definition: BY_KEY,
  });
  assert.ok(cells.every(({ damaged }) => !damaged));
  return cells.map(({ start, tally }) => [start / 1_000 - S, tally.counted, tally.coveredMs]);
}

test('there is a golden store of every version', () => {
  const versions = golden.map((name) => {
    const db = new DatabaseSync(join(folder, name), { readOnly: true });
    const version = db.prepare('PRAGMA user_version').get()!['user_version'];
    db.close();
    return version;
  });
  assert.deepEqual(versions, [1, 2, 3, 4]);
});

for (const name of golden) {
  test(`${name} gives exactly the counts that went in, on every tier, and passes the audit`, (t) => {
    const { path, reader, writer } = opened(t, name);
    for (const { name: tier, seconds } of TIERS) {
      for (const channel of ['steady', 'keyed'] as const) {
        assert.deepEqual(found(reader, channel, tier), expected(channel, seconds), tier);
      }
    }
    const { cells } = reader.cells({
      channel: 'steady',
      from: S * 1_000,
      to: (S + 900) * 1_000,
      tier: '15m',
      definition: BY_KEY,
    });
    assert.equal(cells[0]!.amended, 1);
    const { first, differenceCount } = kind.audit(path);
    assert.deepEqual([first, differenceCount], [null, 0]);
    assert.equal(writer.state().positions.get('steady')?.shards.get(''), `1:${S + 905}`);
    assert.equal(gapsOf(reader, 'steady', 0, 1e15).length, 1);
    assert.equal(reader.events({ channels: null, before: null, limit: 9 }).length, 1);
  });

  test(`${name} is gone on with: keys keep their ids, sums go on`, (t) => {
    const { path, reader, writer } = opened(t, name);
    const before = reader.keyCells(
      {
        channel: 'keyed',
        from: S * 1_000,
        to: (S + 1_800) * 1_000,
        tier: '15m',
        definition: BY_KEY,
      },
      keySeries('x'),
    );
    writer.begin(S + 905);
    writer.commit(sealSpan(S + 905, S + 1_800));
    const after = reader.keyCells(
      {
        channel: 'keyed',
        from: S * 1_000,
        to: (S + 1_800) * 1_000,
        tier: '15m',
        definition: BY_KEY,
      },
      keySeries('x'),
    );
    assert.ok([...before.cells, ...after.cells].every(({ damaged }) => !damaged));
    assert.deepEqual(
      after.cells.map(({ counted }) => counted),
      [1_800, 1_800],
    );
    assert.equal(kind.audit(path).differenceCount, 0);
  });
}

test('a key that version 2 had damaged is damaged after it, and no other', (t) => {
  const path = join(temporaryFolder(t), 'weir.db');
  copyFileSync(join(folder, 'v2.weir'), path);
  const db = new DatabaseSync(path);
  const at = (offset: number) => `WHERE start = ${S + offset}`;
  db.exec(`UPDATE key_cell_1s SET counted = counted + 1 ${at(850)} AND key = 1`);
  db.exec(`DELETE FROM key_cell_1s ${at(852)} AND key = 2`);
  db.exec(`UPDATE key_cell_1s SET sum = 1e300, checksum = 9223372036854775807 ${at(854)}`);
  db.exec(`UPDATE key_cell_1s SET key = 9223372036854775807 ${at(856)} AND key = 3`);
  db.exec(`UPDATE key_cell_1m SET damaged = 1 ${at(600)} AND key = 3`);
  db.close();
  const writer = kind.openWriter(path, RETENTION);
  const reader = kind.openReader(path);
  t.after(() => {
    reader.close();
    writer.close();
  });
  const damaged = (tier: TierName, key: string) =>
    reader
      .keyCells(
        { channel: 'keyed', from: S * 1_000, to: (S + 900) * 1_000, tier, definition: BY_KEY },
        keySeries(key),
      )
      .cells.filter((found) => found.damaged)
      .map(({ start }) => start / 1_000 - S);
  assert.deepEqual(damaged('1s', 'z'), [850, 852, 854, 856]);
  assert.deepEqual(damaged('1m', 'x'), [600]);
  assert.deepEqual(damaged('15m', 'x'), []);
  assert.ok(kind.audit(path).differenceCount >= 5);
});
