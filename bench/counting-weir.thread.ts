/**
 * Weir's counting, as a feed thread has it: feed, lease, counter, ring, and a tick each second. Says what it cost; and,
 * where that is asked for, what memory it takes on the way.
 */
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { workerData } from 'node:worker_threads';
import { ChannelPlanner, feedThreadChannel } from '../src/feed-plan.ts';
import { feedKind } from '../src/feeds/index.ts';
import type { ChannelConfig } from '../src/model/channel.ts';
import { processorKind } from '../src/processors/index.ts';
import { anchorToWall, nodeTimers, threadClock } from '../src/shared/clock.ts';
import { allocatePulse, Pulse } from '../src/shared/pulse.ts';
import { RingReader } from '../src/shared/ring-reader.ts';
import { FeedHost } from '../src/threads/feed-host.ts';
import type { FromThread } from '../src/threads/messages.ts';
import { threadTurns } from '../src/threads/thread-turns.ts';
import { alignedTicks } from '../src/timer/aligned-ticks.ts';
import { account, say } from './report.ts';

/** What the thread is started with. */
export interface CountingWork {
  readonly url: string;
  readonly work: 'count' | 'count-by';
  /** Tells its memory each time it has counted so many messages; null for never. */
  readonly watchEvery: number | null;
}

/** What a watched thread says on the way. */
export interface MemoryLine {
  readonly counted: number;
  readonly rss: number;
  readonly heapUsed: number;
  /** Collections of the old generation so far: how many, and how long they took together. */
  readonly majorCount: number;
  readonly majorMs: number;
}

/** Looked at so often that the look costs nothing that could be seen. */
const LOOK_MS = 5;
const PROCESSORS = {
  count: { kind: 'count' },
  'count-by': { kind: 'count-by', key: 'symbol', keys: 16_384 },
} as const;

const { url, work, watchEvery } = workerData as CountingWork;
const pulse = new Pulse(allocatePulse());
anchorToWall(pulse);
const clock = threadClock(pulse);
const planned = new ChannelPlanner(null).plan(channel(), clock.now(), null);
const reader = new RingReader(planned.ring.memory);
const deps = { clock, timers: nodeTimers, random: Math.random, folder: '.' };
const { turns, stop: stopLooks } = threadTurns(clock, nodeTimers);
const host = new FeedHost(deps, turns, { secrets: [], folders: [] }, hear);
const stopTicks = alignedTicks(
  { periodMs: 1_000, afterMs: 0 },
  () => {
    host.tick();
    // As the timer thread does, or the ring would be full after two minutes.
    reader.seal(reader.newest);
  },
  { clock, timers: nodeTimers },
);
const stopWatching = watchEvery === null ? () => {} : watch(watchEvery);
let report: ReturnType<typeof account>;

const nothing = { aliveAt: null, positions: new Map(), sealed: new Map() };
const since = { at: clock.now(), cause: 'down', detail: '' } as const;
await host.open([feedThreadChannel(planned, nothing, since)]);

function channel(): ChannelConfig {
  const feed = { kind: 'satori', url, appkey: 'k', channel: 'c' };
  return {
    name: 'c',
    title: '',
    description: '',
    feed: feedKind(feed.kind)!.options.parse(feed),
    processor: processorKind(work)!.options.parse(PROCESSORS[work]),
    chart: { interval: '1s', range: '1m' },
    was: [],
  };
}

function hear(message: FromThread): void {
  if (message.kind !== 'event') return;
  if (message.event.kind === 'connect') report = account();
  if (message.event.kind === 'disconnect') setImmediate(end);
}

function end(): void {
  const { counted } = reader.totals();
  report(work === 'count' ? { counted } : { counted, keys: reader.keyCount });
  stopWatching();
  stopTicks();
  stopLooks();
  void host.close();
}

function watch(every: number): () => void {
  let majorCount = 0;
  let majorMs = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { duration, detail } = entry as PerformanceEntry & { detail: { kind: number } };
      if (detail.kind !== constants.NODE_PERFORMANCE_GC_MAJOR) continue;
      majorCount += 1;
      majorMs += duration;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  let due = 0;
  const look = () => {
    const { counted } = reader.totals();
    if (counted < due) return;
    due += every;
    const { rss, heapUsed } = process.memoryUsage();
    say({ counted, rss, heapUsed, majorCount, majorMs } satisfies MemoryLine);
  };
  const timer = setInterval(look, LOOK_MS);
  return () => {
    look();
    clearInterval(timer);
    observer.disconnect();
  };
}
