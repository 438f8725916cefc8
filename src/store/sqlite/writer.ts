/** The writing end: seals, gaps, events and positions in one transaction a second; and what becomes of a damaged store. */
import { basename } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Retention } from '../../model/tier.ts';
import {
  type ChannelSeal,
  type Commit,
  type StoreCare,
  type StoredState,
  StoreError,
  type StoreWriter,
} from '../store.ts';
import type { ChannelRow } from './channel-table.ts';
import { attempt, isMemory, openForWriting, transaction } from './database.ts';
import type { FileChange } from './file-watch.ts';
import { migrate } from './migrate.ts';
import { keepLogReadable, rescue, saveBeside } from './rescue.ts';
import { WriteSession } from './session.ts';
import { freeName, setAside } from './set-aside.ts';
import { StoreFile } from './store-file.ts';
import { isDamage, storeError } from './trouble.ts';

interface Open {
  readonly db: DatabaseSync;
  readonly session: WriteSession;
}

export class SqliteWriter implements StoreWriter {
  readonly #location: string;
  readonly #retention: Retention;
  readonly #care: StoreCare | null;
  readonly #file: StoreFile;
  /** Why another file is in the store's place, and where this one is kept; null where it is in its place. */
  #moved: { readonly detail: string; readonly keptAs: string } | null = null;
  #open: Open;
  /** Whether the session may believe ids and watermarks that were rolled back. */
  #doubtful = false;
  /** The channels as of the last commit, for a store that has to begin anew. */
  #committed: readonly Readonly<ChannelRow>[] = [];
  /** Where each channel resumes, by its name, as of the last commit. */
  #positions = new Map<string, { stream: string; shards: Map<string, string | null> }>();

  constructor(location: string, retention: Retention, care: StoreCare | null) {
    this.#retention = retention;
    this.#care = isMemory(location) ? null : care;
    this.#file = new StoreFile(location, this.#care);
    this.#location = this.#file.location;
    try {
      this.#open = this.#openOrBeginAnew();
    } catch (error) {
      this.#file.close();
      throw error;
    }
    this.#note();
    this.#readPositions();
  }

  state(): StoredState {
    const { channels, aliveAt } = this.#believed();
    const rows = [...channels.values()];
    return {
      aliveAt,
      positions: this.#positions,
      channels: new Set(channels.keys()),
      sealed: new Map(
        rows.map(({ name, sealedTo, amendmentCount }) => [name, { sealedTo, amendmentCount }]),
      ),
    };
  }

  begin(second: number): void {
    this.#write((session) => session.begin(second));
  }

  rename(former: string, name: string): boolean {
    const { channels } = this.#believed();
    if (!channels.has(former)) return true;
    if (channels.has(name)) return false;
    this.#write((session) => session.rename(former, name));
    const positions = this.#positions.get(former);
    this.#positions.delete(former);
    if (positions) this.#positions.set(name, positions);
    return true;
  }

  commit(commit: Commit): void {
    this.#lookAtFiles();
    this.#write((session) => session.commit(commit));
    for (const seal of commit.seals) this.#keepPositions(seal);
  }

  rollUp(): void {
    if (this.#believed().rollUpDue) this.#write((session) => session.rollUp());
  }

  prune(now: number, retention = this.#retention): void {
    this.#write((session) => session.prune(now, retention));
    if (this.#moved) return;
    this.#lookAtFiles(() => (this.#file.isStillOwn() ? null : 'altered'));
    const { db, session } = this.#open;
    attempt(this.#location, () => this.#file.bind(db, session));
  }

  prunable(now: number, retention: Retention): number {
    return this.#believed().prunable(now, retention);
  }

  fact(name: string): string | null {
    return this.#believed().fact(name);
  }

  putFact(name: string, value: string): void {
    this.#write((session) => session.putFact(name, value));
  }

  /** Why readers cannot find what is written; null where all is in its place. */
  get moved(): string | null {
    return this.#moved?.detail ?? null;
  }

  close(): void {
    if (this.#moved) saveBeside(this.#open.db, this.#moved.keptAs);
    this.#open.db.close();
    this.#file.close();
  }

  /** One transaction. What fails leaves nothing behind; a damaged store is set aside, and the work done in a new one. */
  #write(work: (session: WriteSession) => void): void {
    try {
      this.#attempt(work);
    } catch (error) {
      this.#doubtful = true;
      if (!isDamage(error) || !this.#care) throw storeError(this.#location, error);
      this.#beginAnew(error);
      this.#attempt(work);
    }
    this.#note();
  }

  #attempt(work: (session: WriteSession) => void): void {
    if (!this.#open.db.isOpen) this.#continueIn(this.#openOrBeginAnew());
    const { db, session } = this.#open;
    transaction(db, 'BEGIN IMMEDIATE', () => {
      this.#file.checkRun(session);
      if (this.#doubtful) session.read();
      this.#doubtful = true;
      work(session);
    });
    this.#doubtful = false;
    this.#file.seen();
  }

  /** Finds what others have done to the files, and keeps what was written from being lost with them. */
  #lookAtFiles(look = (): FileChange | null => null): void {
    const change = this.#moved ? null : (this.#file.change() ?? look());
    if (change === null || !this.#care) return;
    const { db } = this.#open;
    if (change === 'altered') {
      if (this.#file.isStillOwn()) return this.#file.seen();
      keepLogReadable(this.#location);
      return this.#beginAnew(new Error('somebody wrote over its file'));
    }
    if (change === 'replaced') return this.#keepBeside(db, this.#care);
    attempt(this.#location, () => rescue(db, this.#location));
    db.close();
    this.#open = this.#openStore();
    const what = change === 'gone' ? 'its file was deleted' : 'its log was deleted or moved';
    this.#tell(`${what} while Weir ran; it was written anew, with all that it had`);
  }

  /** Another file is in the store's place: it is left alone, and this one goes on without a name until the stop. */
  #keepBeside(db: DatabaseSync, care: StoreCare): void {
    const keptAs = freeName(`${this.#location}.moved`, care.clock.now());
    attempt(this.#location, () => saveBeside(db, keptAs));
    const detail = `another file was put in its place while Weir ran. That one is left alone. What Weir counts is kept as ${basename(keptAs)}, and written there again when Weir stops; restart Weir with the file that you want`;
    this.#moved = { detail, keptAs };
    this.#tell(detail);
  }

  #tell(what: string): void {
    const detail = `The store ${this.#location}: ${what}.`;
    this.#care?.tell({ at: this.#care.clock.now(), channel: null, kind: 'store-error', detail });
  }

  /** The session, as the file has it: what was rolled back is read again. */
  #believed(): WriteSession {
    const { session } = this.#open;
    if (!this.#doubtful) return session;
    try {
      session.read();
    } catch (error) {
      throw storeError(this.#location, error);
    }
    this.#doubtful = false;
    return session;
  }

  #readPositions(): void {
    const { session } = this.#open;
    const byId = session.positions();
    for (const { id, name, stream } of session.channels.values()) {
      const shards = byId.get(id);
      if (shards) this.#positions.set(name, { stream, shards });
    }
  }

  #keepPositions({ channel, stream, positions }: ChannelSeal): void {
    let known = this.#positions.get(channel);
    if (known?.stream !== stream) {
      known = { stream, shards: new Map() };
      this.#positions.set(channel, known);
    }
    for (const [shard, position] of positions) known.shards.set(shard, position);
  }

  /** Keeps a copy of what the store has now. */
  #note(): void {
    if (!this.#care) return;
    this.#committed = [...this.#open.session.channels.values()].map((row) => ({ ...row }));
  }

  #openOrBeginAnew(): Open {
    try {
      return this.#openStore();
    } catch (error) {
      if (!isDamage(error) || !this.#care) throw error;
      return this.#openAnew(this.#care, error);
    }
  }

  /** The channels go on where they were, positions included: what is lost is their past, not their place. */
  #beginAnew(why: unknown): void {
    this.#continueIn(this.#openAnew(this.#care!, why, this.#open.db));
  }

  #continueIn(open: Open): void {
    transaction(open.db, 'BEGIN IMMEDIATE', () => {
      for (const row of this.#committed) {
        open.session.adopt(row, this.#positions.get(row.name)?.shards ?? []);
      }
    });
    this.#open = open;
    this.#doubtful = false;
  }

  #openAnew(care: StoreCare, why: unknown, old?: DatabaseSync): Open {
    const now = care.clock.now();
    const name = attempt(this.#location, () => setAside(this.#location, now));
    // Closed after it was renamed: closing may remove the log by its name, and that is no longer there.
    old?.close();
    const cause = why instanceof StoreError ? why.cause : why;
    const { message } = storeError(this.#location, cause);
    const detail = `${message} It is kept as ${name}; a new store is begun.`;
    care.tell({ at: now, channel: null, kind: 'store-error', detail });
    return this.#openStore();
  }

  #openStore(): Open {
    this.#file.prepare();
    return attempt(this.#location, () => {
      const db = openForWriting(this.#location);
      try {
        migrate(db);
        const session = new WriteSession(db);
        this.#file.opened(db, session);
        transaction(db, 'BEGIN IMMEDIATE', () => session.closeOldGaps());
        this.#file.seen();
        return { db, session };
      } catch (error) {
        db.close();
        throw error;
      }
    });
  }
}
