/** One viewer of the stream. Who does not keep up gets the latest event of each slot, never a queue. */
import { Batch, type StreamEvent, streamEvent } from './stream-event.ts';

/** The way to one viewer, as its connection offers it. */
export interface Outlet {
  /** Sends; false when the other side does not keep up, until `whenRoom` is called. */
  send(batch: Batch): boolean;
  /** Sets what is called each time there is room again. */
  whenRoom(callback: () => void): void;
  /** Says the last words and closes. `retryMs`: when to come again. Resolves when they are out. */
  end(last: Batch, retryMs: number): Promise<void>;
  /** Closes at once. */
  destroy(): void;
}

/** Events that may wait for one slow viewer; over it, it is told to fetch anew instead. */
export const PENDING_MAX = 2_000;
/** A viewer that takes nothing for so long is let go. */
export const STALLED_MS_MAX = 30_000;

export class Viewer {
  readonly #outlet: Outlet;
  readonly #now: () => number;
  readonly #on: { merged(count: number): void; overflowed(): void };
  /** What waits, by slot; null while the viewer keeps up. */
  #pending: Map<string, StreamEvent> | null = null;
  #pendingId: string | null = null;
  #stalledSince = 0;
  #overflowed = false;

  /** `on.merged` hears how many events were replaced by later ones, `on.overflowed` of a bound that was hit. */
  constructor(
    outlet: Outlet,
    now: () => number,
    on: { merged(count: number): void; overflowed(): void },
  ) {
    this.#outlet = outlet;
    this.#now = now;
    this.#on = on;
    outlet.whenRoom(() => this.#catchUp());
  }

  /** How many events wait. */
  get pendingCount(): number {
    return this.#pending?.size ?? 0;
  }

  /** Whether it has taken nothing for too long. */
  isLost(now: number): boolean {
    return this.#pending !== null && now - this.#stalledSince > STALLED_MS_MAX;
  }

  /** Sends the batch, or keeps the latest of each slot until there is room. */
  offer(batch: Batch): void {
    if (this.#pending === null) this.#send(batch);
    else this.#keep(this.#pending, batch);
  }

  end(last: Batch, retryMs: number): Promise<void> {
    return this.#outlet.end(last, retryMs);
  }

  destroy(): void {
    this.#outlet.destroy();
  }

  #send(batch: Batch): void {
    if (this.#outlet.send(batch)) return;
    this.#pending = new Map();
    this.#pendingId = null;
    this.#stalledSince = this.#now();
  }

  #keep(pending: Map<string, StreamEvent>, batch: Batch): void {
    const before = pending.size;
    for (const event of batch.events) pending.set(event.slot, event);
    this.#on.merged(before + batch.events.length - pending.size);
    this.#pendingId = batch.id ?? this.#pendingId;
    if (pending.size <= PENDING_MAX) return;
    pending.clear();
    if (!this.#overflowed) this.#on.overflowed();
    this.#overflowed = true;
  }

  #catchUp(): void {
    const pending = this.#pending;
    if (pending === null) return;
    this.#pending = null;
    const events = this.#overflowed ? [resync('slow'), ...pending.values()] : [...pending.values()];
    this.#overflowed = false;
    if (events.length > 0) this.#send(new Batch(events, this.#pendingId));
  }
}

/** Tells a viewer that it must fetch anew: `reason` says why the stream alone cannot bring it up to date. */
export function resync(reason: 'unknown-id' | 'too-old' | 'slow'): StreamEvent {
  return streamEvent('resync', { reason });
}
