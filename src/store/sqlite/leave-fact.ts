/** A fact for the writer, which has the store's lock: written beside it, in a transaction of its own. */
import { attempt, checkHead, openBeside, transaction } from './database.ts';
import { Meta } from './meta.ts';
import { refuseOtherVersions } from './migrate.ts';

export function leaveSqliteFact(location: string, name: string, value: string): void {
  attempt(location, () => {
    checkHead(location);
    const db = openBeside(location);
    try {
      refuseOtherVersions(db);
      transaction(db, 'BEGIN IMMEDIATE', () => new Meta(db).putText(name, value));
    } finally {
      db.close();
    }
  });
}
