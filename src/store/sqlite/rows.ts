/** Rows with a checksum: which columns they have, how they are written, and what of them is believed when read. */
import { addTally, emptyTally, TALLY_FIELDS, type Tally } from '../../model/tally.ts';
import { TIERS, type TierName } from '../../model/tier.ts';
import { numbersChecksum } from './checksum.ts';
import { TALLY_COLUMNS } from './schema.ts';

/** The columns of a cell after channel and start. */
export const CELL_COLUMNS = [...TALLY_COLUMNS, 'amended', 'keyed', 'damaged', 'checksum'];

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

const seeds = new Map(TIERS.map(({ name }, index) => [name, index * 2 + 1]));

/** What a tier's checksums begin with; the next number is for its keys. */
export function seedOf(tier: TierName): number {
  return seeds.get(tier)!;
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
  const values = believed(seedOf(tier), [channel], raw);
  if (!values) return damagedCell(Number(raw[0]));
  const tally = emptyTally();
  let at = 2;
  for (const field of TALLY_FIELDS) tally[field] = values[at++]!;
  return {
    start: values[1]!,
    tally,
    amended: values[at]!,
    keyed: values[at + 1]!,
    damaged: values[at + 2]!,
  };
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

/** The row's numbers without its checksum, after `identity`; null when they are not what was written. */
function believed(seed: number, identity: number[], raw: RawRow): number[] | null {
  const values = identity;
  for (const value of raw) {
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number') return null;
    values.push(number);
  }
  const checksum = values.pop();
  return numbersChecksum(seed, values) === checksum ? values : null;
}
