/** What must hold between tiers: a parent is the sum of its children, wherever these are all still kept. */
import { TALLY_FIELDS } from '../../model/tally.ts';
import { type AuditedSeries, type Noter, windows } from './audit-cells.ts';
import type { CellTable, Span } from './cell-table.ts';
import type { KeyCells } from './key-pack.ts';
import { sumKeys } from './keys-row.ts';
import { type CellRow, sumCells } from './rows.ts';

/** Sums are compared as they are shown: rounded to a double. Their last binary digit depends on the order of adding. */
const SUM_TOLERANCE = 2 ** -50;

export function auditTiers(
  children: CellTable,
  parents: CellTable,
  { channel, series }: AuditedSeries,
  noter: Noter,
): void {
  const { seconds } = parents;
  const kept = Math.max(channel.pruned[children.tier], channel.pruned[parents.tier]);
  const from = Math.ceil(kept / seconds) * seconds;
  const to = channel.rolled[parents.tier as keyof typeof channel.rolled];
  for (const span of windows([children, parents], { series: series.id, from, to })) {
    auditSpan(children, parents, span, noter);
    auditKeys(children, parents, span, noter);
  }
}

/** What rounding a sum leaves over is not shown, and differs with the order of adding. */
const SHOWN_FIELDS = TALLY_FIELDS.filter((field) => field !== 'sumLow');

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
    ...SHOWN_FIELDS.map((field) => [field, expected.tally[field], found.tally[field]] as const),
    ['amended', expected.amended, found.amended] as const,
    ['keyed', expected.keyed, found.keyed] as const,
  ];
  for (const [field, wanted, got] of fields) {
    if (isSame(wanted, got)) continue;
    note(found.start, { field, expected: String(wanted), found: String(got) });
  }
}

function auditKeys(children: CellTable, parents: CellTable, span: Span, { note }: Noter): void {
  const byParent = Map.groupBy(
    children.keys(span),
    ({ start }) => start - (start % parents.seconds),
  );
  const found = new Map(parents.keys(span).map((row) => [row.start, row]));
  for (const start of new Set([...byParent.keys(), ...found.keys()])) {
    const wanted = sumKeys(start, byParent.get(start) ?? []);
    const got = found.get(start) ?? sumKeys(start, []);
    if (wanted.damaged > 0 || got.damaged > 0) continue;
    const [wantedById, gotById] = [worthById(wanted.cells), worthById(got.cells)];
    for (const id of new Set([...wanted.cells.ids, ...got.cells.ids])) {
      const [wantedWorth, gotWorth] = [wantedById.get(id) ?? NOTHING, gotById.get(id) ?? NOTHING];
      for (const field of ['counted', 'sum'] as const) {
        if (isSame(wantedWorth[field], gotWorth[field])) continue;
        const difference = { expected: `${wantedWorth[field]}`, found: `${gotWorth[field]}` };
        note(start, { field: `${field} of key ${id}`, ...difference });
      }
    }
  }
}

const NOTHING = { counted: 0, sum: 0 };

function worthById({ ids, counted, sums }: KeyCells): Map<number, typeof NOTHING> {
  return new Map(
    Array.from(ids, (id, index) => [id, { counted: counted[index]!, sum: sums[index * 2]! }]),
  );
}

function isSame(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= SUM_TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
