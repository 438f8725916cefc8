/**
 * The hub: looks at board and store once for all viewers, and tells each what has changed.
 *
 * A glance every 50 ms costs a few words of the board a channel. Only what moved is read; what is told is
 * written once and shared by all viewers of one subscription. Without viewers the hub sleeps.
 */
import type { Timers } from '../../model/clock.ts';
import { ProblemDetails } from '../problem-details.ts';
import type { RestSources } from '../sources.ts';
import { formatTime } from '../time-parameter.ts';
import { type Moment, momentOf } from './moment.ts';
import { Batch, type StreamEvent, streamEvent } from './stream-event.ts';
import type { Subscription } from './subscription.ts';
import { type Outlet, resync, Viewer } from './viewer.ts';
import { Watches } from './watches.ts';

/** Viewers at once; over it, new ones get 503. */
export const VIEWERS_MAX = 4_000;
export const HEARTBEAT_MS = 15_000;
const GLANCE_MS = 50;
const SWEEP_EVERY_MS = 500;
/** After a stop, viewers come again at different times. */
const RETRY_MS_MIN = 2_000;
const RETRY_SPREAD_MS = 8_000;
/** How long the last words may take at a stop. */
const END_MS_MAX = 1_000;

export interface HubCounters {
  viewers: number;
  /** Viewers sent away because there were too many. */
  refused: number;
  /** Viewers let go because they took nothing for too long. */
  dropped: number;
  /** Events that a slow viewer never got because a later one said more. */
  merged: number;
  /** Slow viewers that were told to fetch anew, because even the latest of each bucket was too much. */
  overflowed: number;
  /** Series that were wanted and not watched, because there are too many. */
  unwatched: number;
}

export interface HubDependencies {
  readonly timers: Timers;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Hears of errors while looking; the hub goes on. */
  readonly report: (error: unknown) => void;
}

interface Group {
  readonly subscription: Subscription;
  readonly viewers: Set<Viewer>;
}

export class StreamHub {
  readonly #sources: RestSources;
  readonly #dependencies: HubDependencies;
  readonly #watches: Watches;
  /** Of this hub: an id of another one cannot be resumed. */
  readonly #epoch: string;
  readonly #groups = new Map<string, Group>();
  readonly counters: HubCounters = {
    viewers: 0,
    refused: 0,
    dropped: 0,
    merged: 0,
    overflowed: 0,
    unwatched: 0,
  };
  #seq = 0;
  #cancelGlance: (() => void) | null = null;
  #pingAt = 0;
  #sweepAt = 0;
  #ended = false;

  constructor(sources: RestSources, dependencies: HubDependencies) {
    this.#sources = sources;
    this.#dependencies = dependencies;
    this.#watches = new Watches(sources, () => {
      this.counters.unwatched += 1;
    });
    const random = Math.floor(dependencies.random() * 36 ** 4).toString(36);
    this.#epoch = `${Math.floor(sources.clock.now()).toString(36)}${random}`;
  }

  /** Throws a problem when no more viewers are taken. To be asked before anything is answered. */
  checkRoom(): void {
    if (!this.#ended && this.counters.viewers < VIEWERS_MAX) return;
    this.counters.refused += 1;
    throw new ProblemDetails(503, 'too-many-viewers', 'No more viewers can be served now.', []);
  }

  /** Lets a viewer in. `lastId` is where it left off. The returned function lets it out. */
  join(subscription: Subscription, lastId: string | null, outlet: Outlet): () => void {
    const { clock } = this.#sources;
    const viewer = new Viewer(outlet, () => clock.elapsed(), {
      merged: (count) => {
        this.counters.merged += count;
      },
      overflowed: () => {
        this.counters.overflowed += 1;
      },
    });
    const group = this.#groupOf(subscription);
    group.viewers.add(viewer);
    this.counters.viewers += 1;
    viewer.offer(this.#welcome(lastId, subscription));
    if (this.#cancelGlance === null) this.#arm();
    return () => this.#leave(group, viewer);
  }

  /** Says goodbye to everyone, each with another time to come again. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#cancelGlance?.();
    const { timers, random } = this.#dependencies;
    const last = new Batch([streamEvent('bye', {})], null);
    const ends = [...this.#groups.values()].flatMap(({ viewers }) =>
      [...viewers].map((viewer) => viewer.end(last, RETRY_MS_MIN + random() * RETRY_SPREAD_MS)),
    );
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = timers.after(END_MS_MAX, resolve);
    await Promise.race([Promise.allSettled(ends), late]);
    cancel();
  }

  #groupOf(subscription: Subscription): Group {
    const held = this.#groups.get(subscription.signature);
    if (held) return held;
    const group = { subscription, viewers: new Set<Viewer>() };
    this.#watches.want(subscription, this.#seq);
    this.#groups.set(subscription.signature, group);
    return group;
  }

  #leave(group: Group, viewer: Viewer): void {
    if (!group.viewers.delete(viewer)) return;
    this.counters.viewers -= 1;
    if (group.viewers.size > 0) return;
    this.#groups.delete(group.subscription.signature);
  }

  /** Who resumes gets what it missed; who comes anew, the newest of everything. */
  #welcome(lastId: string | null, subscription: Subscription): Batch {
    const missed = lastId === null ? null : this.#missedSince(lastId, subscription);
    const resumed = Array.isArray(missed);
    const serverTime = formatTime(this.#sources.clock.now());
    const hello = streamEvent('hello', { serverTime, heartbeatMs: HEARTBEAT_MS, resumed });
    const first = resumed ? missed : this.#watches.latest(subscription);
    const lost = typeof missed === 'string' ? [resync(missed)] : [];
    return new Batch([hello, ...lost, ...first], this.#id());
  }

  #id(): string {
    return `${this.#epoch}-${this.#seq}`;
  }

  /** What has changed since the id was given out, or why that is not known. */
  #missedSince(
    id: string,
    wanted: Subscription,
  ): readonly StreamEvent[] | 'unknown-id' | 'too-old' {
    const [epoch, text = ''] = id.split('-');
    const seq = /^\d{1,15}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
    if (epoch !== this.#epoch || seq > this.#seq) return 'unknown-id';
    return this.#watches.after(wanted, seq) ?? 'too-old';
  }

  #arm(): void {
    const { timers, report } = this.#dependencies;
    this.#cancelGlance = timers.after(GLANCE_MS, () => {
      this.#cancelGlance = null;
      try {
        this.#glance(momentOf(this.#sources.clock));
      } catch (error) {
        report(error);
      }
      if (!this.#ended && this.counters.viewers > 0) this.#arm();
    });
  }

  #glance(moment: Moment): void {
    const { elapsed } = moment;
    const groups = [...this.#groups.values()];
    this.#watches.refresh(
      groups.map(({ subscription }) => subscription),
      elapsed,
      this.#seq,
    );
    const sweep = elapsed >= this.#sweepAt;
    if (sweep) this.#sweepAt = elapsed + SWEEP_EVERY_MS;
    const changes = this.#watches.look(moment, this.#seq + 1, sweep);
    if (changes.size > 0) this.#seq += 1;
    const ping = elapsed >= this.#pingAt ? this.#ping(moment) : null;
    for (const group of groups) {
      this.#tell(group, changes);
      if (ping) for (const viewer of group.viewers) viewer.offer(ping);
      this.#dropLost(group, elapsed);
    }
  }

  #ping({ now, elapsed }: Moment): Batch {
    this.#pingAt = elapsed + HEARTBEAT_MS;
    return new Batch([streamEvent('ping', { serverTime: formatTime(now) })], null);
  }

  #tell({ subscription, viewers }: Group, changes: ReadonlyMap<string, readonly StreamEvent[]>) {
    if (changes.size === 0) return;
    const events = this.#watches
      .topicsOf(subscription)
      .flatMap((topic) => changes.get(topic) ?? []);
    if (events.length === 0) return;
    const batch = new Batch(events, this.#id());
    for (const viewer of viewers) viewer.offer(batch);
  }

  #dropLost(group: Group, elapsed: number): void {
    for (const viewer of group.viewers) {
      if (!viewer.isLost(elapsed)) continue;
      this.counters.dropped += 1;
      this.#leave(group, viewer);
      viewer.destroy();
    }
  }
}
