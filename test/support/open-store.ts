// A store in a file of the test's own, open at both ends, and a second connection that does what must not be done.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import type { WeirEvent } from '../../src/model/channel.ts';
import { keySeries } from '../../src/model/series.ts';
import type { TierName } from '../../src/model/tier.ts';
import { storeKind } from '../../src/store/index.ts';
import type { StoreCare } from '../../src/store/store.ts';
import { FakeTime } from './fake-time.ts';
import { temporaryFolder } from './folder.ts';
import { BY_KEY } from './positions.ts';
import { RETENTION, rollingUp, S } from './stored.ts';

export const sqliteKind = storeKind('sqlite')!;

export function careAt(now: number): StoreCare & { readonly told: WeirEvent[] } {
  const told: WeirEvent[] = [];
  return { clock: new FakeTime(now), tell: (event) => told.push(event), told };
}

export function openStore(t: TestContext) {
  const folder = temporaryFolder(t);
  const path = join(folder, 'weir.db');
  const care = careAt((S + 900) * 1_000);
  const connections = connectionsMade();
  const writer = rollingUp(sqliteKind.openWriter(path, RETENTION, care));
  // The last one that was made: the store itself; before it come its lock and the tables to compare with.
  const own = connections.stop().at(-1)!;
  const reader = sqliteKind.openReader(path);
  const other = new DatabaseSync(path, { timeout: 100 });
  t.after(() => {
    for (const one of [other, reader, writer]) {
      try {
        one.close();
      } catch {
        // The test has closed it.
      }
    }
  });
  const cells = (channel: string, tier: TierName, from = S, to = S + 3_600) =>
    reader.cells({ channel, tier, from: from * 1_000, to: to * 1_000, definition: BY_KEY }).cells;
  const keyCells = (channel: string, tier: TierName, key: string | null = null) => {
    const range = { channel, tier, from: S * 1_000, to: (S + 3_600) * 1_000, definition: BY_KEY };
    return reader.keyCells(range, key === null ? null : keySeries(key)).cells;
  };
  return { folder, path, writer, reader, care, own, other, cells, keyCells };
}

/** Notes every connection that prepares a statement, to reach the one that a writer keeps to itself. */
function connectionsMade() {
  const made = new Set<DatabaseSync>();
  const { prepare } = DatabaseSync.prototype;
  DatabaseSync.prototype.prepare = function (sql, ...rest) {
    made.delete(this);
    made.add(this);
    return prepare.call(this, sql, ...rest);
  };
  return {
    stop(): DatabaseSync[] {
      DatabaseSync.prototype.prepare = prepare;
      return [...made];
    },
  };
}
