/** Rows with a checksum: which columns they have, how they are written, and what of them is believed when read. */
import { addTally, emptyTally, TALLY_FIELDS, type Tally } from '../../model/tally.ts';
import { TIERS, type TierName } from '../../model/tier.ts';
import { numbersChecksum } from './checksum.ts';
import { TALLY_COLUMNS } from './schema.ts';

/** Length of a tier's cells in milliseconds: what is covered of one that was observed all the time. */
const wholeMs = Object.fromEntries(
  TIERS.map(({ name, seconds }) => [name, seconds * 1_000]),
) as Readonly<Record<TierName, number>>;

/** The columns of a cell after series and start. */
export const CELL_COLUMNS = [...TALLY_COLUMNS, 'amended', 'keyed', 'damaged', 'checksum'];

/** Columns that are selected one by one. SQLite writes a sum as a text with fewer digits than it has. */
const USUAL = ['counted', 'sum', 'sum_low', 'keyed'];
/** The others are read as one: null where all was received, observed and counted; half of the time of a read. */
const OTHERS = [
  'received',
  'covered_ms',
  ...CELL_COLUMNS.filter(
    (column) => !['received', 'covered_ms', 'checksum', ...USUAL].includes(column),
  ),
];
/** Where each number of a row is found: among the usual ones, or (below 0, from −1 on) the others. */
const PLACES = CELL_COLUMNS.slice(0, -1).map((column) => {
  const place = USUAL.indexOf(column);
  return place < 0 ? -1 - OTHERS.indexOf(column) : place + 1;
});
/** Series, start, and all of these. */
const NOTHING = ['series', 'start', ...PLACES].map(() => 0);
const [COUNTED, CHECKSUM, REST] = [1, USUAL.length + 1, USUAL.length + 2] as const;
const [RECEIVED, COVERED] = [-1, -2] as const;

/** What is selected of a cell's row: a `RawRow` for `toCellRow`. */
export function cellSelection(tier: TierName): string {
  const zeros = OTHERS.slice(2).map((column) => `${column} = 0`);
  const whole = ['received = counted', `covered_ms = ${wholeMs[tier]}`, ...zeros].join(' AND ');
  const rest = `CASE WHEN ${whole} THEN NULL ELSE concat_ws(',', ${OTHERS.join(', ')}) END`;
  return ['start', ...USUAL, 'checksum', rest].join(', ');
}

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
export function cellValues(tier: TierName, series: number, cell: CellRow): number[] {
  const values = [series, cell.start];
  for (const field of TALLY_FIELDS) values.push(cell.tally[field]);
  values.push(cell.amended, cell.keyed, cell.damaged);
  values.push(cellChecksum(tier, values));
  return values;
}

/** Of series, start, and all columns but the checksum. */
export function cellChecksum(tier: TierName, values: readonly number[]): number {
  return numbersChecksum(seedOf(tier), values);
}

/** The cell of a row that was found as `series`'s: what its checksum does not vouch for is an empty, damaged one. */
export function toCellRow(tier: TierName, series: number, raw: RawRow): CellRow {
  const values = numbersOf(tier, series, raw);
  if (!values || cellChecksum(tier, values) !== Number(raw[CHECKSUM])) {
    return damagedCell(Number(raw[0]));
  }
  const tally = emptyTally();
  const at = 2 + TALLY_FIELDS.length;
  for (let i = 2; i < at; i++) {
    // Most are 0, and are so already.
    if (values[i] !== 0) tally[TALLY_FIELDS[i - 2]!] = values[i]!;
  }
  return {
    start: values[1]!,
    tally,
    amended: values[at]!,
    keyed: values[at + 1]!,
    damaged: values[at + 2]!,
  };
}

/** All numbers of a cell's row but its checksum, in the order in which that is made; null when they are none. */
function numbersOf(tier: TierName, series: number, raw: RawRow): number[] | null {
  const rest = raw[REST];
  const others = typeof rest === 'string' ? rest.split(',').map(Number) : null;
  if (others && others.length !== OTHERS.length) return null;
  const values = NOTHING.slice();
  values[0] = series;
  values[1] = Number(raw[0]);
  for (let i = 0; i < PLACES.length; i++) {
    const place = PLACES[i]!;
    let value: unknown = 0;
    if (place > 0) value = raw[place];
    else if (others) value = others[-1 - place];
    else if (place === RECEIVED) value = raw[COUNTED];
    else if (place === COVERED) value = wholeMs[tier];
    if (typeof value === 'number') values[i + 2] = value;
    else if (typeof value === 'bigint') values[i + 2] = Number(value);
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
