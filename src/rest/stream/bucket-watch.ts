/**
 * Watches one channel at one interval: which of its buckets have changed since it was last looked at.
 *
 * The numbers are those of GET /buckets, because they are made by the same function.
 */
import {
  alignment,
  bucketStart,
  type Interval,
  nextStart,
  nominalMs,
  previousStart,
} from '../../model/interval.ts';
import type { Retention } from '../../model/tier.ts';
import { tierFor } from '../../model/tier.ts';
import { bucketPage } from '../bucket-page.ts';
import { LIMIT_MAX } from '../queries.ts';
import type { BucketView } from '../schemas.ts';
import type { RestChannel, SealedHistory } from '../sources.ts';
import type { Moment } from './moment.ts';
import { type StreamEvent, streamEvent } from './stream-event.ts';

/** How often an open bucket is looked at; longer ones are dearer to read, and move less. */
const PACE_MS = 250;
const PACE_MS_MAX = 5_000;
const PACE_PARTS = 2_400;
/** How many closed buckets are held against the store, now and then, in search of amendments. */
const SWEEP_BUCKETS = 300;

export interface WatchedSeries {
  readonly channel: RestChannel;
  readonly interval: Interval;
  readonly zone: string;
}

export class BucketWatch {
  readonly #series: WatchedSeries;
  readonly #history: SealedHistory;
  readonly #retention: Retention;
  readonly #paceMs: number;
  /** What was last told of each bucket, by its start. */
  readonly #told = new Map<number, string>();
  /** Start of the oldest bucket that was open when last looked at; 0 before the first look. */
  #tail = 0;
  /** By `elapsed`. */
  #lookedAt = 0;
  #current = { start: 0, end: 0 };
  #board = '';
  #sealed = -1;

  constructor(series: WatchedSeries, history: SealedHistory, retention: Retention) {
    this.#series = series;
    this.#history = history;
    this.#retention = retention;
    const lengthMs = nominalMs(series.interval);
    this.#paceMs = Math.max(PACE_MS, Math.min(PACE_MS_MAX, lengthMs / PACE_PARTS));
  }

  /** The open buckets, and those that were at the last look, as far as they have changed. */
  look({ now, elapsed }: Moment): StreamEvent[] {
    if (!this.#isDue(now, elapsed)) return [];
    const { interval, zone } = this.#series;
    const start = bucketStart(interval, now, zone);
    // A clock that was set back has left a tail that is still to come.
    if (this.#tail === 0 || this.#tail > start) this.#tail = previousStart(interval, start, zone);
    this.#current = { start, end: nextStart(interval, start, zone) };
    this.#lookedAt = elapsed;
    const rows = this.#rows(this.#tail, now + 1, now);
    const open = rows.find(({ state }) => state === 'open');
    this.#tail = open ? Date.parse(open.start) : start;
    return rows.flatMap((row) => this.#tell(row));
  }

  /** Closed buckets that were amended. Reads a long range, so it is called seldom. */
  sweep(now: number): StreamEvent[] {
    const { interval, zone } = this.#series;
    if (this.#tail === 0) return [];
    const pruned = bucketStart(interval, now - this.#retention[tierFor(interval)!], zone);
    const wanted = this.#tail - SWEEP_BUCKETS * nominalMs(interval);
    const first = Math.max(bucketStart(interval, wanted, zone), nextStart(interval, pruned, zone));
    if (first >= this.#tail) return [];
    for (const start of this.#told.keys()) if (start < first) this.#told.delete(start);
    return this.#rows(first, this.#tail, now).flatMap((row) => {
      const known = this.#told.has(Date.parse(row.start));
      // What was amended before anybody watched is told too: it is the truth, and may be repeated.
      if (known || row.rev > 1) return this.#tell(row);
      this.#told.set(Date.parse(row.start), fingerprint(row));
      return [];
    });
  }

  #isDue(now: number, elapsed: number): boolean {
    const { ring } = this.#series.channel;
    const { sealed } = ring;
    const { received, counted } = ring.totals();
    const board = `${ring.newest} ${received} ${counted}`;
    const moved = board !== this.#board && elapsed >= this.#lookedAt + this.#paceMs;
    const { start, end } = this.#current;
    if (!moved && sealed === this.#sealed && now >= start && now < end) return false;
    this.#board = board;
    this.#sealed = sealed;
    return true;
  }

  #rows(from: number, to: number, now: number): readonly BucketView[] {
    const { channel, interval, zone } = this.#series;
    const request = {
      channels: [channel],
      interval,
      tier: tierFor(interval)!,
      from,
      to,
      zone,
      series: null,
      fill: 'state',
      open: 'include',
      order: 'asc',
      limit: LIMIT_MAX,
      after: null,
      absolute: true,
      signature: () => '',
    } as const;
    return bucketPage(request, this.#history, now).rows;
  }

  #tell(row: BucketView): StreamEvent[] {
    const { interval, zone } = this.#series;
    const start = Date.parse(row.start);
    const print = fingerprint(row);
    if (this.#told.get(start) === print) return [];
    this.#told.set(start, print);
    const slot = `bucket ${row.channel} ${interval.text} ${zone} ${row.start}`;
    const about = { interval: interval.text, tz: zone, aligned: alignment(interval) };
    return [streamEvent('bucket', { ...row, ...about }, slot)];
  }
}

/** What makes a bucket another one. An open one's coverage trembles; a hundredth is a change. */
function fingerprint({ state, count, sum, coverage, missed, rev, gaps }: BucketView): string {
  const shown = state === 'open' ? coverage.toFixed(2) : coverage;
  return `${state} ${count} ${sum} ${shown} ${missed} ${rev} ${gaps.length}`;
}
