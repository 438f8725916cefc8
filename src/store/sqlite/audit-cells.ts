/** What must hold of each cell by itself: its checksum, its ledger, its keys, and that its time is between the watermarks. */
import { ledgerDifference } from '../../model/tally.ts';
import type { Difference } from '../store.ts';
import type { CellTable, Span } from './cell-table.ts';
import type { ChannelRow } from './channel-table.ts';
import { countedOf } from './key-pack.ts';
import type { CellRow } from './rows.ts';
import type { SeriesRow } from './series-table.ts';

/** Cells of one series read at once. A multiple of what a parent of any tier holds. */
const WINDOW_CELLS = 60;

/** Takes a difference at the cell that starts at `start`, Unix seconds. */
export interface Noter {
  note(start: number, what: Pick<Difference, 'field' | 'expected' | 'found'>): void;
}

/** A channel, and one of its series. */
export interface AuditedSeries {
  readonly channel: ChannelRow;
  readonly series: SeriesRow;
}

export interface CellCheck extends Noter {
  seen(cell: CellRow): void;
  seenKeys(count: number): void;
  /** Whether the key with that id has a name that is sound. */
  isNamed(id: number): boolean;
}

/** The spans of [from, to) that hold cells in any of `tables`; they start at multiples of their length. */
export function* windows(
  tables: readonly CellTable[],
  { series, from, to }: Span,
): Generator<Span> {
  const length = WINDOW_CELLS * tables[0]!.seconds;
  let at = from;
  while (at < to) {
    const starts = tables.flatMap((table) => table.nextOrThrow(series, at) ?? []);
    const next = Math.min(...starts);
    if (next >= to) return;
    const end = Math.min(to, next - (next % length) + length);
    yield { series, from: Math.max(at, next - (next % length)), to: end };
    at = end;
  }
}

/** Checks the cells of one series of a channel. */
export function auditCells(
  table: CellTable,
  { channel, series }: AuditedSeries,
  check: CellCheck,
): void {
  const to = Math.max(channel.sealedMax, channel.pruned[table.tier]);
  // The coarsest tier takes amendments that are older than anything it keeps.
  const from = table.tier === '15m' ? 0 : channel.pruned[table.tier];
  auditBounds(table, { series: series.id, from, to }, check);
  for (const span of windows([table], { series: series.id, from, to })) {
    const cells = table.cells(span);
    const keyed = keyTotals(table, span, check);
    for (const cell of cells) {
      check.seen(cell);
      auditCell(table, cell, keyed.get(cell.start) ?? 0, check);
      keyed.delete(cell.start);
    }
    for (const [start, counted] of keyed) {
      check.note(start, {
        field: 'cell',
        expected: `of keys that count ${counted}`,
        found: 'none',
      });
    }
  }
}

function auditBounds(table: CellTable, { series, from, to }: Span, { note }: Noter): void {
  const first = table.nextOrThrow(series, 0);
  if (first !== null && first < from) {
    note(first, { field: 'cell', expected: 'none before what was pruned', found: 'one' });
  }
  const late = table.nextOrThrow(series, to);
  if (late !== null) {
    note(late, { field: 'cell', expected: 'none after what was sealed', found: 'one' });
  }
}

/** What the keys of each start count together. */
function keyTotals(table: CellTable, span: Span, check: CellCheck): Map<number, number> {
  const totals = new Map<number, number>();
  for (const { start, cells, damaged } of table.keys(span)) {
    check.seenKeys(cells.ids.length);
    totals.set(start, (totals.get(start) ?? 0) + countedOf(cells));
    if (damaged > 0) check.note(start, { field: 'keys', ...DAMAGED });
    for (const id of cells.ids) {
      if (check.isNamed(id)) continue;
      check.note(start, { field: `name of key ${id}`, expected: 'known', found: 'none' });
    }
  }
  return totals;
}

function auditCell(table: CellTable, cell: CellRow, keyed: number, { note }: Noter): void {
  const { start, tally, damaged } = cell;
  if (damaged > 0) {
    note(start, { field: 'cell', ...DAMAGED });
    return;
  }
  const ledger = ledgerDifference(tally);
  if (ledger !== 0) {
    const { received } = tally;
    note(start, { field: 'received', expected: `${received - ledger}`, found: `${received}` });
  }
  if (keyed !== cell.keyed) {
    note(start, { field: 'keys together', expected: `${cell.keyed}`, found: `${keyed}` });
  }
  // A second is counted by key or not at all by key; only what was added later may be of another mind.
  const split = table.tier === '1s' && cell.amended === 0 && keyed !== 0 && keyed !== tally.counted;
  if (split || keyed > tally.counted) {
    note(start, { field: 'keys together', expected: `${tally.counted}`, found: `${keyed}` });
  }
}

const DAMAGED = { expected: 'as written', found: 'damaged' } as const;
