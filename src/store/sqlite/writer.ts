/** The writing end: seals, gaps, events and positions in one transaction a second. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Gap } from '../../model/bucket.ts';
import type { WeirEvent } from '../../model/channel.ts';
import { TALLY_FIELDS, type Tally } from '../../model/tally.ts';
import type { Retention, TierName } from '../../model/tier.ts';
import type { ChannelSeal, Commit, StoredState, StoreWriter } from '../store.ts';
import { attempt, claim, openForWriting, transaction } from './database.ts';
import { Pruner } from './pruner.ts';
import {
  addCellSql,
  addKeyCellSql,
  ROLLED_TIERS,
  type RollUp,
  rollUpStatements,
} from './roll-up.ts';
import { migrate } from './schema.ts';

/** A channel's row in the store, as far as the writer needs it. Watermarks in Unix seconds. */
interface ChannelRow {
  readonly id: number;
  readonly rolled: Record<RollUp['tier'], number>;
  readonly keyIds: Map<string, number>;
}

export class SqliteWriter implements StoreWriter {
  /** Held as long as this writer lives. */
  readonly #lock: DatabaseSync | null;
  readonly #db: DatabaseSync;
  readonly #pruner: Pruner;
  readonly #channels = new Map<string, ChannelRow>();
  readonly #rollUps: readonly RollUp[];
  readonly #addCell: ReadonlyMap<TierName, StatementSync>;
  readonly #addKeyCell: ReadonlyMap<TierName, StatementSync>;
  readonly #sealChannel: StatementSync;
  readonly #addChannel: StatementSync;
  readonly #addKey: StatementSync;
  readonly #putGap: StatementSync;
  readonly #addEvent: StatementSync;
  readonly #putAlive: StatementSync;

  constructor(location: string, retention: Retention) {
    this.#lock = claim(location);
    const db = openForWriting(location);
    attempt(location, () => migrate(db));
    this.#db = db;
    this.#pruner = new Pruner(db, retention);
    this.#rollUps = rollUpStatements(db);
    const tiers = ['1s', ...ROLLED_TIERS] as const;
    this.#addCell = new Map(tiers.map((tier) => [tier, db.prepare(addCellSql(tier))]));
    this.#addKeyCell = new Map(tiers.map((tier) => [tier, db.prepare(addKeyCellSql(tier))]));
    this.#sealChannel = db.prepare(
      'UPDATE channel SET sealed_to = ?, position = coalesce(?, position) WHERE id = ?',
    );
    this.#addChannel = db.prepare(
      'INSERT INTO channel (name, sealed_to, "rolled_1m", "rolled_15m") VALUES (?, 0, ?, ?)',
    );
    this.#addKey = db.prepare('INSERT INTO key (channel, name) VALUES (?, ?)');
    this.#putGap = db.prepare(
      `INSERT INTO gap VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET to_ms = excluded.to_ms, cause = excluded.cause, detail = excluded.detail`,
    );
    this.#addEvent = db.prepare(
      'INSERT INTO event (at, channel, kind, detail) VALUES (?, ?, ?, ?)',
    );
    this.#putAlive = db.prepare("INSERT OR REPLACE INTO meta VALUES ('alive', ?)");
    this.#readChannels();
    this.#closeOldGaps();
  }

  state(): StoredState {
    const rows = this.#db.prepare('SELECT name, position FROM channel').all();
    const positions = new Map<string, string>();
    for (const { name, position } of rows) {
      if (typeof position === 'string') positions.set(String(name), position);
    }
    return { aliveAt: this.#aliveAt(), positions, channels: new Set(this.#channels.keys()) };
  }

  begin(second: number): void {
    this.#db.prepare('UPDATE channel SET sealed_to = ?1 WHERE sealed_to > ?1').run(second);
  }

  rename(former: string, name: string): void {
    if (!this.#channels.has(former) || this.#channels.has(name)) return;
    transaction(this.#db, 'BEGIN IMMEDIATE', () => {
      this.#db.prepare('UPDATE channel SET name = ? WHERE name = ?').run(name, former);
      this.#db.prepare('UPDATE event SET channel = ? WHERE channel = ?').run(name, former);
    });
    this.#readChannels();
  }

  commit(commit: Commit): void {
    try {
      transaction(this.#db, 'BEGIN IMMEDIATE', () => {
        for (const seal of commit.seals) this.#writeSeal(seal);
        for (const { channel, gap } of commit.gaps) this.#writeGap(channel, gap, commit.at);
        for (const event of commit.events) this.#writeEvent(event);
        this.#putAlive.run(String(commit.at));
      });
    } catch (error) {
      // Ids and watermarks that were rolled back must not be believed.
      this.#readChannels();
      throw error;
    }
  }

  prune(now: number): void {
    transaction(this.#db, 'BEGIN IMMEDIATE', () => this.#pruner.prune(now));
  }

  close(): void {
    this.#db.close();
    this.#lock?.close();
  }

  #writeSeal(seal: ChannelSeal): void {
    const firstSecond = seal.cells[0]?.second ?? seal.sealedTo;
    const row = this.#channelRow(seal.channel, firstSecond);
    for (const { second, tally } of seal.cells) this.#writeCell(row, second, tally);
    for (const cell of seal.keyCells) this.#writeKeyCell(row, cell);
    this.#sealChannel.run(seal.sealedTo, seal.position, row.id);
    this.#rollUp(row, seal.sealedTo);
  }

  /** Adds a cell to its second, and to every coarser tier that has been rolled up past it. */
  #writeCell(row: ChannelRow, second: number, tally: Tally): void {
    const values = TALLY_FIELDS.map((field) => tally[field]);
    this.#addCell.get('1s')!.run(row.id, second, ...values);
    for (const { tier, seconds } of this.#rollUps) {
      if (second >= row.rolled[tier]) continue;
      this.#addCell.get(tier)!.run(row.id, second - (second % seconds), ...values);
    }
  }

  #writeKeyCell(row: ChannelRow, cell: ChannelSeal['keyCells'][number]): void {
    const keyId = this.#keyId(row, cell.key);
    const { second, counted, sum } = cell;
    this.#addKeyCell.get('1s')!.run(row.id, second, keyId, counted, sum);
    for (const { tier, seconds } of this.#rollUps) {
      if (second >= row.rolled[tier]) continue;
      this.#addKeyCell.get(tier)!.run(row.id, second - (second % seconds), keyId, counted, sum);
    }
  }

  #rollUp(row: ChannelRow, sealedTo: number): void {
    let childTo = sealedTo;
    for (const { tier, seconds, cells, keyCells, mark } of this.#rollUps) {
      const to = childTo - (childTo % seconds);
      const from = row.rolled[tier];
      if (to > from) {
        cells.run(row.id, from, to);
        keyCells.run(row.id, from, to);
        mark.run(to, row.id);
        row.rolled[tier] = to;
      }
      childTo = row.rolled[tier];
    }
  }

  #writeGap(channel: string, gap: Gap, at: number): void {
    const { id } = this.#channelRow(channel, Math.floor(at / 1_000));
    this.#putGap.run(id, gap.from, gap.to, gap.cause, gap.detail);
  }

  #writeEvent({ at, channel, kind, detail }: WeirEvent): void {
    this.#addEvent.run(at, channel, kind, detail);
  }

  /** The channel's row; a new channel's watermarks start at its first second. */
  #channelRow(name: string, firstSecond: number): ChannelRow {
    const known = this.#channels.get(name);
    if (known) return known;
    const rolled = {
      '1m': firstSecond - (firstSecond % 60),
      '15m': firstSecond - (firstSecond % 900),
    };
    const { lastInsertRowid } = this.#addChannel.run(name, rolled['1m'], rolled['15m']);
    const row: ChannelRow = { id: Number(lastInsertRowid), rolled, keyIds: new Map() };
    this.#channels.set(name, row);
    return row;
  }

  #keyId(row: ChannelRow, key: string): number {
    const known = row.keyIds.get(key);
    if (known !== undefined) return known;
    const id = Number(this.#addKey.run(row.id, key).lastInsertRowid);
    row.keyIds.set(key, id);
    return id;
  }

  #readChannels(): void {
    this.#channels.clear();
    const byId = new Map<number, ChannelRow>();
    for (const row of this.#db.prepare('SELECT * FROM channel').all()) {
      const rolled = { '1m': Number(row['rolled_1m']), '15m': Number(row['rolled_15m']) };
      const channel: ChannelRow = { id: Number(row['id']), rolled, keyIds: new Map() };
      this.#channels.set(String(row['name']), channel);
      byId.set(channel.id, channel);
    }
    for (const row of this.#db.prepare('SELECT * FROM key').all()) {
      byId.get(Number(row['channel']))?.keyIds.set(String(row['name']), Number(row['id']));
    }
  }

  /** Gaps that an earlier run left open ended, as far as it could know, with its last proof of life. */
  #closeOldGaps(): void {
    const aliveAt = this.#aliveAt();
    if (aliveAt === null) return;
    this.#db.prepare('UPDATE gap SET to_ms = max(from_ms, ?) WHERE to_ms IS NULL').run(aliveAt);
  }

  #aliveAt(): number | null {
    const row = this.#db.prepare("SELECT value FROM meta WHERE name = 'alive'").get();
    return row ? Number(row['value']) : null;
  }
}
