/** Keeping what a writer has when its files are no longer where it put them. */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

const LOGS = ['-wal', '-shm'];
/** The ending of a log that was kept apart. */
export const KEPT_LOG = '-wal.kept';

/**
 * Writes all that an open store has to the place where its file was. The handle is to be closed, and the file opened: a new
 * one even where only the log was lost, since SQLite shares the index of a log among all who have the same file open.
 */
export function rescue(db: DatabaseSync, location: string): void {
  mkdirSync(dirname(location), { recursive: true });
  const copy = `${location}.rescued`;
  saveBeside(db, copy);
  // Logs that are still there are of the file that is gone.
  for (const log of LOGS) rmSync(location + log, { force: true });
  renameSync(copy, location);
}

/** Writes all that an open store has to another file, in place of what is there. */
export function saveBeside(db: DatabaseSync, file: string): void {
  const fresh = `${file}.new`;
  rmSync(fresh, { force: true });
  db.prepare('VACUUM INTO ?').run(fresh);
  renameSync(fresh, file);
}

/** Copies the log, and empties it, so that closing the store cannot write it over the file that is there now. */
export function keepLogReadable(location: string): void {
  const log = `${location}-wal`;
  if (!existsSync(log)) return;
  copyFileSync(log, location + KEPT_LOG);
  truncateSync(log);
}
