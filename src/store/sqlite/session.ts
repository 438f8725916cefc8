/** A writer's work on one open file. Every method belongs into a transaction, and leaves the rest to the writer. */
import type { DatabaseSync } from 'node:sqlite';
import type { Gap } from '../../model/bucket.ts';
import type { ShardPosition } from '../../model/position.ts';
import { emptyTally, type Tally } from '../../model/tally.ts';
import type { Retention } from '../../model/tier.ts';
import { TIERS } from '../../model/tier.ts';
import type { Amendment, ChannelSeal, Commit, KeyTally } from '../store.ts';
import { CellAdder, CellTable } from './cell-table.ts';
import { type ChannelRow, ChannelTable, newChannel } from './channel-table.ts';
import { countedOf, keyCellsOf } from './key-pack.ts';
import { Meta } from './meta.ts';
import { NoteTable } from './notes.ts';
import { PositionTable } from './position-table.ts';
import { Pruner } from './pruner.ts';
import { type RollUp, rollUp, rollUps } from './roll-up.ts';
import { SeriesSet } from './series-set.ts';
import type { SeriesRow } from './series-table.ts';
import { Fault } from './trouble.ts';

export class WriteSession {
  readonly #table: ChannelTable;
  readonly #meta: Meta;
  readonly #pruner: Pruner;
  readonly #adders: readonly CellAdder[];
  readonly #rollUps: readonly RollUp[];
  readonly #notes: NoteTable;
  readonly #series: SeriesSet;
  readonly #positions: PositionTable;
  #channels = new Map<string, ChannelRow>();
  #channelMax = 0;

  constructor(db: DatabaseSync) {
    this.#table = new ChannelTable(db);
    this.#meta = new Meta(db);
    this.#pruner = new Pruner(db);
    const adders = new Map(TIERS.map(({ name }) => [name, new CellAdder(db, name)]));
    const tables = new Map(TIERS.map(({ name }) => [name, new CellTable(db, name)]));
    this.#adders = [...adders.values()];
    this.#rollUps = rollUps(tables, adders);
    this.#notes = new NoteTable(db);
    this.#series = new SeriesSet(db);
    this.#positions = new PositionTable(db);
    this.read();
  }

  /** Reads back what is known of the channels; throws a Fault when that is damaged. */
  read(): void {
    const rows = this.#table.all();
    const count = this.#meta.get('channels') ?? 0;
    if (rows.length !== count) {
      throw new Fault('damaged', `it has ${rows.length} channels; ${count} were written`);
    }
    this.#meta.get('alive');
    this.#channels = new Map(rows.map((row) => [row.name, row]));
    this.#channelMax = rows.at(-1)?.id ?? 0;
    this.#series.read(rows.reduce((max, { keyMax }) => Math.max(max, keyMax), 0));
  }

  /** The positions of each channel, by its id. */
  positions(): Map<number, Map<string, string | null>> {
    return this.#positions.all();
  }

  get channels(): ReadonlyMap<string, Readonly<ChannelRow>> {
    return this.#channels;
  }

  get aliveAt(): number | null {
    return this.#meta.get('alive');
  }

  /** Ends the gaps that an earlier run left open. */
  closeOldGaps(): void {
    const { aliveAt } = this;
    if (aliveAt !== null) this.#notes.closeGaps(aliveAt);
  }

  begin(second: number): void {
    for (const row of this.#channels.values()) {
      row.sealedTo = Math.min(row.sealedTo, second);
      row.amendmentCount = 0;
      this.#table.update(row);
    }
  }

  rename(former: string, name: string): void {
    const row = this.#channels.get(former)!;
    row.name = name;
    this.#table.update(row);
    this.#notes.moveEvents(former, name);
    this.#channels.delete(former);
    this.#channels.set(name, row);
  }

  /** A channel goes on in this store from where it was in another. */
  adopt(former: Readonly<ChannelRow>, shards: Iterable<ShardPosition>): void {
    const row = this.#channelRow(former.name, former.sealedTo);
    row.stream = former.stream;
    for (const position of shards) this.#positions.put(row.id, position);
    row.sealedTo = former.sealedTo;
    row.sealedMax = former.sealedTo;
    row.amendmentCount = former.amendmentCount;
    this.#table.update(row);
  }

  commit({ at, seals, gaps, events }: Commit): void {
    for (const seal of seals) this.#seal(seal);
    for (const { channel, gap } of gaps) this.#gap(channel, gap, at);
    for (const event of events) this.#notes.addEvent(event);
    this.#meta.put('alive', at);
  }

  /** Whether the time of a coarser cell is over that is not there yet. */
  get rollUpDue(): boolean {
    return this.#channels.values().some(isRollUpDue);
  }

  rollUp(): void {
    for (const row of this.#channels.values()) {
      if (!isRollUpDue(row)) continue;
      let childTo = row.sealedTo;
      for (const step of this.#rollUps) {
        const to = childTo - (childTo % step.parents.seconds);
        const from = row.rolled[step.tier];
        if (to > from) {
          for (const { id } of this.#series.of(row)) rollUp(step, { series: id, from, to });
          row.rolled[step.tier] = to;
        }
        childTo = row.rolled[step.tier];
      }
      this.#table.update(row);
    }
  }

  prune(now: number, retention: Retention): void {
    for (const row of this.#channels.values()) {
      this.#pruner.pruneChannel(row, this.#series.of(row), now, retention);
      this.#table.update(row);
    }
    this.#pruner.pruneEvents();
  }

  prunable(now: number, retention: Retention): number {
    let count = 0;
    for (const row of this.#channels.values()) {
      count += this.#pruner.countOf(row, this.#series.of(row), now, retention);
    }
    return count;
  }

  fact(name: string): string | null {
    return this.#meta.getText(name);
  }

  putFact(name: string, value: string): void {
    this.#meta.putText(name, value);
  }

  #seal(seal: ChannelSeal): void {
    const firstSecond = seal.cells[0]?.second ?? seal.sealedTo;
    const row = this.#channelRow(seal.channel, firstSecond);
    const into: Target = { row, series: this.#series.find(row, seal.definition), seal };
    const keys = new Map<number, KeyTally[]>();
    for (const cell of seal.keyCells) {
      const ofSecond = keys.get(cell.second);
      if (ofSecond) ofSecond.push(cell);
      else keys.set(cell.second, [cell]);
    }
    for (const { second, tally } of seal.cells) {
      this.#addPlain(into, second, tally, keys.get(second) ?? []);
      keys.delete(second);
    }
    for (const [second, ofSecond] of keys) this.#addPlain(into, second, emptyTally(), ofSecond);
    for (const amendment of seal.amendments) this.#add(into, amendment, amendment.heals ? 1 : 0);
    row.amendmentCount = seal.amendmentCount;
    this.#putPositions(row, seal);
    row.sealedTo = seal.sealedTo;
    row.sealedMax = Math.max(row.sealedMax, seal.sealedTo);
    this.#table.update(row);
  }

  #putPositions(row: ChannelRow, { stream, positions }: ChannelSeal): void {
    if (stream !== row.stream) this.#positions.clear(row.id);
    row.stream = stream;
    for (const position of positions) this.#positions.put(row.id, position);
  }

  /** A cell that a ring held. It changes what was sealed only if its second was: two runs may share one that was not. */
  #addPlain(into: Target, second: number, tally: Tally, keyCells: readonly KeyTally[]): void {
    const amended = second < into.row.sealedTo ? 1 : 0;
    this.#add(into, { second, tally, keyCells }, amended);
  }

  #add(into: Target, { second, tally, keyCells }: Omit<Amendment, 'heals'>, amended: 0 | 1): void {
    const cells = keyCellsOf(
      keyCells.map((keyed) => ({
        id: this.#series.keyId(into.row, into.series, keyed, into.seal.keysSince),
        counted: keyed.counted,
        sum: keyed.sum,
        sumLow: keyed.sumLow,
      })),
    );
    const keyed = countedOf(cells);
    const { id } = into.series;
    for (const adder of this.#tiersOf(into.row, second)) {
      const start = second - (second % adder.seconds);
      adder.add(id, { start, tally, amended, keyed, damaged: 0 });
      if (cells.ids.length > 0) adder.addKeys(id, { start, cells, damaged: 0 });
    }
  }

  /**
   * The tiers that a second's cells are in by now: those rolled up past it, and the seconds themselves. None where
   * that time was pruned, for the parent has what its children had; but the coarsest always, so that nothing is lost.
   */
  #tiersOf(row: ChannelRow, second: number): CellAdder[] {
    return this.#adders.filter(({ tier, seconds }) => {
      if (tier !== '1s' && second >= row.rolled[tier]) return false;
      return tier === '15m' || second - (second % seconds) >= row.pruned[tier];
    });
  }

  #gap(channel: string, gap: Gap, at: number): void {
    const { id } = this.#channelRow(channel, Math.floor(at / 1_000));
    this.#notes.putGap(id, gap);
  }

  /** The channel's row; a new channel's watermarks start at its first second. */
  #channelRow(name: string, firstSecond: number): ChannelRow {
    const known = this.#channels.get(name);
    if (known) return known;
    const row = newChannel(++this.#channelMax, name, firstSecond);
    this.#table.insert(row);
    this.#channels.set(name, row);
    this.#meta.put('channels', this.#channels.size);
    return row;
  }
}

/** Where a seal's numbers go. */
interface Target {
  readonly row: ChannelRow;
  readonly series: SeriesRow;
  readonly seal: ChannelSeal;
}

/** Quarters are made of minutes, so none is due where no minute is. */
function isRollUpDue({ sealedTo, rolled }: ChannelRow): boolean {
  return sealedTo - rolled['1m'] >= 60;
}
