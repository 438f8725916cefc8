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
  readonly #retention: Retention;
  readonly #deletes: readonly (readonly StatementSync[])[];
  readonly #gaps: StatementSync;
  readonly #events: StatementSync;

  constructor(db: DatabaseSync, retention: Retention) {
    this.#retention = retention;
    this.#deletes = TIERS.map(({ name }) =>
      [cellTable(name), keysTable(name)].map((table) =>
        db.prepare(`DELETE FROM "${table}" WHERE series = ? AND start < ?`),
      ),
    );
    this.#gaps = db.prepare('DELETE FROM gap WHERE channel = ? AND to_ms < ?');
    this.#events = db.prepare('DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - ?');
  }

  /** `now` in Unix milliseconds. What the next tier has not rolled up yet stays, however old. Moves the watermarks. */
  pruneChannel(row: ChannelRow, series: readonly SeriesRow[], now: number): void {
    const { rolled, pruned } = row;
    const rolledTo = [rolled['1m'], rolled['15m'], Number.POSITIVE_INFINITY];
    TIERS.forEach(({ name }, index) => {
      const before = Math.min(Math.floor((now - this.#retention[name]) / 1_000), rolledTo[index]!);
      for (const statement of this.#deletes[index]!) {
        for (const { id } of series) statement.run(id, before);
      }
      pruned[name] = Math.max(pruned[name], before);
    });
    this.#gaps.run(row.id, now - this.#retention['15m']);
  }

  pruneEvents(): void {
    this.#events.run(EVENTS_KEPT_MAX);
  }
}
