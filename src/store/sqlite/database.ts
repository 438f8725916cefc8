/** Opening SQLite: pragmas, locks, and transactions. */
import { closeSync, existsSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { APPLICATION_ID } from './migrate.ts';
import { Fault, openingError } from './trouble.ts';

/** How long a connection waits for another's lock: when it opens or reads, and when it writes, each second again. */
const BUSY_MS_MAX = 5_000;
const BUSY_WRITING_MS_MAX = 1_000;
/** Mode of a new file: read and written by its owner. */
const OWNER_ALONE = 0o600;
const MEMORY = /^file:.*vfs=memdb/;
/** The head of an SQLite file, where it says which formats it has (to write, to read), and whose it is. */
const HEAD_BYTES = 100;
const FORMAT_AT = 18;
const APPLICATION_ID_AT = 68;

/** An address for a store that lives in this process only, and is shared by its threads. */
export function memoryLocation(name: string): string {
  return `file:/weir-${name}?vfs=memdb`;
}

export function isMemory(location: string): boolean {
  return MEMORY.test(location);
}

/**
 * Opens the file, creating it and its folder if need be. Writes go to a log first (WAL), so a killed process
 * leaves the last commit whole; readers never wait for the writer.
 */
export function openForWriting(location: string): DatabaseSync {
  if (!isMemory(location)) createPrivate(location);
  checkHead(location);
  const db = new DatabaseSync(location, { timeout: BUSY_MS_MAX });
  try {
    if (!isMemory(location)) db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    db.exec('PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY');
    db.exec(`PRAGMA busy_timeout = ${BUSY_WRITING_MS_MAX}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Creates the file, and its folder if need be, for its owner alone; leaves one that is there as it is. SQLite gives
 * the files that it makes beside it, such as the log, the same mode.
 */
function createPrivate(location: string): void {
  mkdirSync(dirname(location), { recursive: true });
  if (!existsSync(location)) closeSync(openSync(location, 'a', OWNER_ALONE));
}

/**
 * Claims the store for this writer: a second Weir on one file would count every message twice. The claim is a lock
 * on a file beside it, which the system releases however the process ends.
 */
export function claim(location: string): DatabaseSync | null {
  if (isMemory(location)) return null;
  return attempt(location, () => {
    createPrivate(`${location}.lock`);
    const lock = new DatabaseSync(`${location}.lock`, { timeout: 0 });
    try {
      lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      throw new Error('another Weir is writing it', { cause: error });
    }
    return lock;
  });
}

export function openForReading(location: string): DatabaseSync {
  return attempt(
    location,
    () => new DatabaseSync(location, { readOnly: true, timeout: BUSY_MS_MAX }),
  );
}

/** For one short write while another connection is the writer. The file must be there. */
export function openBeside(location: string): DatabaseSync {
  if (!existsSync(location)) throw new Error('there is no such file');
  return new DatabaseSync(location, { timeout: BUSY_MS_MAX });
}

/** Runs `action`; its error becomes a StoreError that names the store and the way out. */
export function attempt<T>(location: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const foreign = !isMemory(location) && !bearsOurMark(location);
    throw openingError(location, error, foreign);
  }
}

/** Whether a file that SQLite does not know as its own was a store of Weir nevertheless. */
function bearsOurMark(location: string): boolean {
  return existsSync(location) && isOurs(headOf(location));
}

/** Throws a Fault for a header that no SQLite has ever written: it would pass for a file that is read-only. */
export function checkHead(location: string): void {
  if (isMemory(location) || !existsSync(location)) return;
  const head = headOf(location);
  const formats = [head[FORMAT_AT]!, head[FORMAT_AT + 1]!];
  if (!isOurs(head) || formats.every((format) => format === 1 || format === 2)) return;
  throw new Fault('damaged', 'its header is not what was written');
}

function isOurs(head: Buffer): boolean {
  return head.readUInt32BE(APPLICATION_ID_AT) === APPLICATION_ID;
}

function headOf(location: string): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  let file: number;
  try {
    file = openSync(location, 'r');
  } catch {
    // Who opens it as a store meets the same error, and says it.
    return head;
  }
  try {
    readSync(file, head, 0, HEAD_BYTES, 0);
  } finally {
    closeSync(file);
  }
  return head;
}

/** Runs `action` in a transaction: all of it, or nothing. */
export function transaction<T>(
  db: DatabaseSync,
  begin: 'BEGIN' | 'BEGIN IMMEDIATE',
  action: () => T,
): T {
  db.exec(begin);
  try {
    const result = action();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** Ends a transaction whose work has failed. */
function rollBack(db: DatabaseSync): void {
  // SQLite may have rolled back by itself (disk full).
  if (!db.isTransaction) return;
  try {
    db.exec('ROLLBACK');
  } catch {
    // The error that led here is thrown next, and says more.
  }
}
