/**
 * The audit of an SQLite store: everything that must hold, looked at in one snapshot and without writing.
 *
 * Cells are read window by window, so that memory is bounded whatever the store holds.
 */
import type { DatabaseSync } from 'node:sqlite';
import { TIERS, type TierName } from '../../model/tier.ts';
import type { Audit, Difference } from '../store.ts';
import { auditCells, type CellCheck } from './audit-cells.ts';
import { auditTiers } from './audit-tiers.ts';
import { CellTable } from './cell-table.ts';
import { type ChannelRow, toChannelRow } from './channel-table.ts';
import { attempt, checkHead, openForReading, transaction } from './database.ts';
import { KeyNames } from './key-names.ts';
import { toKeyRow } from './key-table.ts';
import { Meta } from './meta.ts';
import { checkTables, SCHEMA_VERSION, versionOf } from './migrate.ts';
import { toEvent, toGap } from './notes.ts';
import { isSoundPosition } from './position-table.ts';
import { type SeriesRow, toSeriesRow } from './series-table.ts';
import { Fault, isDamage, storeError } from './trouble.ts';

/** Of what SQLite itself finds; one is enough to know. */
const INTEGRITY_LINES_MAX = 100;

/** Checks the store at `location`; also while a Weir writes it. */
export function auditSqlite(location: string): Audit {
  const db = openForReading(location);
  try {
    attempt(location, () => {
      checkHead(location);
      refuseOtherVersions(db);
    });
    return transaction(db, 'BEGIN', () => new AuditRun(db).run());
  } catch (error) {
    throw storeError(location, error);
  } finally {
    db.close();
  }
}

function refuseOtherVersions(db: DatabaseSync): void {
  const version = versionOf(db);
  if (version === SCHEMA_VERSION) return;
  const how = version === 0 ? 'it is empty' : `it is of schema ${version}: start Weir on it once`;
  throw new Fault('refused', how);
}

class AuditRun {
  readonly #db: DatabaseSync;
  readonly #tables: readonly CellTable[];
  readonly #keyNames: KeyNames;
  readonly #cellCounts = zeroEach();
  readonly #keyCellCounts = zeroEach();
  #channelCount = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;
  #first: Difference | null = null;
  #differenceCount = 0;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#tables = TIERS.map(({ name }) => new CellTable(db, name));
    this.#keyNames = new KeyNames(db);
  }

  run(): Audit {
    this.#guard('file', () => this.#auditFile());
    this.#guard('tables', () => checkTables(this.#db, SCHEMA_VERSION));
    this.#guard('key', () => this.#auditKeys());
    this.#guard('notes', () => this.#auditNotes());
    this.#guard('position', () => this.#auditPositions());
    this.#guard('channel', () => this.#auditChannels());
    const from = this.#from * 1_000;
    return {
      channelCount: this.#channelCount,
      cellCounts: this.#cellCounts,
      keyCellCounts: this.#keyCellCounts,
      span: Number.isFinite(from) ? { from, to: this.#to * 1_000 } : null,
      first: this.#first,
      differenceCount: this.#differenceCount,
    };
  }

  /** Runs one part of the audit; where it cannot go on, that is what it found. */
  #guard(field: string, check: () => void, place: Partial<Difference> = {}): void {
    try {
      check();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#note({ field, expected: 'readable', found: (error as Error).message, ...place });
    }
  }

  #auditFile(): void {
    const check = this.#db.prepare(`PRAGMA integrity_check(${INTEGRITY_LINES_MAX})`);
    for (const { integrity_check: line } of check.all()) {
      if (line !== 'ok') this.#note({ field: 'file', expected: 'ok', found: String(line) });
    }
  }

  #auditKeys(): void {
    for (const row of this.#db.prepare('SELECT * FROM key').iterate()) {
      if (toKeyRow(row)) continue;
      this.#note({ field: `key ${String(row['id'])}`, ...ALTERED });
    }
  }

  #auditNotes(): void {
    for (const row of this.#db.prepare('SELECT * FROM gap').iterate()) {
      if (toGap(row) === null)
        this.#note({ field: `gap of channel ${row['channel']}`, ...ALTERED });
    }
    for (const row of this.#db.prepare('SELECT * FROM event').iterate()) {
      if (toEvent(row) === null) this.#note({ field: `event ${row['id']}`, ...ALTERED });
    }
  }

  #auditPositions(): void {
    for (const row of this.#db.prepare('SELECT * FROM position').iterate()) {
      if (isSoundPosition(row)) continue;
      const place = `position of channel ${row['channel']}, shard ${JSON.stringify(row['shard'])}`;
      this.#note({ field: place, ...ALTERED });
    }
  }

  #auditChannels(): void {
    const meta = new Meta(this.#db);
    this.#guard('alive', () => meta.get('alive'));
    const expected = meta.get('channels') ?? 0;
    const rows = this.#db.prepare('SELECT * FROM channel ORDER BY id').all();
    this.#channelCount = rows.length;
    if (rows.length !== expected) {
      this.#note({ field: 'channels', expected: String(expected), found: String(rows.length) });
    }
    for (const row of rows) {
      const channel = toChannelRow(row);
      if (channel) this.#auditChannel(channel);
      else this.#note({ channel: String(row['name']), field: 'channel', ...ALTERED });
    }
  }

  #auditChannel(channel: ChannelRow): void {
    for (const [field, holds] of watermarkLaws(channel)) {
      if (!holds) this.#note({ channel: channel.name, field, expected: 'in order', found: 'not' });
    }
    for (const row of this.#db.prepare('SELECT * FROM series WHERE channel = ?').all(channel.id)) {
      const series = toSeriesRow(row);
      if (series) this.#auditSeries(channel, series);
      else this.#note({ channel: channel.name, field: `series ${row['id']}`, ...ALTERED });
    }
  }

  #auditSeries(channel: ChannelRow, series: SeriesRow): void {
    const tables = this.#tables;
    for (const table of tables) {
      const { tier } = table;
      const check: CellCheck = {
        ...this.#noterFor(channel, tier),
        seen: (cell) => {
          this.#cellCounts[tier] += 1;
          this.#from = Math.min(this.#from, cell.start);
          this.#to = Math.max(this.#to, cell.start + table.seconds);
        },
        seenKeys: (count) => {
          this.#keyCellCounts[tier] += count;
        },
        isNamed: (id) => this.#keyNames.of(series.id, id) !== null,
      };
      const place = { channel: channel.name, tier };
      this.#guard('cells', () => auditCells(table, { channel, series }, check), place);
    }
    for (let index = 1; index < tables.length; index++) {
      const [children, parents] = [tables[index - 1]!, tables[index]!];
      const noter = this.#noterFor(channel, parents.tier);
      const place = { channel: channel.name, tier: parents.tier };
      this.#guard('cells', () => auditTiers(children, parents, { channel, series }, noter), place);
    }
  }

  #noterFor({ name }: ChannelRow, tier: TierName) {
    return {
      note: (start: number, what: Pick<Difference, 'field' | 'expected' | 'found'>) =>
        this.#note({ channel: name, tier, start: start * 1_000, ...what }),
    };
  }

  #note(difference: Partial<Difference> & Pick<Difference, 'field' | 'expected' | 'found'>): void {
    this.#differenceCount += 1;
    this.#first ??= { channel: null, tier: null, start: null, ...difference };
  }
}

const ALTERED = { expected: 'as written', found: 'altered' } as const;

function zeroEach(): Record<TierName, number> {
  return { '1s': 0, '1m': 0, '15m': 0 };
}

function watermarkLaws(channel: ChannelRow): [string, boolean][] {
  const { sealedTo, sealedMax, rolled, pruned } = channel;
  return [
    ['sealed_to', sealedTo >= 0 && sealedTo <= sealedMax],
    ['rolled_1m', rolled['1m'] % 60 === 0 && rolled['1m'] >= rolled['15m']],
    ['rolled_15m', rolled['15m'] % 900 === 0],
    ['pruned_1s', pruned['1s'] >= 0 && pruned['1s'] <= rolled['1m']],
    ['pruned_1m', pruned['1m'] >= 0 && pruned['1m'] <= rolled['15m']],
    ['pruned_15m', pruned['15m'] >= 0],
  ];
}
