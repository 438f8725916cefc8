// A small history that a store is filled with: three channels, keys, a gap, late seconds, roll-ups.
import { DatabaseSync } from 'node:sqlite';
import { keySeries } from '../../src/model/series.ts';
import { emptyTally, type MutableTally } from '../../src/model/tally.ts';
import type {
  ChannelSeal,
  Commit,
  KeyTally,
  StoreReader,
  StoreWriter,
} from '../../src/store/store.ts';

import { at, BY_KEY } from './positions.ts';

/** A whole quarter of an hour, Unix seconds. */
export const S = 1_790_000_100 - (1_790_000_100 % 900);
export const RETENTION = { '1s': 3_600_000, '1m': 35 * 86_400_000, '15m': 3_650 * 86_400_000 };

export function cell(second: number, counted: number, more: Partial<MutableTally> = {}) {
  return {
    second,
    tally: { ...emptyTally(), received: counted, counted, coveredMs: 1_000, ...more },
  };
}

export function seal(
  channel: string,
  sealedTo: number,
  cells: ReturnType<typeof cell>[],
  more: Partial<ChannelSeal> = {},
): ChannelSeal {
  return {
    channel,
    sealedTo,
    cells,
    keyCells: [],
    amendments: [],
    amendmentCount: 0,
    definition: BY_KEY,
    stream: '00000000',
    positions: [],
    keysSince: S,
    ...more,
  };
}

/** What one key counts in a second. */
export function keyCell(key: string, counted: number, sum = 0): KeyTally {
  return { ...keySeries(key), counted, sum, sumLow: 0 };
}

export function commit(seals: ChannelSeal[], more: Partial<Commit> = {}): Commit {
  return { at: S * 1_000, seals, gaps: [], events: [], ...more };
}

const KEYS = ['x', 'y', 'z'];

/** `steady` counts a few a second; `keyed` the same by key; each from `from` to `to`, one of them with a hole. */
export function sealSpan(from: number, to: number): Commit {
  const seconds = Array.from({ length: to - from }, (_, i) => from + i);
  const keyCells = seconds.flatMap((second) =>
    KEYS.map((key, i) => ({
      second,
      ...keySeries(key),
      counted: 1 + ((second + i) % 3),
      sum: i + 0.5,
      sumLow: 0,
    })),
  );
  const worth = (second: number) => KEYS.reduce((sum, _, i) => sum + 1 + ((second + i) % 3), 0);
  return commit(
    [
      seal(
        'steady',
        to,
        seconds.filter((second) => second % 100 !== 77).map((second) => cell(second, second % 7)),
        { positions: at(`1:${to}`) },
      ),
      seal(
        'keyed',
        to,
        seconds.map((second) => cell(second, worth(second), { sum: 4.5 })),
        { keyCells },
      ),
    ],
    { at: to * 1_000 },
  );
}

/** A quarter of an hour and some seconds, with a gap, an event and a late second. */
export function fill(writer: StoreWriter): void {
  const gap = {
    from: (S + 77) * 1_000,
    to: (S + 78) * 1_000,
    cause: 'feed',
    detail: 'closed',
  } as const;
  const event = { at: S * 1_000, channel: 'steady', kind: 'connect', detail: 'up' } as const;
  writer.begin(S);
  writer.commit({
    ...sealSpan(S, S + 905),
    gaps: [{ channel: 'steady', gap }],
    events: [event],
  });
  writer.rollUp();
  writer.commit(commit([seal('steady', S + 905, [cell(S + 130, 1, { coveredMs: 0 })])]));
}

export function gapsOf(reader: StoreReader, channel: string, from: number, to: number) {
  return reader.cells({ channel, from, to, tier: '15m', definition: BY_KEY }).gaps;
}

/** Rolls up after each commit, as the seal loop does. */
export function rollingUp(writer: StoreWriter): StoreWriter {
  const { commit } = writer;
  writer.commit = (seals) => {
    commit.call(writer, seals);
    writer.rollUp();
  };
  return writer;
}

/** Rewrites the file with small pages and nothing beside it. */
export function shrink(path: string): void {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM');
  db.close();
}
