/**
 * What becomes of a store's files while a writer has them open: somebody may delete them, put others in their place, or
 * write over them. SQLite does not notice, and everything since is gone at the stop.
 */
import { closeSync, openSync, readSync, type Stats, statSync } from 'node:fs';

/** Bytes at the start of an SQLite file that say what it is, and when it was changed. */
const HEAD_BYTES = 100;
/** Where the head holds the size of a page (1 for 65,536), and the number of pages: https://sqlite.org/fileformat.html */
const PAGE_SIZE_AT = 16;
const PAGE_COUNT_AT = 28;
const LARGEST_PAGE = 65_536;
/** The files that belong to a store, beside its own. */
const LOG_FILES = ['-wal', '-shm'] as const;

/**
 * - `gone`: there is no file in the store's place. `replaced`: there is another one.
 * - `log-gone`: the file is there, and its log is not, or another one.
 * - `altered`: the file is the same, and was written since it was last seen.
 */
export type FileChange = 'gone' | 'replaced' | 'log-gone' | 'altered';

export class FileWatch {
  readonly #location: string;
  readonly #file: string;
  #logs: readonly (string | null)[];
  #content: string;
  #size: number;

  /** Watches the files at `location`, which the writer has just opened and written to. */
  constructor(location: string) {
    this.#location = location;
    this.#file = identityOf(location) ?? '';
    this.#logs = logsOf(location);
    this.#content = contentOf(location);
    this.#size = sizeOf(location);
  }

  /** What was done to the files since the writer was last known to be their only writer; null for nothing. */
  change(): FileChange | null {
    const file = identityOf(this.#location);
    if (file === null) return 'gone';
    if (file !== this.#file) return 'replaced';
    const logs = logsOf(this.#location);
    const isLost = this.#logs.some((log, index) => log !== null && log !== logs[index]);
    if (isLost) return 'log-gone';
    return contentOf(this.#location) === this.#content ? null : 'altered';
  }

  /**
   * Whether the file has lost its end: it is shorter than when it was last seen, and than its head says. While another
   * process writes the log back, the file may be shorter than its head says, but it only grows.
   */
  get isTruncated(): boolean {
    const size = sizeOf(this.#location);
    return size < this.#size && size < sizeByHead(this.#location);
  }

  /** The files are as the writer has left them. */
  seen(): void {
    this.#logs = logsOf(this.#location);
    this.#content = contentOf(this.#location);
    this.#size = sizeOf(this.#location);
  }
}

/** Device and inode of a file; null where there is none. */
export function identityOf(path: string): string | null {
  const stat = statOf(path);
  return stat ? `${stat.dev}:${stat.ino}` : null;
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function logsOf(location: string): (string | null)[] {
  return LOG_FILES.map((ending) => identityOf(location + ending));
}

function sizeOf(location: string): number {
  return statOf(location)?.size ?? 0;
}

/** How long the file is by what its head says; 0 where it says nothing. */
function sizeByHead(location: string): number {
  const head = headOf(location);
  const pageSize = head.readUInt16BE(PAGE_SIZE_AT);
  const pageBytes = pageSize === 1 ? LARGEST_PAGE : pageSize;
  return pageBytes * head.readUInt32BE(PAGE_COUNT_AT);
}

/** When the file was written, how long it is, and its first bytes. */
function contentOf(location: string): string {
  const stat = statSync(location, { bigint: true, throwIfNoEntry: false });
  return `${stat?.mtimeNs} ${stat?.size} ${headOf(location).toString('latin1')}`;
}

/** The first bytes of a file; zeros where it has none. */
function headOf(location: string): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  let file: number;
  try {
    file = openSync(location, 'r');
  } catch {
    // It went meanwhile; the next look finds that.
    return head;
  }
  try {
    readSync(file, head, 0, HEAD_BYTES, 0);
  } finally {
    closeSync(file);
  }
  return head;
}
