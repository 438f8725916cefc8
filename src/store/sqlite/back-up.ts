/** A whole copy of a store that may be written meanwhile: SQLite's online backup. */
import { chmodSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { openForReading } from './database.ts';
import { GENERATION_FACT, newGeneration } from './generation.ts';
import { Meta } from './meta.ts';
import { checkpoint } from './store-file.ts';
import { storeError } from './trouble.ts';

/** Pages copied at once; the writer goes on in between. */
const PAGES_AT_ONCE = 1_000;
const OWNER_ONLY = 0o600;

export async function backUpSqlite(location: string, file: string): Promise<void> {
  const db = openForReading(location);
  try {
    await backup(db, file, { rate: PAGES_AT_ONCE });
    chmodSync(file, OWNER_ONLY);
    setApart(file);
  } catch (error) {
    throw storeError(location, error);
  } finally {
    db.close();
  }
}

/** The copy is of a generation of its own: the log of the store that it was made of must not be replayed over it. */
function setApart(file: string): void {
  const db = new DatabaseSync(file);
  try {
    new Meta(db).putText(GENERATION_FACT, newGeneration());
    checkpoint(db);
  } finally {
    db.close();
  }
}
