/** Rows with a checksum: which columns they have, how they are written, and what of them is believed when read. */
import { addTally, emptyTally, TALLY_FIELDS, type Tally } from '../../model/tally.ts';
import type { TierName } from '../../model/tier.ts';
import { numbersChecksum } from './checksum.ts';
import { TALLY_COLUMNS } from './schema.ts';

/** The columns of a cell after channel and start. */
export const CELL_COLUMNS = [...TALLY_COLUMNS, 'amended', 'keyed', 'damaged', 'checksum'];

/** Columns that are mostly not 0. The others are read as one, which is null when all are 0: half of the time of a read. */
const USUAL = ['received', 'counted', 'sum', 'covered_ms', 'keyed'];
const RARE = CELL_COLUMNS.filter((column) => column !== 'checksum' && !USUAL.includes(column));
const NO_RARE = RARE.map(() => 0);
/** What is selected of a cell's row: a `RawRow` for `toCellRow`. */
export const CELL_SELECTION = [
  'start',
  ...USUAL,
  'checksum',
  `CASE WHEN ${RARE.map((column) => `${column} = 0`).join(' AND ')} THEN NULL
   ELSE ${RARE.map((column) => `quote(${column})`).join(" || ',' || ")} END`,
].join(', ');
/** Where each number of a row is found: among the usual ones, or (below 0, from −1 on) the rare ones. */
const PLACES = CELL_COLUMNS.slice(0, -1).map((column) => {
  const place = USUAL.indexOf(column);
  return place < 0 ? -1 - RARE.indexOf(column) : place + 1;
});

/** A cell of any tier, as the store keeps it. `start` in Unix seconds. */
export interface CellRow {
  readonly start: number;
  readonly tally: Tally;
  readonly amended: number;
  /** What its key cells count together. */
  readonly keyed: number;
  /** How many damaged parts are in it; 0 for a sound cell. */
  readonly damaged: number;
}

/** A row as SQLite gives it, column by column. A damaged one may hold anything. */
export type RawRow = readonly unknown[];

const seeds: Readonly<Record<TierName, number>> = { '1s': 1, '1m': 3, '15m': 5 };

/** What a tier's checksums begin with; the next number is for its keys. */
export function seedOf(tier: TierName): number {
  return seeds[tier];
}

/** The values of a cell's row, checksum last; what is inserted. */
export function cellValues(tier: TierName, channel: number, cell: CellRow): number[] {
  const values = [channel, cell.start];
  for (const field of TALLY_FIELDS) values.push(cell.tally[field]);
  values.push(cell.amended, cell.keyed, cell.damaged);
  values.push(numbersChecksum(seedOf(tier), values));
  return values;
}

/** The cell of a row that was found as `channel`'s: what its checksum does not vouch for is an empty, damaged one. */
export function toCellRow(tier: TierName, channel: number, raw: RawRow): CellRow {
  const values = numbersOf(channel, raw);
  const checksum = raw[USUAL.length + 1];
  if (!values || numbersChecksum(seedOf(tier), values) !== Number(checksum)) {
    return damagedCell(Number(raw[0]));
  }
  const tally = emptyTally();
  const at = 2 + TALLY_FIELDS.length;
  for (let i = 2; i < at; i++) tally[TALLY_FIELDS[i - 2]!] = values[i]!;
  return {
    start: values[1]!,
    tally,
    amended: values[at]!,
    keyed: values[at + 1]!,
    damaged: values[at + 2]!,
  };
}

/** All numbers of a cell's row but its checksum, in the order in which that is made; null when they are none. */
function numbersOf(channel: number, raw: RawRow): number[] | null {
  const rare = raw[USUAL.length + 2];
  const rareNumbers = typeof rare === 'string' ? rare.split(',').map(Number) : NO_RARE;
  if (rareNumbers.length !== RARE.length) return null;
  const values = [channel, Number(raw[0])];
  for (let i = 0; i < PLACES.length; i++) {
    const place = PLACES[i]!;
    const value = place < 0 ? rareNumbers[-1 - place] : raw[place];
    if (typeof value === 'number') values.push(value);
    else if (typeof value === 'bigint') values.push(Number(value));
    else return null;
  }
  return values;
}

export function damagedCell(start: number): CellRow {
  return { start, tally: emptyTally(), amended: 0, keyed: 0, damaged: 1 };
}

/** The sum of cells, as the cell at `start`. */
export function sumCells(start: number, cells: readonly CellRow[]): CellRow {
  const tally = emptyTally();
  let [amended, keyed, damaged] = [0, 0, 0];
  for (const cell of cells) {
    addTally(tally, cell.tally);
    amended += cell.amended;
    keyed += cell.keyed;
    damaged += cell.damaged;
  }
  return { start, tally, amended, keyed, damaged };
}
