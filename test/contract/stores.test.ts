// The contract of stores: one suite that every kind of the register passes, on a file and in memory.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import type { Gap } from '../../src/model/bucket.ts';
import { keySeries } from '../../src/model/series.ts';
import { emptyTally, type MutableTally } from '../../src/model/tally.ts';
import { TIERS, type TierName } from '../../src/model/tier.ts';
import { storeKinds } from '../../src/store/index.ts';
import type { Amendment, StoreReader } from '../../src/store/store.ts';
import { temporaryFolder } from '../support/folder.ts';
import { at, BY_KEY } from '../support/positions.ts';
import { cell, commit, gapsOf, keyCell, rollingUp, S, seal } from '../support/stored.ts';

const RETENTION = { '1s': 3_600_000, '1m': 86_400_000, '15m': 10 * 86_400_000 };

for (const kind of storeKinds) {
  for (const path of ['weir.db', 'memory']) {
    describe(`store ${kind.kind}, ${path}`, () => {
      function open(
        t: TestContext,
        location = kind.locate(kind.options.parse({ kind: kind.kind, path }), temporaryFolder(t)),
      ) {
        const writer = rollingUp(kind.openWriter(location, RETENTION));
        const reader: StoreReader = kind.openReader(location);
        t.after(() => {
          reader.close();
          writer.close();
        });
        return { writer, reader, location };
      }

      const counts = (reader: StoreReader, tier: TierName, from: number, to: number) =>
        reader
          .cells({ channel: 'a', from: from * 1_000, to: to * 1_000, tier, definition: BY_KEY })
          .cells.map(({ start, tally }) => [start / 1_000 - S, tally.counted]);

      test('what was sealed is read back, every field of it', (t) => {
        const { writer, reader } = open(t);
        const tally = Object.fromEntries(
          Object.keys(emptyTally()).map((field, i) => [field, i + 1.0]),
        ) as MutableTally;
        tally.sum = 0.1 + 0.2;
        writer.commit(commit([seal('a', S + 1, [{ second: S, tally }], { positions: at('1:7') })]));
        const { cells, sealedTo } = reader.cells({
          channel: 'a',
          from: S * 1_000,
          to: (S + 1) * 1_000,
          tier: '1s',
          definition: BY_KEY,
        });
        assert.deepEqual(cells, [
          { start: S * 1_000, tally, amended: 0, damaged: false, definition: BY_KEY },
        ]);
        assert.equal(sealedTo, (S + 1) * 1_000);
        assert.equal(writer.state().positions.get('a')?.shards.get(''), '1:7');
      });

      test('an unknown channel has nothing, and that is no error', (t) => {
        const { reader } = open(t);
        assert.deepEqual(
          reader.cells({ channel: 'x', from: 0, to: 1e12, tier: '1m', definition: BY_KEY }),
          {
            sealedTo: 0,
            cells: [],
            gaps: [],
          },
        );
        assert.deepEqual(gapsOf(reader, 'x', 0, 1e12), []);
      });

      test('minutes and quarters are rolled up when they are over; until then finer cells stand in', (t) => {
        const { writer, reader } = open(t);
        writer.commit(
          commit([
            seal(
              'a',
              S + 90,
              Array.from({ length: 90 }, (_, i) => cell(S + i, 1)),
            ),
          ]),
        );
        assert.deepEqual(counts(reader, '1m', S, S + 120).slice(0, 3), [
          [0, 60],
          [60, 1],
          [61, 1],
        ]);
        writer.commit(
          commit([
            seal(
              'a',
              S + 900,
              Array.from({ length: 810 }, (_, i) => cell(S + 90 + i, 1)),
            ),
          ]),
        );
        assert.deepEqual(counts(reader, '15m', S, S + 900), [[0, 900]]);
        assert.equal(counts(reader, '1m', S, S + 900).length, 15);
      });

      test('what comes after the roll-up is added on every tier, and marked as amended', (t) => {
        const { writer, reader } = open(t);
        writer.commit(commit([seal('a', S + 900, [cell(S, 5)])]));
        writer.commit(commit([seal('a', S + 900, [cell(S, 2, { coveredMs: 0 })])]));
        for (const { name } of TIERS) {
          const { cells } = reader.cells({
            channel: 'a',
            from: S * 1_000,
            to: (S + 900) * 1_000,
            tier: name,
            definition: BY_KEY,
          });
          assert.equal(cells[0]!.tally.counted, 7, name);
          assert.equal(cells[0]!.amended, 1, name);
        }
      });

      test('at every moment each tier has the same sums, whatever the order of seals', (t) => {
        const { writer, reader } = open(t);
        let at = S;
        let total = 0;
        fc.assert(
          fc.property(
            fc.integer({ min: 1, max: 700 }),
            fc.integer({ min: 0, max: 9 }),
            fc.boolean(),
            (step, count, late) => {
              const second = late ? S + ((at - S) >> 1) : at;
              writer.commit(commit([seal('a', at + step, [cell(second, count)])]));
              at += step;
              total += count;
              for (const { name } of TIERS) {
                const sum = counts(reader, name, S - 900, at + 900).reduce((a, [, b]) => a + b!, 0);
                assert.equal(sum, total, name);
              }
            },
          ),
          { numRuns: 60 },
        );
      });

      const amendment = (second: number, counted: number, more: Partial<MutableTally> = {}) => ({
        ...cell(second, counted, { coveredMs: 0, ...more }),
        keyCells: [] as Amendment['keyCells'],
        heals: true,
      });

      const amended = (reader: StoreReader, tier: TierName) =>
        reader
          .cells({ channel: 'a', from: 0, to: (S + 90_000) * 1_000, tier, definition: BY_KEY })
          .cells.map((c) => [c.start / 1_000 - S, c.tally.counted, c.amended]);

      test('an amendment is added on every tier, and raises what it touches and what it makes by one', (t) => {
        const { writer, reader } = open(t);
        writer.commit(commit([seal('a', S + 900, [cell(S, 5), cell(S + 1, 5)])]));
        const amendments = [
          amendment(S, 2, { coveredMs: -300, missed: -2 }),
          amendment(S + 70, 3),
          { ...amendment(S, 1), keyCells: [keyCell('x', 1, 4)] },
        ];
        writer.commit(commit([seal('a', S + 901, [], { amendments, amendmentCount: 3 })]));
        assert.deepEqual(amended(reader, '15m'), [[0, 16, 3]]);
        assert.deepEqual(amended(reader, '1m'), [
          [0, 13, 2],
          [60, 3, 1],
        ]);
        const range = { channel: 'a', from: S * 1_000, to: (S + 900) * 1_000 };
        const seconds = reader.cells({ ...range, tier: '1s', definition: BY_KEY }).cells;
        assert.deepEqual(
          seconds.map(({ start, tally, amended: times }) => [
            start / 1_000 - S,
            tally.counted,
            times,
          ]),
          [
            [0, 8, 2],
            [1, 5, 0],
            [70, 3, 1],
          ],
        );
        assert.equal(seconds[0]!.tally.coveredMs, 700);
        assert.equal(seconds[0]!.tally.missed, -2);
        for (const { name: tier } of TIERS) {
          const keys = reader.keyCells(
            { ...range, tier, definition: BY_KEY },
            keySeries('x'),
          ).cells;
          assert.deepEqual(
            keys.map(({ counted, sum, damaged }) => [counted, sum, damaged]),
            [[1, 4, false]],
          );
        }
      });

      test('an amendment of a time that is not rolled up yet comes to the coarser tiers once', (t) => {
        const { writer, reader } = open(t);
        writer.commit(commit([seal('a', S + 30, [cell(S, 5)])]));
        writer.commit(
          commit([seal('a', S + 31, [], { amendments: [amendment(S, 2)], amendmentCount: 1 })]),
        );
        writer.commit(commit([seal('a', S + 900, [])]));
        for (const { name } of TIERS) assert.deepEqual(amended(reader, name), [[0, 7, 1]], name);
      });

      test('how far amendments were brought is kept with the channel; a run counts its own from nought', (t) => {
        const { writer } = open(t);
        writer.commit(
          commit([seal('a', S + 1, [], { amendments: [amendment(S, 1)], amendmentCount: 17 })]),
        );
        assert.deepEqual(writer.state().sealed.get('a'), { sealedTo: S + 1, amendmentCount: 17 });
        writer.begin(S + 1);
        assert.equal(writer.state().sealed.get('a')!.amendmentCount, 0);
      });

      test('an amendment that was awaited is no healing: what it touches is not amended', (t) => {
        const { writer, reader } = open(t);
        writer.commit(commit([seal('a', S + 1, [cell(S, 5)])]));
        const awaited = { ...amendment(S, 2), heals: false };
        writer.commit(commit([seal('a', S + 2, [], { amendments: [awaited], amendmentCount: 1 })]));
        assert.deepEqual(amended(reader, '1s'), [[0, 7, 0]]);
      });

      test('an amendment makes no cell where that time was pruned, and is never lost', (t) => {
        const { writer, reader, location } = open(t);
        writer.commit(commit([seal('a', S + 900, [cell(S, 5)])]));
        writer.prune((S + 3_601) * 1_000);
        const bring = (second: number, amendmentCount: number) =>
          writer.commit(
            commit([
              seal('a', S + 900, [], { amendments: [amendment(second, 1)], amendmentCount }),
            ]),
          );
        bring(S, 1);
        assert.deepEqual(amended(reader, '1m'), [[0, 6, 1]]);
        const seconds = {
          channel: 'a',
          from: S * 1_000,
          to: (S + 900) * 1_000,
          tier: '1s',
          definition: BY_KEY,
        } as const;
        assert.deepEqual(reader.cells(seconds).cells, []);
        bring(S - 20 * 86_400, 2);
        assert.deepEqual(amended(reader, '15m'), [
          [-20 * 86_400, 1, 1],
          [0, 6, 1],
        ]);
        assert.deepEqual(amended(reader, '1m'), [[0, 6, 1]]);
        if (path !== 'memory') assert.equal(kind.audit(location).differenceCount, 0);
      });

      test('two runs that share a second do not amend it; what comes for a sealed one does', (t) => {
        const { writer, reader } = open(t);
        writer.commit(commit([seal('a', S + 1, [cell(S, 4)])]));
        writer.begin(S);
        writer.commit(commit([seal('a', S + 1, [cell(S, 2)])]));
        assert.deepEqual(amended(reader, '1s'), [[0, 6, 0]]);
        writer.commit(commit([seal('a', S + 1, [cell(S, 2)])]));
        assert.deepEqual(amended(reader, '1s'), [[0, 8, 1]]);
      });

      test('keys are read by name, alone or together, on every tier', (t) => {
        const { writer, reader } = open(t);
        const keyCells = [
          { second: S, ...keyCell('x', 2, 3) },
          { second: S + 70, ...keyCell('x', 1, 1) },
          { second: S + 70, ...keyCell('y', 4, 8) },
        ];
        writer.commit(commit([seal('a', S + 120, [cell(S, 2), cell(S + 70, 5)], { keyCells })]));
        const range = {
          channel: 'a',
          from: S * 1_000,
          to: (S + 120) * 1_000,
          tier: '1m',
          definition: BY_KEY,
        } as const;
        assert.deepEqual(
          reader.keyCells(range, keySeries('x')).cells.map(({ counted, sum }) => [counted, sum]),
          [
            [2, 3],
            [1, 1],
          ],
        );
        assert.equal(reader.keyCells(range, null).cells.length, 3);
      });

      test('a commit that fails leaves nothing behind', (t) => {
        const { writer, reader } = open(t);
        writer.commit(commit([seal('a', S + 1, [cell(S, 1)], { positions: at('1:1') })]));
        const bad = {
          second: S + 1,
          tally: { ...emptyTally(), counted: 'text' as unknown as number },
        };
        assert.throws(() =>
          writer.commit(
            commit([
              seal('a', S + 2, [cell(S + 1, 5), bad], { positions: at('1:6') }),
              seal('new', S + 2, []),
            ]),
          ),
        );
        assert.deepEqual(counts(reader, '1s', S, S + 10), [[0, 1]]);
        assert.equal(writer.state().positions.get('a')?.shards.get(''), '1:1');
        writer.commit(commit([seal('new', S + 2, [cell(S, 1)])]));
        assert.ok(writer.state().channels.has('new'));
      });

      test('what was begun before a commit failed is begun again: channels, keys, roll-ups', (t) => {
        const { writer, reader } = open(t);
        writer.commit(commit([seal('a', S + 30, [cell(S, 1)])]));
        const keyCells = [{ second: S + 40, ...keyCell('k', 2, 0) }];
        const good = [
          seal('new', S + 70, [cell(S + 3, 8)], { positions: at('3:3') }),
          seal('a', S + 70, [cell(S + 40, 2)], { keyCells }),
        ];
        const bad = { second: S, tally: { ...emptyTally(), counted: 'text' as unknown as number } };
        const fail = () => writer.commit(commit([...good, seal('b', S + 1, [bad])]));
        assert.throws(fail);
        assert.deepEqual([...writer.state().channels], ['a']);
        assert.equal(writer.state().sealed.get('a')!.sealedTo, S + 30);
        // Once more, so that the next commit comes right after one that failed.
        assert.throws(fail);
        writer.commit(commit(good));
        assert.deepEqual(counts(reader, '1m', S, S + 60), [[0, 3]]);
        assert.deepEqual(counts(reader, '1s', S, S + 60), [
          [0, 1],
          [40, 2],
        ]);
        const range = {
          channel: 'a',
          from: S * 1_000,
          to: (S + 60) * 1_000,
          tier: '1m',
          definition: BY_KEY,
        } as const;
        assert.deepEqual(
          reader
            .keyCells(range, keySeries('k'))
            .cells.map(({ counted, damaged }) => [counted, damaged]),
          [[2, false]],
        );
        assert.equal(writer.state().positions.get('new')?.shards.get(''), '3:3');
      });

      test('gaps open and close under one start; events come newest first, in pages', (t) => {
        const { writer, reader } = open(t);
        const gap = { from: S * 1_000, to: null, cause: 'feed', detail: 'closed' } as const;
        writer.commit(commit([], { gaps: [{ channel: 'a', gap }] }));
        assert.deepEqual(gapsOf(reader, 'a', S * 1_000 + 5, S * 1_000 + 6), [gap]);
        writer.commit(
          commit([], { gaps: [{ channel: 'a', gap: { ...gap, to: S * 1_000 + 500 } }] }),
        );
        assert.equal(gapsOf(reader, 'a', 0, 1e15)[0]!.to, S * 1_000 + 500);
        assert.deepEqual(gapsOf(reader, 'a', S * 1_000 + 500, 1e15), []);
        const events = [1, 2, 3].map(
          (n) =>
            ({ at: n, channel: n === 2 ? 'b' : 'a', kind: 'connect', detail: `${n}` }) as const,
        );
        writer.commit(commit([], { events }));
        const page = reader.events({ channels: null, before: null, limit: 2 });
        assert.deepEqual(
          page.map(({ detail }) => detail),
          ['3', '2'],
        );
        assert.deepEqual(
          reader
            .events({ channels: ['a'], before: page[1]!.id, limit: 9 })
            .map(({ detail }) => detail),
          ['1'],
        );
      });

      test('an open gap may close with another cause, and one of a wrong clock may begin with it', (t) => {
        const { writer, reader } = open(t);
        const put = (...gaps: Gap[]) =>
          writer.commit(commit([], { gaps: gaps.map((gap) => ({ channel: 'a', gap })) }));
        const down = { from: S * 1_000, to: null, cause: 'down', detail: 'off' } as const;
        const clock = { ...down, to: down.from + 900, cause: 'clock' } as const;
        const feed = { ...down, to: down.from + 500, cause: 'feed' } as const;
        put(down, clock);
        const found = () => gapsOf(reader, 'a', 0, 1e15).map(({ cause, to }) => [cause, to]);
        assert.deepEqual(found().sort(), [
          ['clock', clock.to],
          ['down', null],
        ]);
        put(feed);
        assert.deepEqual(found().sort(), [
          ['clock', clock.to],
          ['feed', feed.to],
        ]);
      });

      test('pruning removes what is older than its tier is kept, and nothing else', (t) => {
        const { writer, reader } = open(t);
        writer.commit(commit([seal('a', S + 900, [cell(S, 3)])]));
        writer.prune((S + 3_601) * 1_000);
        assert.deepEqual(counts(reader, '1s', S, S + 900), []);
        assert.deepEqual(counts(reader, '1m', S, S + 900), [[0, 3]]);
        writer.prune((S + 86_500) * 1_000);
        assert.deepEqual(counts(reader, '1m', S, S + 900), []);
        assert.deepEqual(counts(reader, '15m', S, S + 900), [[0, 3]]);
      });

      test('pruning waits for the roll-up: an old second that no minute holds yet stays', (t) => {
        const { writer, reader } = open(t);
        writer.commit(commit([seal('a', S + 30, [cell(S, 3)])]));
        writer.prune((S + 10_000) * 1_000);
        assert.deepEqual(counts(reader, '1s', S, S + 900), [[0, 3]]);
      });

      test('a renamed channel keeps its history; a name that has its own keeps that', (t) => {
        const { writer, reader } = open(t);
        writer.commit(commit([seal('old', S + 1, [cell(S, 4)])]));
        assert.equal(writer.rename('old', 'a'), true);
        assert.deepEqual(counts(reader, '1s', S, S + 1), [[0, 4]]);
        assert.equal(writer.rename('old', 'a'), true, 'it is done already');
        writer.commit(commit([seal('other', S + 1, [cell(S, 9)])]));
        assert.equal(writer.rename('other', 'a'), false);
        assert.deepEqual(counts(reader, '1s', S, S + 1), [[0, 4]]);
      });

      test('a run that begins in a second that was sealed adds to it', (t) => {
        const { writer, reader } = open(t);
        writer.commit(commit([seal('a', S + 1, [cell(S, 4)])]));
        writer.begin(S);
        assert.equal(
          reader.cells({
            channel: 'a',
            from: S * 1_000,
            to: S * 1_000 + 1_000,
            tier: '1s',
            definition: BY_KEY,
          }).sealedTo,
          S * 1_000,
        );
        writer.commit(commit([seal('a', S + 1, [cell(S, 2)])]));
        assert.deepEqual(counts(reader, '1s', S, S + 1), [[0, 6]]);
      });
    });
  }

  test(`store ${kind.kind}: a file of another kind is refused with the way out`, (t) => {
    const dir = temporaryFolder(t);
    const at = (path: string) => kind.locate(kind.options.parse({ kind: kind.kind, path }), dir);
    writeFileSync(
      join(dir, 'text.db'),
      'this is no database, but long enough to look like a file that might be one',
    );
    assert.throws(
      () => kind.openWriter(at('text.db'), RETENTION),
      /text\.db cannot be opened.*Move it away/s,
    );
    const foreign = new DatabaseSync(join(dir, 'foreign.db'));
    foreign.exec('CREATE TABLE x (y)');
    foreign.close();
    assert.throws(() => kind.openWriter(at('foreign.db'), RETENTION), /not one of Weir/);
    const later = new DatabaseSync(join(dir, 'later.db'));
    later.exec(`PRAGMA application_id = ${0x57656972}; PRAGMA user_version = 999`);
    later.close();
    assert.throws(() => kind.openWriter(at('later.db'), RETENTION), /later Weir/);
  });

  test(`store ${kind.kind}: a second writer of one file is refused, until the first has closed`, (t) => {
    const location = kind.locate(
      kind.options.parse({ kind: kind.kind, path: 'w.db' }),
      temporaryFolder(t),
    );
    const first = kind.openWriter(location, RETENTION);
    assert.throws(() => kind.openWriter(location, RETENTION), /another Weir is writing it/);
    first.close();
    kind.openWriter(location, RETENTION).close();
  });

  test(`store ${kind.kind}: a writer whose thread is ended by force leaves the store to the next`, async (t) => {
    const location = kind.locate(
      kind.options.parse({ kind: kind.kind, path: 'w.db' }),
      temporaryFolder(t),
    );
    for (let round = 0; round < 3; round++) {
      const worker = new Worker(new URL('./store-holder.ts', import.meta.url), {
        workerData: { kind: kind.kind, location, retention: RETENTION },
      });
      t.after(() => worker.terminate());
      assert.deepEqual(await once(worker, 'message'), ['open']);
      await worker.terminate();
    }
    kind.openWriter(location, RETENTION).close();
  });

  test(`store ${kind.kind}: gaps that an ended run left open end with its last proof of life`, (t) => {
    const location = kind.locate(
      kind.options.parse({ kind: kind.kind, path: 'weir.db' }),
      temporaryFolder(t),
    );
    const first = kind.openWriter(location, RETENTION);
    const gap = { from: S * 1_000, to: null, cause: 'feed', detail: 'closed' } as const;
    first.commit(commit([], { at: (S + 7) * 1_000, gaps: [{ channel: 'a', gap }] }));
    first.close();
    const second = kind.openWriter(location, RETENTION);
    const reader = kind.openReader(location);
    t.after(() => {
      reader.close();
      second.close();
    });
    assert.equal(second.state().aliveAt, (S + 7) * 1_000);
    assert.equal(gapsOf(reader, 'a', 0, 1e15)[0]!.to, (S + 7) * 1_000);
  });
}
