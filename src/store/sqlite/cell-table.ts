/** One tier's cells and their keys in the file: reads that survive damage, and additions that do not hide it. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { TIERS, type TierName } from '../../model/tier.ts';
import {
  damagedKeys,
  KEYS_COLUMNS,
  KEYS_SELECTION,
  type KeysRow,
  keysValues,
  sumKeys,
  toKeysRow,
} from './keys-row.ts';
import {
  CELL_COLUMNS,
  type CellRow,
  cellSelection,
  cellValues,
  damagedCell,
  type RawRow,
  sumCells,
  toCellRow,
} from './rows.ts';
import { cellTable, keysTable } from './schema.ts';
import { isDamage, isTooLarge } from './trouble.ts';

/** A span of one series; Unix seconds, half-open, multiples of the grain. */
export interface Span {
  readonly series: number;
  readonly from: number;
  readonly to: number;
}

export class CellTable {
  readonly tier: TierName;
  /** Length of a cell. */
  readonly seconds: number;
  readonly #cells: StatementSync;
  readonly #keys: StatementSync;
  readonly #next: StatementSync;
  readonly #nextKeys: StatementSync;

  constructor(db: DatabaseSync, tier: TierName) {
    this.tier = tier;
    this.seconds = TIERS.find(({ name }) => name === tier)!.seconds;
    const [cells, keys] = [cellTable(tier), keysTable(tier)];
    const where = 'WHERE series = ? AND start >= ? AND start < ? ORDER BY start';
    this.#cells = raw(db, `SELECT ${cellSelection(tier)} FROM "${cells}" ${where}`);
    this.#keys = raw(db, `SELECT ${KEYS_SELECTION} FROM "${keys}" ${where}`);
    const next = (table: string) =>
      raw(
        db,
        `SELECT start FROM "${table}" WHERE series = ? AND start >= ? ORDER BY start LIMIT 1`,
      );
    this.#next = next(cells);
    this.#nextKeys = next(keys);
  }

  /** The span's cells, ascending. What cannot be read, or is not what was written, is there as a damaged cell. */
  cells(span: Span): CellRow[] {
    const cells = this.#rows(this.#cells, span).map((row) =>
      toCellRow(this.tier, span.series, row),
    );
    return inOrder(cells, span, damagedCell);
  }

  /** The same of the cells' keys. */
  keys(span: Span): KeysRow[] {
    const rows = this.#rows(this.#keys, span).map((row) => toKeysRow(this.tier, span.series, row));
    return inOrder(rows, span, damagedKeys);
  }

  /** The start of the first cell, or keys of one, at or after `from`; null when there is none. Throws on damage. */
  nextOrThrow(series: number, from: number): number | null {
    const starts = [this.#next, this.#nextKeys].flatMap((statement) => {
      const row = withAnyNumber(statement, () => statement.get(series, from)) as RawRow | undefined;
      return row ? [Math.max(from, Number(row[0]) || 0)] : [];
    });
    return starts.length === 0 ? null : Math.min(...starts);
  }

  /** The same; what cannot be read is to be looked at step by step, and is found damaged there. */
  next(series: number, from: number): number | null {
    try {
      return this.nextOrThrow(series, from);
    } catch (error) {
      if (isDamage(error)) return from;
      throw error;
    }
  }

  /** All rows of a span; where they cannot be read, the parts that can, and a row of nothing for each cell that cannot. */
  #rows(statement: StatementSync, span: Span): RawRow[] {
    try {
      return allRows(statement, span);
    } catch (error) {
      if (!isDamage(error)) throw error;
      const { series, from, to } = span;
      const count = Math.ceil((to - from) / this.seconds);
      if (count <= 1) return [[from, null]];
      const middle = from + (count >> 1) * this.seconds;
      return [
        ...this.#rows(statement, { series, from, to: middle }),
        ...this.#rows(statement, { series, from: middle, to }),
      ];
    }
  }
}

/** Adds to one tier. A part that meets a damaged cell makes a damaged cell. */
export class CellAdder {
  readonly tier: TierName;
  readonly seconds: number;
  readonly #insert: StatementSync;
  readonly #insertKeys: StatementSync;
  readonly #replace: StatementSync;
  readonly #replaceKeys: StatementSync;
  readonly #find: StatementSync;
  readonly #findKeys: StatementSync;

  constructor(db: DatabaseSync, tier: TierName) {
    this.tier = tier;
    this.seconds = TIERS.find(({ name }) => name === tier)!.seconds;
    const [cells, keys] = [cellTable(tier), keysTable(tier)];
    const into = (table: string, columns: readonly string[]) => {
      const all = ['series', 'start', ...columns];
      return `INTO "${table}" (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')})`;
    };
    const find = (table: string, selection: string) =>
      raw(db, `SELECT ${selection} FROM "${table}" WHERE series = ? AND start = ?`);
    this.#insert = db.prepare(`INSERT ${into(cells, CELL_COLUMNS)} ON CONFLICT DO NOTHING`);
    this.#insertKeys = db.prepare(`INSERT ${into(keys, KEYS_COLUMNS)} ON CONFLICT DO NOTHING`);
    this.#replace = db.prepare(`REPLACE ${into(cells, CELL_COLUMNS)}`);
    this.#replaceKeys = db.prepare(`REPLACE ${into(keys, KEYS_COLUMNS)}`);
    this.#find = find(cells, cellSelection(tier));
    this.#findKeys = find(keys, KEYS_SELECTION);
  }

  add(series: number, part: CellRow): void {
    const values = cellValues(this.tier, series, part);
    if (this.#insert.run(...values).changes === 1) return;
    const found = toCellRow(this.tier, series, oneRow(this.#find, series, part.start));
    const total = sumCells(part.start, [part, found]);
    this.#replace.run(...cellValues(this.tier, series, total));
  }

  addKeys(series: number, part: KeysRow): void {
    const values = keysValues(this.tier, series, part);
    if (this.#insertKeys.run(...values).changes === 1) return;
    const found = toKeysRow(this.tier, series, oneRow(this.#findKeys, series, part.start));
    const total = sumKeys(part.start, [part, found]);
    this.#replaceKeys.run(...keysValues(this.tier, series, total));
  }
}

/** Rows as they are believed: one whose start is not after the one before was found by a broken link, and may be there twice. */
function inOrder<R extends { readonly start: number }>(
  rows: readonly R[],
  { from }: Span,
  damaged: (start: number) => R,
): R[] {
  let last = from - 1;
  return rows.map((row) => {
    if (row.start <= last) return damaged(row.start);
    last = row.start;
    return row;
  });
}

/** A statement whose rows are arrays. */
function raw(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}

function allRows(statement: StatementSync, { series, from, to }: Span): RawRow[] {
  return withAnyNumber(statement, () => statement.all(series, from, to) as unknown as RawRow[]);
}

/** The row that an insert has met; one that cannot be found is as good as damaged. */
function oneRow(statement: StatementSync, series: number, start: number): RawRow {
  const row = withAnyNumber(statement, () => statement.get(series, start));
  return (row as RawRow | undefined) ?? [start, null];
}

/** Runs `read`; again with wide numbers if a damaged row holds one that no double can. */
function withAnyNumber<T>(statement: StatementSync, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    statement.setReadBigInts(true);
    try {
      return read();
    } finally {
      statement.setReadBigInts(false);
    }
  }
}
