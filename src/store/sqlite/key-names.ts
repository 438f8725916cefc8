/** The names of keys by their id, as far as their checksums vouch for them. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { isSoundKey } from './channel-table.ts';
import { isDamage } from './trouble.ts';

/** Names held in memory; more are read again. */
const NAMES_HELD_MAX = 100_000;

export class KeyNames {
  readonly #select: StatementSync;
  readonly #names = new Map<number, string | null>();

  constructor(db: DatabaseSync) {
    this.#select = db.prepare('SELECT * FROM key WHERE id = ?');
  }

  /** The name of `channel`'s key; null when it is damaged or gone. A name never changes, so it is read once. */
  of(channel: number, id: number): string | null {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const name = this.#read(channel, id);
    if (this.#names.size >= NAMES_HELD_MAX) this.#names.clear();
    this.#names.set(id, name);
    return name;
  }

  #read(channel: number, id: number): string | null {
    if (!Number.isSafeInteger(id)) return null;
    try {
      const row = this.#select.get(id);
      const sound = row?.['channel'] === channel && row['id'] === id && isSoundKey(row);
      return sound ? String(row['name']) : null;
    } catch (error) {
      if (isDamage(error)) return null;
      throw error;
    }
  }
}
