/** One tier's cells and key cells in the file: reads that survive damage, and additions that do not hide it. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { TIERS, type TierName } from '../../model/tier.ts';
import {
  addKeyCells,
  CELL_COLUMNS,
  type CellRow,
  cellValues,
  damagedCell,
  damagedKeyCell,
  KEY_CELL_COLUMNS,
  type KeyCellRow,
  keyCellValues,
  type RawRow,
  sumCells,
  toCellRow,
  toKeyCellRow,
} from './rows.ts';
import { cellTable, keyCellTable } from './schema.ts';
import { isDamage, isTooLarge } from './trouble.ts';

/** The key of a damaged key cell that cannot say whose it was. */
const NO_KEY = 0;

/** A span of one channel; Unix seconds, half-open, multiples of the grain. */
export interface Span {
  readonly channel: number;
  readonly from: number;
  readonly to: number;
}

export class CellTable {
  readonly tier: TierName;
  /** Length of a cell. */
  readonly seconds: number;
  readonly #cells: StatementSync;
  readonly #keyCells: StatementSync;
  readonly #next: StatementSync;
  readonly #nextKey: StatementSync;

  constructor(db: DatabaseSync, tier: TierName) {
    this.tier = tier;
    this.seconds = TIERS.find(({ name }) => name === tier)!.seconds;
    const [cells, keyCells] = [cellTable(tier), keyCellTable(tier)];
    const where = 'WHERE channel = ? AND start >= ? AND start < ? ORDER BY start';
    this.#cells = raw(db, `SELECT start, ${CELL_COLUMNS.join(', ')} FROM "${cells}" ${where}`);
    this.#keyCells = raw(
      db,
      `SELECT start, key, ${KEY_CELL_COLUMNS.join(', ')} FROM "${keyCells}" ${where}, key`,
    );
    const next = (table: string) =>
      raw(
        db,
        `SELECT start FROM "${table}" WHERE channel = ? AND start >= ? ORDER BY start LIMIT 1`,
      );
    this.#next = next(cells);
    this.#nextKey = next(keyCells);
  }

  /** The span's cells, ascending. What cannot be read, or is not what was written, is there as a damaged cell. */
  cells(span: Span): CellRow[] {
    const rows = this.#rows(this.#cells, span, (start) => [start, null]);
    const cells = rows.map((row) => toCellRow(this.tier, span.channel, row));
    let last = span.from - 1;
    return cells.map((cell) => {
      // A start that is not after the one before was found by a broken link: it may be there twice.
      const cellInOrder = cell.start > last ? cell : damagedCell(cell.start);
      if (cell.start > last) last = cell.start;
      return cellInOrder;
    });
  }

  /** The same of key cells, by start and key. */
  keyCells(span: Span): KeyCellRow[] {
    const rows = this.#rows(this.#keyCells, span, (start) => [start, NO_KEY, null]);
    let [lastStart, lastKey] = [span.from, Number.NEGATIVE_INFINITY];
    return rows.map((row) => {
      const cell = toKeyCellRow(this.tier, span.channel, row);
      const after = cell.start > lastStart || (cell.start === lastStart && cell.keyId > lastKey);
      if (!after) return damagedKeyCell(cell.start, cell.keyId);
      [lastStart, lastKey] = [cell.start, cell.keyId];
      return cell;
    });
  }

  /** The start of the first cell or key cell at or after `from`; null when there is none. Throws on damage. */
  nextOrThrow(channel: number, from: number): number | null {
    const starts = [this.#next, this.#nextKey].flatMap((statement) => {
      const row = withAnyNumber(statement, () => statement.get(channel, from)) as
        | RawRow
        | undefined;
      return row ? [Math.max(from, Number(row[0]) || 0)] : [];
    });
    return starts.length === 0 ? null : Math.min(...starts);
  }

  /** The same; what cannot be read is to be looked at step by step, and is found damaged there. */
  next(channel: number, from: number): number | null {
    try {
      return this.nextOrThrow(channel, from);
    } catch (error) {
      if (isDamage(error)) return from;
      throw error;
    }
  }

  /** All rows of a span; where they cannot be read, the parts that can, and one `unread` row for each cell that cannot. */
  #rows(statement: StatementSync, span: Span, unread: (start: number) => RawRow): RawRow[] {
    try {
      return allRows(statement, span);
    } catch (error) {
      if (!isDamage(error)) throw error;
      const { channel, from, to } = span;
      const count = Math.ceil((to - from) / this.seconds);
      if (count <= 1) return [unread(from)];
      const middle = from + (count >> 1) * this.seconds;
      return [
        ...this.#rows(statement, { channel, from, to: middle }, unread),
        ...this.#rows(statement, { channel, from: middle, to }, unread),
      ];
    }
  }
}

/** Adds to one tier. A part that meets a damaged cell makes a damaged cell. */
export class CellAdder {
  readonly tier: TierName;
  readonly seconds: number;
  readonly #insert: StatementSync;
  readonly #insertKey: StatementSync;
  readonly #replace: StatementSync;
  readonly #replaceKey: StatementSync;
  readonly #find: StatementSync;
  readonly #findKey: StatementSync;

  constructor(db: DatabaseSync, tier: TierName) {
    this.tier = tier;
    this.seconds = TIERS.find(({ name }) => name === tier)!.seconds;
    const cells = `"${cellTable(tier)}"`;
    const keyCells = `"${keyCellTable(tier)}"`;
    const into = (table: string, columns: readonly string[], also: string) =>
      `INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ${also}`;
    const cellColumns = ['channel', 'start', ...CELL_COLUMNS];
    const keyColumns = ['channel', 'start', 'key', ...KEY_CELL_COLUMNS];
    const unless = 'ON CONFLICT DO NOTHING';
    this.#insert = db.prepare(`INSERT ${into(cells, cellColumns, unless)}`);
    this.#insertKey = db.prepare(`INSERT ${into(keyCells, keyColumns, unless)}`);
    this.#replace = db.prepare(`REPLACE ${into(cells, cellColumns, '')}`);
    this.#replaceKey = db.prepare(`REPLACE ${into(keyCells, keyColumns, '')}`);
    this.#find = raw(
      db,
      `SELECT start, ${CELL_COLUMNS.join(', ')} FROM ${cells} WHERE channel = ? AND start = ?`,
    );
    this.#findKey = raw(
      db,
      `SELECT start, key, ${KEY_CELL_COLUMNS.join(', ')} FROM ${keyCells}
       WHERE channel = ? AND start = ? AND key = ?`,
    );
  }

  add(channel: number, part: CellRow): void {
    const values = cellValues(this.tier, channel, part);
    if (this.#insert.run(...values).changes === 1) return;
    const found = toCellRow(this.tier, channel, oneRow(this.#find, channel, part.start));
    const total = sumCells(part.start, [part, found]);
    this.#replace.run(...cellValues(this.tier, channel, total));
  }

  addKey(channel: number, part: KeyCellRow): void {
    const values = keyCellValues(this.tier, channel, part);
    if (this.#insertKey.run(...values).changes === 1) return;
    const row = oneRow(this.#findKey, channel, part.start, part.keyId);
    const total = addKeyCells(part, toKeyCellRow(this.tier, channel, row));
    this.#replaceKey.run(...keyCellValues(this.tier, channel, total));
  }
}

/** A statement whose rows are arrays. */
function raw(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}

function allRows(statement: StatementSync, { channel, from, to }: Span): RawRow[] {
  return withAnyNumber(statement, () => statement.all(channel, from, to) as unknown as RawRow[]);
}

/** The row that an insert has met; one that cannot be found is as good as damaged. */
function oneRow(statement: StatementSync, ...place: number[]): RawRow {
  const row = withAnyNumber(statement, () => statement.get(...place) as RawRow | undefined);
  return row ?? [...place.slice(1), null];
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
