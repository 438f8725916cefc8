/** A whole copy of a store that may be written meanwhile: SQLite's online backup. */
import { chmodSync } from 'node:fs';
import { backup } from 'node:sqlite';
import { openForReading } from './database.ts';
import { storeError } from './trouble.ts';

/** Pages copied at once; the writer goes on in between. */
const PAGES_AT_ONCE = 1_000;
const OWNER_ONLY = 0o600;

export async function backUpSqlite(location: string, file: string): Promise<void> {
  const db = openForReading(location);
  try {
    await backup(db, file, { rate: PAGES_AT_ONCE });
    chmodSync(file, OWNER_ONLY);
  } catch (error) {
    throw storeError(location, error);
  } finally {
    db.close();
  }
}
