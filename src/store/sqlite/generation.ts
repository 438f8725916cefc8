/**
 * Generations: which log belongs to which file.
 *
 * After a crash, SQLite replays the log beside a file over whatever file is there by then. Where somebody has put an
 * older copy in its place, pages of both mix. So file and log are bound: the file holds a generation, and a record beside
 * it says of which generation the log is. Both change together, while the log is empty. A log of another generation is
 * set aside before the file is opened.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { freeName } from './set-aside.ts';

export const GENERATION_FACT = 'generation';
const RECORD = '.generation';
const OWNER_ALONE = 0o600;

/** What the record beside a store says. */
export interface GenerationRecord {
  /** Any of these the file may hold; several while they are being changed. */
  readonly generations: readonly string[];
  /** When the store was last known to be written, Unix milliseconds. */
  readonly aliveAt: number;
}

export function newGeneration(): string {
  return randomUUID();
}

/** Writes the record: the log is of one of these generations. */
export function recordGeneration(location: string, record: GenerationRecord): void {
  const path = location + RECORD;
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: OWNER_ALONE, flush: true });
  renameSync(`${path}.new`, path);
}

/** The record beside a store; null for none, or for one that cannot be read. */
export function generationRecord(location: string): GenerationRecord | null {
  try {
    const record: unknown = JSON.parse(readFileSync(location + RECORD, 'utf8'));
    return typeof record === 'object' ? (record as GenerationRecord | null) : null;
  } catch {
    // A store of an earlier version has none.
    return null;
  }
}

/**
 * Sets a log aside that belongs to another file than the one that is there; to be called before the file is opened.
 * Returns the log's new name, with the time of its last write; null where log and file belong together, or nobody can
 * tell.
 */
export function setForeignLogAside(location: string): string | null {
  const log = `${location}-wal`;
  const record = generationRecord(location);
  if (record === null || !existsSync(location) || !existsSync(log)) return null;
  const { size, mtimeMs } = statSync(log);
  if (size === 0) return null;
  const generation = generationInFile(location);
  if (generation === null || record.generations.includes(generation)) return null;
  const target = freeName(`${location}.foreign`, mtimeMs);
  renameSync(log, `${target}-wal`);
  if (existsSync(`${location}-shm`)) renameSync(`${location}-shm`, `${target}-shm`);
  return basename(`${target}-wal`);
}

/** The generation that a file holds by itself, without its log; null for one that has none or cannot be read. */
export function generationInFile(location: string): string | null {
  try {
    const url = `file:${encodeURI(location).replace(/[?#]/g, encodeURIComponent)}?immutable=1`;
    const db = new DatabaseSync(url, { readOnly: true });
    try {
      const row = db.prepare('SELECT value FROM meta WHERE name = ?').get(GENERATION_FACT);
      return row ? String(row['value']) : '';
    } finally {
      db.close();
    }
  } catch {
    // Opening it says what is wrong with it.
    return null;
  }
}
