// The audit: silent about every store that Weir writes, and with the place of what does not hold in any other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Amendment } from '../../src/store/store.ts';
import { openStore, sqliteKind } from '../support/open-store.ts';
import { cell, commit, fill, keyCell, S, seal, sealSpan } from '../support/stored.ts';

const audit = (path: string) => sqliteKind.audit(path);

test('a store that is being written passes, and is counted', (t) => {
  const { writer, path } = openStore(t);
  assert.deepEqual(audit(path).span, null);
  fill(writer);
  const found = audit(path);
  assert.deepEqual([found.first, found.differenceCount], [null, 0]);
  assert.equal(found.channelCount, 2);
  assert.deepEqual(found.cellCounts, { '1s': 896 + 905, '1m': 30, '15m': 2 });
  assert.deepEqual(found.keyCellCounts, { '1s': 3 * 905, '1m': 45, '15m': 3 });
  assert.deepEqual(found.span, { from: S * 1_000, to: (S + 905) * 1_000 });
});

test('whatever is sealed, amended, pruned and begun again, in whatever order: no difference', (t) => {
  const step = fc.record({
    seconds: fc.integer({ min: 1, max: 400 }),
    amendBack: fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 3 }),
    late: fc.boolean(),
    begin: fc.boolean(),
    prune: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const { writer, path } = openStore(t);
      let at = S;
      let amendmentCount = 0;
      for (const { seconds, amendBack, late, begin, prune } of steps) {
        if (begin) {
          writer.begin(at);
          amendmentCount = 0;
        }
        const span = sealSpan(at, at + seconds);
        at += seconds;
        const amendments = amendBack.map(
          (back): Amendment => ({
            ...cell(at - 1 - back, 2, { coveredMs: -3, missed: -1, sum: 0.1 }),
            keyCells: [keyCell('y', 2, 0.1)],
            heals: true,
          }),
        );
        amendmentCount += amendments.length;
        const seals = span.seals.map((one) =>
          one.channel === 'keyed' ? { ...one, amendments, amendmentCount } : one,
        );
        writer.commit({ ...span, seals });
        const second = at - 1 - (seconds >> 1);
        if (late) writer.commit(commit([seal('steady', at, [cell(second, 1)])]));
        if (prune) writer.prune((at + 3_000) * 1_000);
        const { first } = audit(path);
        assert.equal(first, null, JSON.stringify(first));
      }
    }),
    { numRuns: 25 },
  );
});

const place = (offset: number) => (S + offset) * 1_000;

for (const [what, harm, expected] of [
  [
    'an altered cell',
    `UPDATE cell_1m SET counted = counted + 1 WHERE series = 1 AND start = ${S + 60}`,
    { channel: 'steady', tier: '1m', start: place(60), field: 'cell', found: 'damaged' },
  ],
  [
    'a cell that is gone',
    `DELETE FROM cell_1m WHERE series = 1 AND start = ${S + 120}`,
    { channel: 'steady', tier: '1m', start: place(120), field: 'received', found: '0' },
  ],
  [
    'keys that are gone',
    `DELETE FROM keys_1m WHERE start = ${S + 60}`,
    { channel: 'keyed', tier: '1m', start: place(60), field: 'keys together' },
  ],
  [
    'a cell that is gone from under its keys',
    `DELETE FROM cell_1s WHERE series = 2 AND start = ${S + 7}`,
    { channel: 'keyed', tier: '1s', start: place(7), field: 'cell', found: 'none' },
  ],
  [
    'keys that were altered',
    `UPDATE keys_1m SET pack = substr(pack, 1, length(pack) - 1) WHERE start = ${S + 60}`,
    { channel: 'keyed', tier: '1m', start: place(60), field: 'keys', found: 'damaged' },
  ],
  ["a key's altered name", "UPDATE key SET name = 'q' WHERE id = 3", { field: 'key 3' }],
  ['an altered channel', 'UPDATE channel SET sealed_to = 0 WHERE id = 1', { channel: 'steady' }],
  ['a channel that is gone', 'DELETE FROM channel WHERE id = 1', { field: 'channels', found: '1' }],
  ['an altered series', "UPDATE series SET value = 'sum'", { channel: 'steady' }],
  [
    'an altered position',
    "UPDATE position SET position = '1:9'",
    { field: 'position of channel 1, shard ""' },
  ],
  ['an altered gap', "UPDATE gap SET cause = 'down'", { field: 'gap of channel 1' }],
  ['an altered event', 'UPDATE event SET at = at + 1', { field: 'event 1' }],
  ['a table of another make', 'DROP INDEX event_channel', { field: 'tables' }],
] as const) {
  test(`${what} is found, with its place`, (t) => {
    const { writer, other, path } = openStore(t);
    fill(writer);
    other.exec(harm);
    const { first, differenceCount } = audit(path);
    assert.ok(first && differenceCount > 0);
    assert.deepEqual({ ...first, ...expected }, first);
  });
}

test('a ledger that does not balance, and keys that count less than their second, are found', (t) => {
  const { writer, path } = openStore(t);
  writer.commit(commit([seal('a', S + 5, [cell(S + 3, 4, { received: 5 })])]));
  assert.deepEqual(audit(path).first, {
    channel: 'a',
    tier: '1s',
    start: place(3),
    field: 'received',
    expected: '4',
    found: '5',
  });
  const other = openStore(t);
  const keyCells = [{ second: S, ...keyCell('k', 3, 0) }];
  other.writer.commit(commit([seal('a', S + 5, [cell(S, 4)], { keyCells })]));
  const { first } = audit(other.path);
  assert.deepEqual([first!.field, first!.expected, first!.found], ['keys together', '4', '3']);
});

test('a cell of a second that nobody has sealed is found', (t) => {
  const { writer, path } = openStore(t);
  writer.commit(commit([seal('a', S + 5, [cell(S + 9, 4)])]));
  assert.match(audit(path).first!.expected, /after what was sealed/);
});
