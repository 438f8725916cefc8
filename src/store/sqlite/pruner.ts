/** Retention: removes cells that are older than their tier is kept, and old gaps and events. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Retention } from '../../model/tier.ts';
import { TIERS } from '../../model/tier.ts';
import { cellTable, keyCellTable } from './schema.ts';

/** Events kept, however young. */
export const EVENTS_KEPT_MAX = 100_000;

export class Pruner {
  readonly #retention: Retention;
  readonly #channels: StatementSync;
  readonly #cells: readonly { readonly keepMs: number; readonly statements: StatementSync[] }[];
  readonly #gaps: StatementSync;
  readonly #events: StatementSync;

  constructor(db: DatabaseSync, retention: Retention) {
    this.#retention = retention;
    this.#channels = db.prepare('SELECT id, "rolled_1m", "rolled_15m" FROM channel');
    this.#cells = TIERS.map(({ name }) => ({
      keepMs: retention[name],
      statements: [cellTable(name), keyCellTable(name)].map((table) =>
        db.prepare(`DELETE FROM "${table}" WHERE channel = ? AND start < ?`),
      ),
    }));
    this.#gaps = db.prepare('DELETE FROM gap WHERE channel = ? AND to_ms < ?');
    this.#events = db.prepare('DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - ?');
  }

  /** `now` in Unix milliseconds. What the next tier has not rolled up yet stays, however old. */
  prune(now: number): void {
    for (const row of this.#channels.all()) {
      const rolledTo = [Number(row['rolled_1m']), Number(row['rolled_15m']), Infinity];
      this.#cells.forEach(({ keepMs, statements }, index) => {
        const before = Math.min(Math.floor((now - keepMs) / 1_000), rolledTo[index]!);
        for (const statement of statements) statement.run(row['id']!, before);
      });
      this.#gaps.run(row['id']!, now - this.#retention['15m']);
    }
    this.#events.run(EVENTS_KEPT_MAX);
  }
}
