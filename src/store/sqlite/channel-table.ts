/** The channels' rows: names, streams and watermarks, each under its checksum. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { TierName } from '../../model/tier.ts';
import { textChecksum } from './checksum.ts';
import type { RolledTier } from './roll-up.ts';
import { Fault } from './trouble.ts';

/** A channel's row. Watermarks in Unix seconds: what is before. */
export interface ChannelRow {
  readonly id: number;
  name: string;
  /** Whose positions the channel has; empty for none. */
  stream: string;
  sealedTo: number;
  /** The latest `sealedTo` ever: no cell is at or after it. */
  sealedMax: number;
  readonly rolled: Record<RolledTier, number>;
  readonly pruned: Record<TierName, number>;
  amendmentCount: number;
  /** The highest id that a key of it was given. */
  keyMax: number;
}

type Row = Record<string, unknown>;

const COLUMNS = [
  'name',
  'stream',
  'sealed_to',
  'sealed_max',
  'rolled_1m',
  'rolled_15m',
  'pruned_1s',
  'pruned_1m',
  'pruned_15m',
  'amendment_count',
  'key_max',
] as const;

/** A channel that nothing is known of yet; its watermarks are put where its first second is. */
export function newChannel(id: number, name: string, firstSecond: number): ChannelRow {
  return {
    id,
    name,
    stream: '',
    sealedTo: 0,
    sealedMax: 0,
    rolled: { '1m': firstSecond - (firstSecond % 60), '15m': firstSecond - (firstSecond % 900) },
    pruned: { '1s': 0, '1m': 0, '15m': 0 },
    amendmentCount: 0,
    keyMax: 0,
  };
}

/** The row as it was written, or null if it is not. */
export function toChannelRow(row: Row): ChannelRow | null {
  const id = row['id'] as number;
  const values = COLUMNS.map((column) => row[column] as string | number | null);
  if (textChecksum([id, ...values]) !== row['checksum']) return null;
  const number = (column: (typeof COLUMNS)[number]) => row[column] as number;
  return {
    id,
    name: row['name'] as string,
    stream: row['stream'] as string,
    sealedTo: number('sealed_to'),
    sealedMax: number('sealed_max'),
    rolled: { '1m': number('rolled_1m'), '15m': number('rolled_15m') },
    pruned: {
      '1s': number('pruned_1s'),
      '1m': number('pruned_1m'),
      '15m': number('pruned_15m'),
    },
    amendmentCount: number('amendment_count'),
    keyMax: number('key_max'),
  };
}

export class ChannelTable {
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;

  constructor(db: DatabaseSync) {
    const columns = ['id', ...COLUMNS, 'checksum'];
    const places = columns.map(() => '?').join(', ');
    this.#select = db.prepare(`SELECT * FROM channel ORDER BY id`);
    this.#insert = db.prepare(`INSERT INTO channel (${columns.join(', ')}) VALUES (${places})`);
    const set = [...COLUMNS, 'checksum'].map((column) => `${column} = ?`).join(', ');
    this.#update = db.prepare(`UPDATE channel SET ${set} WHERE id = ?`);
  }

  /** Every channel. Throws a Fault when one of them is damaged. */
  all(): ChannelRow[] {
    return this.#select.all().map((row) => {
      const channel = toChannelRow(row);
      if (channel) return channel;
      throw new Fault('damaged', `the row of channel ${String(row['id'])} is not what was written`);
    });
  }

  insert(row: ChannelRow): void {
    const values = valuesOf(row);
    this.#insert.run(row.id, ...values, textChecksum([row.id, ...values]));
  }

  update(row: ChannelRow): void {
    const values = valuesOf(row);
    const { changes } = this.#update.run(...values, textChecksum([row.id, ...values]), row.id);
    if (changes === 1) return;
    throw new Fault('damaged', `the row of channel "${row.name}" is gone`);
  }
}

function valuesOf(row: ChannelRow): (string | number)[] {
  const { name, stream, sealedTo, sealedMax, rolled, pruned, amendmentCount, keyMax } = row;
  return [
    name,
    stream,
    sealedTo,
    sealedMax,
    rolled['1m'],
    rolled['15m'],
    pruned['1s'],
    pruned['1m'],
    pruned['15m'],
    amendmentCount,
    keyMax,
  ];
}
