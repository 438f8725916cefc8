/** What must hold between tiers: a parent is the sum of its children, wherever these are all still kept. */
import { TALLY_FIELDS } from '../../model/tally.ts';
import { type Noter, windows } from './audit-cells.ts';
import type { CellTable, Span } from './cell-table.ts';
import type { ChannelRow } from './channel-table.ts';
import { type CellRow, sumCells } from './rows.ts';

/** Sums with fractions depend on the order in which they were added, in their last digits. */
const SUM_TOLERANCE = 1e-9;

export function auditTiers(
  children: CellTable,
  parents: CellTable,
  channel: ChannelRow,
  noter: Noter,
): void {
  const { seconds } = parents;
  const kept = Math.max(channel.pruned[children.tier], channel.pruned[parents.tier]);
  const from = Math.ceil(kept / seconds) * seconds;
  const to = channel.rolled[parents.tier as keyof typeof channel.rolled];
  for (const span of windows([children, parents], { channel: channel.id, from, to })) {
    auditSpan(children, parents, span, noter);
    auditKeys(children, parents, span, noter);
  }
}

function auditSpan(children: CellTable, parents: CellTable, span: Span, noter: Noter): void {
  const byParent = Map.groupBy(
    children.cells(span),
    ({ start }) => start - (start % parents.seconds),
  );
  const found = new Map(parents.cells(span).map((cell) => [cell.start, cell]));
  for (const start of new Set([...byParent.keys(), ...found.keys()])) {
    const expected = sumCells(start, byParent.get(start) ?? []);
    auditParent(expected, found.get(start) ?? sumCells(start, []), noter);
  }
}

/** What is damaged has been told already; there is nothing to compare. */
function auditParent(expected: CellRow, found: CellRow, { note }: Noter): void {
  if (expected.damaged > 0 || found.damaged > 0) return;
  const fields = [
    ...TALLY_FIELDS.map((field) => [field, expected.tally[field], found.tally[field]] as const),
    ['amended', expected.amended, found.amended] as const,
    ['keyed', expected.keyed, found.keyed] as const,
  ];
  for (const [field, wanted, got] of fields) {
    if (isSame(wanted, got)) continue;
    note(found.start, { field, expected: String(wanted), found: String(got) });
  }
}

function auditKeys(children: CellTable, parents: CellTable, span: Span, { note }: Noter): void {
  const expected = keySums(children, span, parents.seconds);
  const found = keySums(parents, span, parents.seconds);
  for (const place of new Set([...expected.keys(), ...found.keys()])) {
    const wanted = expected.get(place) ?? NOTHING;
    const got = found.get(place) ?? NOTHING;
    const [start, keyId] = place.split(' ');
    if (wanted.damaged || got.damaged) continue;
    for (const field of ['counted', 'sum'] as const) {
      if (isSame(wanted[field], got[field])) continue;
      const difference = { expected: String(wanted[field]), found: String(got[field]) };
      note(Number(start), { field: `${field} of key ${keyId}`, ...difference });
    }
  }
}

const NOTHING = { counted: 0, sum: 0, damaged: false };

/** By `<start of the parent> <id of the key>`. */
function keySums(table: CellTable, span: Span, parentSeconds: number) {
  const sums = new Map<string, typeof NOTHING>();
  for (const { start, keyId, counted, sum, damaged } of table.keyCells(span)) {
    const place = `${start - (start % parentSeconds)} ${keyId}`;
    const before = sums.get(place) ?? NOTHING;
    sums.set(place, {
      counted: before.counted + counted,
      sum: before.sum + sum,
      damaged: before.damaged || damaged > 0,
    });
  }
  return sums;
}

function isSame(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= SUM_TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
