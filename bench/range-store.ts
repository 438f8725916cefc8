/** The store of the range bench: 100 channels by 100,000 seconds, written by the store's own writer. */
import { emptyTally } from '../src/model/tally.ts';
import { storeKind } from '../src/store/index.ts';
import { MEANING } from './meaning.ts';

export const CHANNEL_COUNT = 100;
export const SECOND_COUNT = Number(process.env['WEIR_BENCH_RANGE_SECONDS'] ?? 100_000);
export const RETENTION = {
  '1s': 10 * 86_400_000,
  '1m': 35 * 86_400_000,
  '15m': 3_650 * 86_400_000,
};
const SECONDS_A_COMMIT = 500;

/** Counted in a second, the same each time; Unix seconds. */
export function countedAt(channel: number, second: number): number {
  return ((second * 7 + channel * 13) % 211) + 1;
}

/** Fills a new store at `location` up to `end`, Unix seconds. */
export function buildStore(location: string, end: number): void {
  const writer = storeKind('sqlite')!.openWriter(location, RETENTION);
  writer.begin(end - SECOND_COUNT);
  for (let from = end - SECOND_COUNT; from < end; from += SECONDS_A_COMMIT) {
    const to = Math.min(end, from + SECONDS_A_COMMIT);
    const seals = Array.from({ length: CHANNEL_COUNT }, (_, channel) => ({
      channel: `c${channel}`,
      sealedTo: to,
      cells: Array.from({ length: to - from }, (_, index) => {
        const counted = countedAt(channel, from + index);
        const tally = { ...emptyTally(), received: counted, counted, coveredMs: 1_000 };
        return { second: from + index, tally };
      }),
      keyCells: [],
      amendments: [],
      amendmentCount: 0,
      ...MEANING,
    }));
    writer.commit({ at: to * 1_000, seals, gaps: [], events: [] });
    writer.rollUp();
  }
  writer.close();
}
