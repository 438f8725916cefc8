// A store that cannot be written for a while: nothing is lost, nothing counts twice, and the reason is said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openingError, storeError } from '../../src/store/sqlite/trouble.ts';
import { StoreError } from '../../src/store/store.ts';
import { openStore, sqliteKind } from '../support/open-store.ts';
import { at } from '../support/positions.ts';
import { cell, commit, keyCell, S, seal, sealSpan } from '../support/stored.ts';

type Open = ReturnType<typeof openStore>;

const TROUBLES: readonly {
  readonly name: string;
  readonly says: RegExp;
  begin(open: Open): void;
  end(open: Open): void;
}[] = [
  {
    name: 'a full disk',
    says: /its disk is full; free some space/,
    begin({ own }) {
      const { page_count: count } = own.prepare('PRAGMA page_count').get()!;
      own.exec(`PRAGMA max_page_count = ${Number(count)}`);
    },
    end: ({ own }) => own.exec('PRAGMA max_page_count = 1000000'),
  },
  {
    name: 'a file that became read-only',
    says: /it is read-only; give Weir the right to write it/,
    begin: ({ own }) => own.exec('PRAGMA query_only = 1'),
    end: ({ own }) => own.exec('PRAGMA query_only = 0'),
  },
  {
    name: "another's lock",
    says: /another process holds a lock on it/,
    begin: ({ other }) => other.exec('BEGIN EXCLUSIVE'),
    end: ({ other }) => other.exec('ROLLBACK'),
  },
];

for (const { name, says, begin, end } of TROUBLES) {
  test(`${name}: the commit fails as trouble, and what has waited is written exactly`, (t) => {
    const open = openStore(t);
    const { writer, care, path } = open;
    writer.begin(S);
    writer.commit(sealSpan(S, S + 50));
    begin(open);
    const waiting = sealSpan(S + 50, S + 1_000);
    const more = commit([
      seal('new', S + 1_000, [cell(S + 990, 4)], {
        keyCells: [{ second: S + 990, ...keyCell('k', 4, 0) }],
        positions: at('7:7'),
      }),
    ]);
    for (let round = 0; round < 2; round++) {
      assert.throws(
        () => writer.commit({ ...waiting, seals: [...waiting.seals, ...more.seals] }),
        (error) =>
          error instanceof StoreError && error.kind === 'trouble' && says.test(error.message),
      );
    }
    end(open);
    assert.equal(open.cells('steady', '1s').length, 50, 'what failed left nothing behind');
    writer.commit({ ...waiting, seals: [...waiting.seals, ...more.seals] });
    const whole = sealSpan(S, S + 1_000).seals[0]!.cells;
    const expected = whole.reduce((sum, { tally }) => sum + tally.counted, 0);
    for (const tier of ['1s', '1m', '15m'] as const) {
      const found = open.cells('steady', tier).reduce((sum, { tally }) => sum + tally.counted, 0);
      assert.equal(found, expected, tier);
    }
    assert.deepEqual(
      open.keyCells('new', '1s', 'k').map(({ counted, damaged }) => [counted, damaged]),
      [[4, false]],
    );
    assert.equal(writer.state().positions.get('new')?.shards.get(''), '7:7');
    assert.deepEqual(care.told, [], 'trouble is no damage');
    assert.equal(openAudit(path), 0);
  });
}

test('amendments whose commit failed are applied when it is tried again, and not before', (t) => {
  const { writer, own, cells } = openStore(t);
  writer.commit(commit([seal('a', S + 60, [cell(S, 5)])]));
  const amendments = [{ ...cell(S, 2, { coveredMs: 0 }), keyCells: [], heals: true }];
  const late = commit([seal('a', S + 61, [], { amendments, amendmentCount: 1 })]);
  own.exec('PRAGMA query_only = 1');
  assert.throws(() => writer.commit(late), StoreError);
  own.exec('PRAGMA query_only = 0');
  writer.commit(late);
  for (const tier of ['1s', '1m'] as const) {
    assert.deepEqual(
      cells('a', tier).map(({ tally, amended }) => [tally.counted, amended]),
      [[7, 1]],
    );
  }
});

test('pruning that fails moves no watermark', (t) => {
  const { writer, own, cells, path } = openStore(t);
  writer.commit(sealSpan(S, S + 900));
  own.exec('PRAGMA query_only = 1');
  assert.throws(() => writer.prune((S + 3_600 + 450) * 1_000), StoreError);
  own.exec('PRAGMA query_only = 0');
  const amendments = [{ ...cell(S + 10, 1, { coveredMs: 0 }), keyCells: [], heals: true }];
  writer.commit(commit([seal('steady', S + 900, [], { amendments, amendmentCount: 1 })]));
  assert.equal(cells('steady', '1s', S + 10, S + 11)[0]!.amended, 1, 'its second is still kept');
  writer.prune((S + 3_600 + 450) * 1_000);
  assert.equal(cells('steady', '1s')[0]!.start, (S + 450) * 1_000);
  assert.equal(openAudit(path), 0);
});

function openAudit(path: string): number {
  return sqliteKind.audit(path).differenceCount;
}

test('what keeps a store from being opened is said with its remedy, and is told apart from damage', () => {
  const sqlite = (errcode: number) => Object.assign(new Error('as SQLite says'), { errcode });
  const system = (code: string) => Object.assign(new Error('as the system says'), { code });
  for (const [error, kind, says] of [
    [sqlite(5), 'trouble', /another process holds a lock on it; end that process/],
    [sqlite(8 + 256), 'trouble', /it is read-only; give Weir the right/],
    [sqlite(10 + 512), 'trouble', /look at the disk/],
    [sqlite(14), 'trouble', /is there such a folder/],
    [system('EACCES'), 'trouble', /may not be accessed; give Weir the right/],
    [system('EROFS'), 'trouble', /it is read-only/],
    [system('ENOSPC'), 'trouble', /its disk is full; free some space/],
    [sqlite(11), 'damaged', /Move it away/],
    [sqlite(26), 'damaged', /Move it away/],
    [new Error('another Weir is writing it'), 'trouble', /another Weir.*name another with --store/],
  ] as const) {
    const told = openingError('/data/weir.db', error, false);
    assert.equal(told.kind, kind);
    assert.match(told.message, /^The store \/data\/weir\.db cannot be opened: /);
    assert.match(told.message, says);
    assert.equal(storeError('/data/weir.db', error).kind, kind);
  }
  assert.equal(openingError('/data/weir.db', sqlite(26), true).kind, 'refused');
});
