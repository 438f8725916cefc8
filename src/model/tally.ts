/**
 * Tallies: the numbers that are kept for each second, and add up to every longer interval.
 *
 * This list is the single source for the layout of the shared memory, the columns of the store and the
 * ledger. All fields are additive: the tally of an interval is the sum of the tallies of its parts. Only the two
 * fields of the sum are added together, so that no digit is lost.
 */
import { addSum } from './exact-sum.ts';

export const TALLY_FIELDS = [
  /** Messages that came off the wire, whatever became of them. */
  'received',
  /** Messages the processor counted. */
  'counted',
  /** What the counted messages were worth, for processors that sum; else 0. See `exact-sum.ts`. */
  'sum',
  /** The part of that sum which a double leaves out. */
  'sumLow',
  /** Of the counted: without a time that can be read, or with one ahead of the clock; they count on arrival. */
  'undated',
  /** Of the counted: redelivered after a reconnect or restart from a resume position. */
  'replayed',
  /** Messages the processor passed over. */
  'filtered',
  /** Messages whose event time is older than anything that can still be amended. */
  'late',
  /** Messages seen before, by their id. */
  'duplicate',
  /** Messages that could not be read, or on which the processor threw. */
  'malformed',
  /** Messages dropped because a stated bound was hit: no feed does so yet, so the ledger does not show it. */
  'shed',
  /** Messages the feed, or a gap in dense ids, says were lost. */
  'missed',
  /** Losses whose size nobody knows. */
  'missedUnknown',
  /** Milliseconds in which the link was up and proven alive. */
  'coveredMs',
  /** Messages put into a later second than theirs because the ring was full. */
  'coarse',
] as const;

export type TallyField = (typeof TALLY_FIELDS)[number];

/** One number per field. Counts are whole and exact to 2^53. */
export type Tally = { readonly [F in TallyField]: number };
export type MutableTally = { -readonly [F in TallyField]: number };

/** One object of one shape, written out: made for every cell that is read. */
export function emptyTally(): MutableTally {
  return {
    received: 0,
    counted: 0,
    sum: 0,
    sumLow: 0,
    undated: 0,
    replayed: 0,
    filtered: 0,
    late: 0,
    duplicate: 0,
    malformed: 0,
    shed: 0,
    missed: 0,
    missedUnknown: 0,
    coveredMs: 0,
    coarse: 0,
  };
}

/** Adds `part` to `total`, in place. */
export function addTally(total: MutableTally, part: Tally): void {
  total.received += part.received;
  total.counted += part.counted;
  addSum(total, part);
  total.undated += part.undated;
  total.replayed += part.replayed;
  total.filtered += part.filtered;
  total.late += part.late;
  total.duplicate += part.duplicate;
  total.malformed += part.malformed;
  total.shed += part.shed;
  total.missed += part.missed;
  total.missedUnknown += part.missedUnknown;
  total.coveredMs += part.coveredMs;
  total.coarse += part.coarse;
}

/**
 * The law of conservation: what was received is accounted for to the last message.
 * Returns received − (counted + filtered + late + duplicate + malformed + shed); anything but 0 is a defect.
 */
export function ledgerDifference(tally: Tally): number {
  const { received, counted, filtered, late, duplicate, malformed, shed } = tally;
  return received - (counted + filtered + late + duplicate + malformed + shed);
}
