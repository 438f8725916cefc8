/** Retention: removes cells that are older than their tier is kept, and old gaps and events. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Retention } from '../../model/tier.ts';
import { TIERS } from '../../model/tier.ts';
import type { ChannelRow } from './channel-table.ts';
import { cellTable, keysTable } from './schema.ts';
import type { SeriesRow } from './series-table.ts';

/** Events kept, however young. */
export const EVENTS_KEPT_MAX = 100_000;

export class Pruner {
  readonly #deletes: readonly (readonly StatementSync[])[];
  readonly #counts: readonly StatementSync[];
  readonly #gaps: StatementSync;
  readonly #events: StatementSync;

  constructor(db: DatabaseSync) {
    this.#deletes = TIERS.map(({ name }) =>
      [cellTable(name), keysTable(name)].map((table) =>
        db.prepare(`DELETE FROM "${table}" WHERE series = ? AND start < ?`),
      ),
    );
    this.#counts = TIERS.map(({ name }) =>
      db.prepare(`SELECT count(*) AS n FROM "${cellTable(name)}" WHERE series = ? AND start < ?`),
    );
    this.#gaps = db.prepare('DELETE FROM gap WHERE channel = ? AND to_ms < ?');
    this.#events = db.prepare('DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - ?');
  }

  /**
   * `now` in Unix milliseconds. What the next tier has not rolled up yet stays, however old. Moves the watermarks; one
   * that a wrong clock has put ahead of `now` comes back.
   */
  pruneChannel(
    row: ChannelRow,
    series: readonly SeriesRow[],
    now: number,
    retention: Retention,
  ): void {
    const { pruned } = row;
    const bounds = boundsOf(row, now, retention);
    TIERS.forEach(({ name, seconds }, index) => {
      const before = bounds[index]!;
      for (const statement of this.#deletes[index]!) {
        for (const { id } of series) statement.run(id, before);
      }
      const known = Math.min(pruned[name], Math.ceil(now / 1_000 / seconds) * seconds);
      pruned[name] = Math.max(known, before);
    });
    this.#gaps.run(row.id, now - retention['15m']);
  }

  /** How many cells of the channel `pruneChannel` would remove. */
  countOf(
    row: ChannelRow,
    series: readonly SeriesRow[],
    now: number,
    retention: Retention,
  ): number {
    const bounds = boundsOf(row, now, retention);
    let count = 0;
    for (const [index, statement] of this.#counts.entries()) {
      for (const { id } of series) count += Number(statement.get(id, bounds[index]!)!['n']);
    }
    return count;
  }

  pruneEvents(): void {
    this.#events.run(EVENTS_KEPT_MAX);
  }
}

/** Unix seconds, by tier: what is before may go. */
function boundsOf({ rolled }: ChannelRow, now: number, retention: Retention): number[] {
  const rolledTo = [rolled['1m'], rolled['15m'], Number.POSITIVE_INFINITY];
  return TIERS.map(({ name }, index) =>
    Math.min(Math.floor((now - retention[name]) / 1_000), rolledTo[index]!),
  );
}
