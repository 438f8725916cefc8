// A store that is not what was written: read as not observed, never laundered by a sum, and set aside when it cannot be gone on with.
import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { foldBuckets } from '../../src/model/bucket.ts';
import { CellTable } from '../../src/store/sqlite/cell-table.ts';
import { keyCellsOf } from '../../src/store/sqlite/key-pack.ts';
import { KEYS_COLUMNS, keysValues } from '../../src/store/sqlite/keys-row.ts';
import { CELL_COLUMNS, cellValues } from '../../src/store/sqlite/rows.ts';
import { StoreError } from '../../src/store/store.ts';
import { temporaryFolder } from '../support/folder.ts';
import { careAt, openStore, sqliteKind } from '../support/open-store.ts';
import { BY_KEY } from '../support/positions.ts';
import {
  cell,
  commit,
  fill,
  gapsOf,
  RETENTION,
  S,
  seal,
  sealSpan,
  shrink,
} from '../support/stored.ts';

const ASIDE = /^weir\.db\.damaged-\d{4}-\d\d-\d\dT\d{6}Z$/;

test('an altered cell is not observed: its bucket is partial, with the damage as its gap', (t) => {
  const { writer, other, cells } = openStore(t);
  writer.commit(commit([seal('a', S + 2, [cell(S, 5), cell(S + 1, 5)])]));
  other.exec(`UPDATE cell_1s SET counted = 6, received = 6 WHERE start = ${S}`);
  const found = cells('a', '1s', S, S + 2);
  assert.deepEqual(
    found.map(({ tally, damaged }) => [tally.counted, damaged]),
    [
      [0, true],
      [5, false],
    ],
  );
  const edges = [S * 1_000, (S + 1) * 1_000, (S + 2) * 1_000];
  const fold = (of: number[]) =>
    foldBuckets({
      edges: of,
      cells: found,
      gaps: [],
      sealedTo: edges[2]!,
      now: edges[2]!,
      definition: BY_KEY,
    });
  assert.deepEqual(
    fold(edges).map(({ state }) => state),
    ['missing', 'complete'],
  );
  const [both] = fold([edges[0]!, edges[2]!]);
  assert.equal(both!.state, 'partial');
  assert.equal(both!.gaps[0]!.cause, 'damaged');
});

test('a row that is in another place than its own is as wrong as an altered one', (t) => {
  const { writer, other, cells } = openStore(t);
  writer.commit(commit([seal('a', S + 2, [cell(S, 5)]), seal('b', S + 2, [cell(S, 7)])]));
  other.exec(`UPDATE cell_1s SET start = ${S + 1} WHERE series = 1`);
  assert.deepEqual(cells('a', '1s')[0]!.damaged, true);
  other.exec('UPDATE cell_1s SET series = 3 WHERE series = 2');
  other.exec('UPDATE cell_1s SET series = 2 WHERE series = 1');
  assert.deepEqual(cells('b', '1s')[0]!.damaged, true);
});

test('a second that is found among the minutes is no minute', (t) => {
  const { writer, other, cells } = openStore(t);
  writer.commit(sealSpan(S, S + 60));
  other.exec(`DELETE FROM cell_1m; INSERT INTO cell_1m SELECT * FROM cell_1s WHERE start = ${S}`);
  assert.deepEqual(
    cells('steady', '1m').map(({ tally, damaged }) => [tally.counted, damaged]),
    [[0, true]],
  );
});

test('a row that is there twice, as broken links can make it, counts once, and as damaged', () => {
  const db = new DatabaseSync(':memory:');
  const columns = (names: string[]) => names.map((name) => `"${name}"`).join(', ');
  db.exec(`
    CREATE TABLE cell_1s (${columns(['series', 'start', ...CELL_COLUMNS])});
    CREATE TABLE keys_1s (${columns(['series', 'start', ...KEYS_COLUMNS])});
  `);
  const tally = cell(S, 5).tally;
  const row = cellValues('1s', 1, { start: S, tally, amended: 0, keyed: 5, damaged: 0 });
  const keys = keyCellsOf([{ id: 1, counted: 5, sum: 0, sumLow: 0 }]);
  const keyRow = keysValues('1s', 1, { start: S, cells: keys, damaged: 0 });
  for (let times = 0; times < 2; times++) {
    db.prepare(`INSERT INTO cell_1s VALUES (${row.map(() => '?')})`).run(...row);
    db.prepare(`INSERT INTO keys_1s VALUES (${keyRow.map(() => '?')})`).run(...keyRow);
  }
  const table = new CellTable(db, '1s');
  const span = { series: 1, from: S, to: S + 10 };
  assert.deepEqual(
    table.cells(span).map((found) => [found.tally.counted, found.damaged]),
    [
      [5, 0],
      [0, 1],
    ],
  );
  assert.deepEqual(
    table.keys(span).map((found) => [...found.cells.counted, found.damaged]),
    [[5, 0], [1]],
  );
  db.close();
});

/** Another count of the second of three keys. */
const ALTERED_PACK = "CAST(substr(pack, 1, 12) || x'63' || substr(pack, 14) AS BLOB)";

for (const [what, harm] of [
  ['altered', `UPDATE keys_1s SET pack = ${ALTERED_PACK} WHERE start = ${S}`],
  ['cut short', `UPDATE keys_1s SET pack = substr(pack, 1, length(pack) - 10) WHERE start = ${S}`],
  ['empty', `UPDATE keys_1s SET pack = zeroblob(0) WHERE start = ${S}`],
  ['gone', `DELETE FROM keys_1s WHERE start = ${S}`],
  ['called damaged', `UPDATE keys_1s SET damaged = 1 WHERE start = ${S}`],
  ["another second's", `UPDATE keys_1s SET start = ${S} - 1 WHERE start = ${S}`],
  ['without its name', 'DELETE FROM key WHERE id = 2'],
  ['renamed', "UPDATE key SET name = 'x2' WHERE id = 2"],
] as const) {
  test(`keys of a second that are ${what}: its time is damaged, whichever key is asked for`, (t) => {
    const { writer, other, keyCells } = openStore(t);
    writer.commit(sealSpan(S, S + 3));
    other.exec(harm);
    for (const key of [null, 'x', 'z']) {
      const damaged = keyCells('keyed', '1s', key).filter((found) => found.damaged);
      assert.equal(damaged[0]!.start, S * 1_000, String(key));
      assert.ok(damaged.every(({ counted }) => counted === 0));
    }
  });
}

test('a damaged second makes a damaged minute and quarter; so does one that an amendment meets', (t) => {
  const { writer, other, cells, path } = openStore(t);
  writer.commit(sealSpan(S, S + 50));
  other.exec(
    `UPDATE cell_1s SET counted = counted + 1, received = received + 1 WHERE start = ${S + 5}`,
  );
  other.exec(`UPDATE keys_1s SET pack = ${ALTERED_PACK} WHERE start = ${S + 6}`);
  const amendments = [{ ...cell(S + 5, 1, { coveredMs: 0 }), keyCells: [], heals: true }];
  writer.commit(commit([seal('steady', S + 50, [], { amendments, amendmentCount: 1 })]));
  writer.commit(sealSpan(S + 50, S + 900));
  for (const tier of ['1s', '1m', '15m'] as const) {
    const damaged = cells('steady', tier).filter((found) => found.damaged);
    assert.equal(damaged.length, 1, tier);
  }
  const { first, differenceCount } = sqliteKind.audit(path);
  assert.equal(first!.tier, '1s');
  assert.ok(differenceCount >= 5);
});

test('a number that no double can hold is damage, not an error', (t) => {
  const { writer, other, cells, keyCells } = openStore(t);
  writer.commit(sealSpan(S, S + 30));
  other.exec(`UPDATE cell_1s SET received = 9223372036854775807 WHERE start = ${S}`);
  other.exec(`UPDATE keys_1s SET damaged = 9223372036854775807 WHERE start = ${S + 1}`);
  assert.deepEqual(
    cells('keyed', '1s').map(({ damaged }) => damaged),
    [true, ...Array(29).fill(false)],
  );
  assert.ok(keyCells('keyed', '1s').some(({ damaged }) => damaged));
  writer.commit(sealSpan(S + 30, S + 60));
  assert.deepEqual(
    cells('keyed', '1m').map(({ damaged }) => damaged),
    [true],
  );
});

for (const [what, harm] of [
  ['a channel whose watermark was altered', 'UPDATE channel SET rolled_1m = rolled_1m + 60'],
  ['a channel that is gone', 'DELETE FROM channel WHERE id = 2'],
  ['an altered note of when Weir was alive', "UPDATE meta SET value = '1' WHERE name = 'alive'"],
  ['a table that is gone', 'DROP TABLE keys_1m'],
  ['a table with another column', 'ALTER TABLE cell_1m RENAME COLUMN counted TO counter'],
] as const) {
  test(`${what}: the store is set aside at the start, told, and a new one begun`, (t) => {
    const folder = temporaryFolder(t);
    const path = join(folder, 'weir.db');
    const first = sqliteKind.openWriter(path, RETENTION);
    fill(first);
    first.close();
    const db = new DatabaseSync(path);
    db.exec(harm);
    db.close();
    assert.throws(
      () => sqliteKind.openWriter(path, RETENTION),
      (error) => error instanceof StoreError && error.kind === 'damaged',
    );
    const care = careAt(S * 1_000);
    const second = sqliteKind.openWriter(path, RETENTION, care);
    t.after(() => second.close());
    const aside = readdirSync(folder).filter((name) => ASIDE.test(name));
    assert.equal(aside.length, 1);
    assert.equal(care.told.length, 1);
    assert.equal(care.told[0]!.kind, 'store-error');
    const { detail } = care.told[0]!;
    assert.match(
      detail,
      /^The store \S+ is damaged: [^.]+\. It is kept as \S+; a new store is begun\.$/,
    );
    assert.ok(detail.includes(aside[0]!));
    assert.equal(second.state().channels.size, 0);
    fill(second);
    assert.equal(sqliteKind.audit(path).differenceCount, 0);
  });
}

test('what is no store of Weir, or one of a later version, is never set aside', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'weir.db');
  const db = new DatabaseSync(path);
  db.exec('CREATE TABLE x (y)');
  db.close();
  const care = careAt(0);
  const refused = (error: unknown) => error instanceof StoreError && error.kind === 'refused';
  assert.throws(() => sqliteKind.openWriter(path, RETENTION, care), refused);
  const later = new DatabaseSync(path);
  later.exec(`PRAGMA application_id = ${0x57656972}; PRAGMA user_version = 999`);
  later.close();
  assert.throws(() => sqliteKind.openWriter(path, RETENTION, care), refused);
  assert.deepEqual(care.told, []);
  assert.ok(readdirSync(folder).every((name) => !name.includes('damaged')));
});

test('a store that is found damaged while it is written: the commit is in a new one, and channels go on where they were', (t) => {
  const { writer, other, care, cells, folder, path, reader } = openStore(t);
  writer.begin(S);
  const amendments = [{ ...cell(S, 1, { coveredMs: 0 }), keyCells: [], heals: true }];
  writer.commit(commit([seal('steady', S + 1, [], { amendments, amendmentCount: 1 })]));
  writer.commit(sealSpan(S, S + 100));
  assert.equal(cells('steady', '1s').length, 99);
  other.exec("DELETE FROM channel WHERE name = 'steady'");
  const more = { ...cell(S + 100, 9), keyCells: [], heals: true };
  writer.commit(
    commit([
      seal('steady', S + 101, [cell(S + 100, 4)], { amendments: [more], amendmentCount: 2 }),
    ]),
  );
  assert.equal(care.told.length, 1);
  assert.match(
    care.told[0]!.detail,
    /^The store .*"steady" is gone\. It is kept as weir\.db\.damaged-/,
  );
  assert.ok(readdirSync(folder).some((name) => ASIDE.test(name)));
  assert.deepEqual(
    cells('steady', '1s').map(({ start, tally }) => [start / 1_000 - S, tally.counted]),
    [[100, 13]],
    'the reader has found the new file; nothing is there twice',
  );
  assert.equal(writer.state().positions.get('steady')?.shards.get(''), `1:${S + 100}`);
  assert.equal(writer.state().sealed.get('keyed')!.sealedTo, S + 100);
  assert.equal(writer.state().sealed.get('steady')!.amendmentCount, 2);
  writer.commit(sealSpan(S + 101, S + 200));
  assert.equal(sqliteKind.audit(path).differenceCount, 0);
  assert.equal(gapsOf(reader, 'steady', 0, 1e15).length, 0);
});

test('pages that were overwritten while Weir runs: it goes on in a new store', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'weir.db');
  const first = sqliteKind.openWriter(path, RETENTION);
  fill(first);
  first.close();
  shrink(path);
  const care = careAt(S * 1_000);
  const writer = sqliteKind.openWriter(path, RETENTION, care);
  t.after(() => writer.close());
  const file = openSync(path, 'r+');
  for (let page = 8; page < 200; page++)
    writeSync(file, Buffer.alloc(512, 0xa5), 0, 512, page * 512);
  closeSync(file);
  writer.begin(S + 905);
  writer.commit(sealSpan(S + 905, S + 1_900));
  writer.prune((S + 90_000) * 1_000);
  writer.commit(sealSpan(S + 1_900, S + 2_000));
  assert.equal(care.told.length, 1);
  assert.equal(sqliteKind.audit(path).differenceCount, 0);
  assert.ok(readdirSync(folder).some((name) => ASIDE.test(name)));
});
