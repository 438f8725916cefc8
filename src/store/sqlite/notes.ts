/** Gaps and events: what explains the counts. Each row under its checksum; one that is damaged is left out. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Gap, GapCause } from '../../model/bucket.ts';
import type { EventKind, WeirEvent } from '../../model/channel.ts';
import type { StoredEvent } from '../store.ts';
import { textChecksum } from './checksum.ts';

type Row = Record<string, unknown>;

/** The gap of a row; null when it is not what was written. */
export function toGap(row: Row): Gap | null {
  const [channel, from, to] = [row['channel'], row['from_ms'], row['to_ms']] as number[];
  const gap = { from: from!, to: to!, cause: row['cause'], detail: row['detail'] } as Gap;
  return gapChecksum(channel!, gap) === row['checksum'] ? gap : null;
}

/** The event of a row; null when it is not what was written. */
export function toEvent(row: Row): StoredEvent | null {
  const event = {
    id: Number(row['id']),
    at: row['at'] as number,
    channel: row['channel'] as string | null,
    kind: row['kind'] as EventKind,
    detail: row['detail'] as string,
  };
  return eventChecksum(event) === row['checksum'] ? event : null;
}

export class NoteTable {
  readonly #putGap: StatementSync;
  readonly #removeOpenGap: StatementSync;
  readonly #openGaps: StatementSync;
  readonly #addEvent: StatementSync;
  readonly #eventsOf: StatementSync;
  readonly #moveEvent: StatementSync;

  constructor(db: DatabaseSync) {
    this.#putGap = db.prepare('REPLACE INTO gap VALUES (?, ?, ?, ?, ?, ?)');
    this.#removeOpenGap = db.prepare(
      'DELETE FROM gap WHERE channel = ? AND from_ms = ? AND to_ms IS NULL',
    );
    this.#openGaps = db.prepare('SELECT * FROM gap WHERE to_ms IS NULL');
    this.#addEvent = db.prepare(
      'INSERT INTO event (at, channel, kind, detail, checksum) VALUES (?, ?, ?, ?, ?)',
    );
    this.#eventsOf = db.prepare('SELECT * FROM event WHERE channel = ?');
    this.#moveEvent = db.prepare('UPDATE event SET channel = ?, checksum = ? WHERE id = ?');
  }

  /**
   * A gap that was open is written again when it closes, with the same start; its cause may be known better by then.
   * One of the cause `clock` is never open, and stands beside those of other causes.
   */
  putGap(channel: number, gap: Gap): void {
    const { from, to, cause, detail } = gap;
    if (cause !== 'clock') this.#removeOpenGap.run(channel, from);
    this.#putGap.run(channel, from, to, cause, detail, gapChecksum(channel, gap));
  }

  /** Gaps that an earlier run left open ended, as far as it could know, with its last proof of life. */
  closeGaps(aliveAt: number): void {
    for (const row of this.#openGaps.all()) {
      const gap = toGap(row);
      if (gap) this.putGap(Number(row['channel']), { ...gap, to: Math.max(gap.from, aliveAt) });
    }
  }

  addEvent(event: WeirEvent): void {
    const { at, channel, kind, detail } = event;
    this.#addEvent.run(at, channel, kind, detail, eventChecksum(event));
  }

  /** Gives a channel's events to its new name. */
  moveEvents(former: string, name: string): void {
    for (const row of this.#eventsOf.all(former)) {
      const event = toEvent(row);
      if (event) this.#moveEvent.run(name, eventChecksum({ ...event, channel: name }), event.id);
    }
  }
}

function gapChecksum(channel: number, { from, to, cause, detail }: Gap): number {
  return textChecksum([channel, from, to, cause satisfies GapCause, detail]);
}

function eventChecksum({ at, channel, kind, detail }: WeirEvent): number {
  return textChecksum([at, channel, kind, detail]);
}
