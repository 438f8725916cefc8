/** The reading end: it follows the writer to another file, and stays with it where somebody puts another in its place. */
import type { SeriesName } from '../../model/series.ts';
import type {
  CellRange,
  EventQuery,
  ExplainedHistory,
  KeyHistory,
  StoredEvent,
  StoreReader,
} from '../store.ts';
import { Connection, fileAt } from './connection.ts';
import { storeError } from './trouble.ts';

export class SqliteReader implements StoreReader {
  readonly #location: string;
  #connection: Connection;
  /** The writer that has the store, as far as is known. */
  #run: string | null;
  /** A file in the store's place that is not the writer's. */
  #foreign: string | null = null;

  constructor(location: string) {
    this.#location = location;
    this.#connection = new Connection(location);
    this.#run = this.#connection.run;
  }

  cells(range: CellRange): ExplainedHistory {
    return this.#ask((connection) => connection.cells(range));
  }

  keyCells(range: CellRange, wanted: SeriesName | null): KeyHistory {
    return this.#ask((connection) => connection.keyCells(range, wanted));
  }

  events(query: EventQuery): StoredEvent[] {
    return this.#ask((connection) => connection.events(query));
  }

  close(): void {
    this.#connection.close();
  }

  #ask<T>(question: (connection: Connection) => T): T {
    try {
      return question(this.#fresh());
    } catch (error) {
      throw storeError(this.#location, error);
    }
  }

  /** The connection to the file that is there now: a damaged one may have been set aside, and a new one begun. */
  #fresh(): Connection {
    const file = fileAt(this.#location);
    if (file === null || file === this.#connection.file) return this.#connection;
    if (file === this.#foreign) return this.#connection;
    // Where the old file was written over, what it said at the last look counts.
    this.#run = this.#connection.run ?? this.#run;
    const connection = new Connection(this.#location);
    if (connection.run !== this.#run) {
      // Somebody has put another store there; the writer goes on in this one.
      this.#foreign = file;
      connection.close();
      return this.#connection;
    }
    this.#connection.close();
    this.#connection = connection;
    return connection;
  }
}
