/**
 * The file of a store, as its one writer holds it: claimed, bound to its log, and watched.
 *
 * A claim is a lock on a file beside it, which the system releases however the process ends. It stands on the real path,
 * so that no link leads two writers to one file. Each writer also leaves its name in the store, its run: whoever finds
 * another one there has lost the store.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { StoreCare } from '../store.ts';
import { attempt, claim, isMemory, transaction } from './database.ts';
import { type FileChange, FileWatch } from './file-watch.ts';
import {
  GENERATION_FACT,
  generationInFile,
  generationRecord,
  newGeneration,
  recordGeneration,
  setForeignLogAside,
} from './generation.ts';
import type { WriteSession } from './session.ts';
import { Fault } from './trouble.ts';

export const RUN_FACT = 'run';

export class StoreFile {
  /** The real path; an address for a store in memory. */
  readonly location: string;
  readonly #care: StoreCare | null;
  readonly #run = randomUUID();
  #lock: DatabaseSync | null;
  #watch: FileWatch | null = null;
  /** Generations that the file may hold: of the last one, it is not known yet whether it has reached it. */
  #generations: readonly string[] = [];

  /** Claims the store at `location`. Throws a StoreError that says what to do. */
  constructor(location: string, care: StoreCare | null) {
    this.location = isMemory(location) ? location : realPath(location);
    this.#care = care;
    refuseHardLinks(this.location);
    this.#lock = claim(this.location);
  }

  /** To be called before the file is opened: a log that belongs to another file must not be replayed over this one. */
  prepare(): void {
    if (isMemory(this.location)) return;
    const log = attempt(this.location, () => setForeignLogAside(this.location));
    if (log === null) return;
    this.#tell(
      `The store was put back to an older copy: the log that was beside it belongs to another file, and is kept as ${log}.`,
    );
  }

  /** The file was opened: it becomes this writer's. Reports a file that is older than the one that was written last. */
  opened(db: DatabaseSync, session: WriteSession): void {
    this.#generations = [session.fact(GENERATION_FACT) ?? ''];
    const aliveBefore = isMemory(this.location) ? null : generationRecord(this.location)?.aliveAt;
    const { aliveAt } = session;
    if (typeof aliveBefore === 'number' && aliveAt !== null && aliveAt < aliveBefore) {
      this.#tell(
        `The store is older than the one that was written last, of ${new Date(aliveBefore).toISOString()}: it was put back. Positions went back with it, so what feeds send again is counted again.`,
      );
    }
    transaction(db, 'BEGIN IMMEDIATE', () => session.putFact(RUN_FACT, this.#run));
    this.bind(db, session);
  }

  /** Gives file and log a new generation, with the log empty. Once a minute or so. */
  bind(db: DatabaseSync, session: WriteSession): void {
    if (isMemory(this.location)) return;
    const generation = newGeneration();
    const aliveAt = session.aliveAt ?? 0;
    this.#generations = [...this.#generations, generation];
    recordGeneration(this.location, { generations: this.#generations, aliveAt });
    transaction(db, 'BEGIN IMMEDIATE', () => session.putFact(GENERATION_FACT, generation));
    if (checkpoint(db)) {
      this.#generations = [generation];
      recordGeneration(this.location, { generations: this.#generations, aliveAt });
    }
    this.#watch = new FileWatch(this.location);
  }

  /** What others have done to the files since `seen`; null for nothing. */
  change(): FileChange | null {
    return this.#watch?.change() ?? null;
  }

  /** What is in the files now was written by this writer. */
  seen(): void {
    this.#watch?.seen();
  }

  /** Throws a Fault where another writer has begun on the store. To be called in each transaction. */
  checkRun(session: WriteSession): void {
    const run = session.fact(RUN_FACT);
    if (run !== null && run !== this.#run) {
      throw new Fault('refused', 'another Weir has begun to write it');
    }
  }

  /** Whether the file, without its log, is the one that this writer wrote; to be called when it was altered. */
  isStillOwn(): boolean {
    if (this.#watch?.isTruncated) return false;
    const generation = generationInFile(this.location);
    return generation !== null && this.#generations.includes(generation);
  }

  close(): void {
    this.#lock?.close();
    this.#lock = null;
  }

  #tell(detail: string): void {
    const now = this.#care?.clock.now();
    if (now !== undefined)
      this.#care?.tell({ at: now, channel: null, kind: 'store-error', detail });
  }
}

/** Writes the whole log to the file, and empties it; false where a reader is in the way. */
export function checkpoint(db: DatabaseSync): boolean {
  return db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] === 0;
}

/** The path of the file itself, whatever links lead to it; of the folder, where the file is not there yet. */
function realPath(location: string): string {
  if (existsSync(location)) return realpathSync(location);
  const folder = dirname(location);
  return existsSync(folder) ? join(realpathSync(folder), basename(location)) : location;
}

/** SQLite names the log by the path, so two names of one file have two logs. */
function refuseHardLinks(location: string): void {
  if (isMemory(location) || !existsSync(location)) return;
  attempt(location, () => {
    const { nlink } = statSync(location);
    if (nlink <= 1) return;
    throw new Fault(
      'refused',
      `the file has ${nlink} names (hard links); copy it, and use the copy`,
    );
  });
}
