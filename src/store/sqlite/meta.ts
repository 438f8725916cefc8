/** The store's few facts that are no channel's, each under its checksum. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { textChecksum } from './checksum.ts';
import { Fault } from './trouble.ts';

/**
 * Facts that the store itself needs. `alive`: last proof that Weir was running, Unix ms. `channels`: how many there are,
 * so that a lost one is noticed.
 */
export type NumberFact = 'alive' | 'channels';

export class Meta {
  readonly #select: StatementSync;
  readonly #put: StatementSync;

  constructor(db: DatabaseSync) {
    this.#select = db.prepare('SELECT value, checksum FROM meta WHERE name = ?');
    this.#put = db.prepare('INSERT OR REPLACE INTO meta (name, value, checksum) VALUES (?, ?, ?)');
  }

  /** Throws a Fault when it is not what was written; null when it never was. */
  get(fact: NumberFact): number | null {
    const text = this.getText(fact);
    return text === null ? null : Number(text);
  }

  /** The same for any fact. */
  getText(fact: string): string | null {
    const row = this.#select.get(fact);
    if (!row) return null;
    const value = String(row['value']);
    if (textChecksum([fact, value]) === row['checksum']) return value;
    throw new Fault('damaged', `its note of "${fact}" is not what was written`);
  }

  put(fact: NumberFact, value: number): void {
    this.putText(fact, String(value));
  }

  putText(fact: string, text: string): void {
    this.#put.run(fact, text, textChecksum([fact, text]));
  }
}
