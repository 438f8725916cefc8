/**
 * Roll-up: a coarser tier's cells are the sums of the finer tier's, made once, when their time is over.
 *
 * Each channel has a watermark a tier: everything before it is rolled up. What is later added to a cell
 * before the watermark is added to the coarser cell as well, so the tiers agree at every commit.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { TIERS, type TierName } from '../../model/tier.ts';
import { cellTable, keyCellTable, TALLY_COLUMNS } from './schema.ts';

export const ROLLED_TIERS = ['1m', '15m'] as const;

export interface RollUp {
  readonly tier: (typeof ROLLED_TIERS)[number];
  /** Length of a cell, in seconds. */
  readonly seconds: number;
  /** Take (channel, from, to), half-open, Unix seconds. */
  readonly cells: StatementSync;
  readonly keyCells: StatementSync;
  /** Takes (to, channel). */
  readonly mark: StatementSync;
}

/** The roll-ups from fine to coarse; each reads the tier before it. */
export function rollUpStatements(db: DatabaseSync): RollUp[] {
  return ROLLED_TIERS.map((tier) => {
    const index = TIERS.findIndex(({ name }) => name === tier);
    const { seconds } = TIERS[index]!;
    const child = TIERS[index - 1]!.name;
    return {
      tier,
      seconds,
      cells: db.prepare(rollUpCellsSql(tier, child, seconds)),
      keyCells: db.prepare(rollUpKeyCellsSql(tier, child, seconds)),
      mark: db.prepare(`UPDATE channel SET "rolled_${tier}" = ? WHERE id = ?`),
    };
  });
}

/** Adds a tally to a cell: (channel, start, …tally). A cell that was there already counts as amended. */
export function addCellSql(tier: TierName): string {
  const places = TALLY_COLUMNS.map(() => '?').join(', ');
  return `INSERT INTO "${cellTable(tier)}" VALUES (?, ?, ${places}, 0)
    ON CONFLICT DO UPDATE SET ${addColumns(TALLY_COLUMNS)}, amended = amended + 1`;
}

/** Adds to one key's cell: (channel, start, key, counted, sum). */
export function addKeyCellSql(tier: TierName): string {
  return `INSERT INTO "${keyCellTable(tier)}" VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET ${addColumns(['counted', 'sum'])}`;
}

function rollUpCellsSql(tier: TierName, child: TierName, seconds: number): string {
  const sums = [...TALLY_COLUMNS, 'amended'].map((column) => `sum(${column})`).join(', ');
  return `INSERT INTO "${cellTable(tier)}"
    SELECT channel, start - start % ${seconds}, ${sums} FROM "${cellTable(child)}"
    WHERE channel = ? AND start >= ? AND start < ? GROUP BY 1, 2
    ON CONFLICT DO UPDATE SET ${addColumns([...TALLY_COLUMNS, 'amended'])}`;
}

function rollUpKeyCellsSql(tier: TierName, child: TierName, seconds: number): string {
  return `INSERT INTO "${keyCellTable(tier)}"
    SELECT channel, start - start % ${seconds}, key, sum(counted), sum(sum) FROM "${keyCellTable(child)}"
    WHERE channel = ? AND start >= ? AND start < ? GROUP BY 1, 2, 3
    ON CONFLICT DO UPDATE SET ${addColumns(['counted', 'sum'])}`;
}

function addColumns(columns: readonly string[]): string {
  return columns.map((column) => `${column} = ${column} + excluded.${column}`).join(', ');
}
