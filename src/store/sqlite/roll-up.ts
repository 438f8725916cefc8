/**
 * Roll-up: a coarser tier's cells are the sums of the finer tier's, made once, when their time is over.
 *
 * Each channel has a watermark a tier: everything before it is rolled up. What is later added to a cell
 * before the watermark is added to the coarser cell as well, so the tiers agree at every commit. A damaged
 * child makes a damaged parent.
 */
import type { TierName } from '../../model/tier.ts';
import type { CellAdder, CellTable, Span } from './cell-table.ts';
import { sumKeys } from './keys-row.ts';
import { sumCells } from './rows.ts';

export const ROLLED_TIERS = ['1m', '15m'] as const;
export type RolledTier = (typeof ROLLED_TIERS)[number];

/** One step from a tier to the next coarser one. */
export interface RollUp {
  readonly tier: RolledTier;
  readonly children: CellTable;
  readonly parents: CellAdder;
}

/** The roll-ups from fine to coarse; each reads the tier before it. */
export function rollUps(
  tables: ReadonlyMap<TierName, CellTable>,
  adders: ReadonlyMap<TierName, CellAdder>,
): RollUp[] {
  return [
    { tier: '1m', children: tables.get('1s')!, parents: adders.get('1m')! },
    { tier: '15m', children: tables.get('1m')!, parents: adders.get('15m')! },
  ];
}

/** Sums up the children of a span; it starts and ends where parents do. */
export function rollUp({ children, parents }: RollUp, { series, from, to }: Span): void {
  let next = children.next(series, from);
  while (next !== null && next < to) {
    const start = next - (next % parents.seconds);
    const end = start + parents.seconds;
    rollUpOne({ children, parents }, { series, from: start, to: end });
    next = children.next(series, end);
  }
}

function rollUpOne({ children, parents }: Pick<RollUp, 'children' | 'parents'>, span: Span): void {
  const { series, from: start } = span;
  const cells = children.cells(span);
  if (cells.length > 0) parents.add(series, sumCells(start, cells));
  const keys = children.keys(span);
  if (keys.length > 0) parents.addKeys(series, sumKeys(start, keys));
}
