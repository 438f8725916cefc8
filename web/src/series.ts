/** The bars of one card: fetched once, then told by the stream; polled where there is none. */
import { type Signal, signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { nominalMs, parseInterval } from '../../src/model/interval.ts';
import {
  type BucketPage,
  type BucketView,
  bucketsAddress,
  type ChannelView,
  getJson,
  type KeyBucketView,
  Refusal,
} from './api.ts';
import { putIn, type ToldBucket } from './buckets.ts';
import { soon } from './frames.ts';
import { FRESH_BARS, KeyRows } from './key-rows.ts';
import { onLive } from './live.ts';
import { poll } from './poll.ts';
import { everyMs, isResting, wanted } from './store.ts';
import { view } from './view.ts';
import type { Wanted } from './window.ts';

/** Without a stream, bars are asked for so often: five times an interval, within reason. */
const POLL_MS_MIN = 1_000;
const POLL_MS_MAX = 60_000;
/**
 * How often the split by key is asked for while its channel counts: 60 times an interval, within reason. Each time Weir looks
 * for the top keys of the whole range.
 */
const KEYS_MS_MIN = 1_000;
const KEYS_MS_MAX = 5_000;

export interface CardData {
  /** Of the range and of the period before it; null before the first answer. */
  readonly buckets: readonly BucketView[] | null;
  /** The same by key; null where there are none. */
  readonly keys: readonly KeyBucketView[] | null;
  /** What the keys were asked for: they may come before the buckets, or after others. */
  readonly keysOf: Wanted | null;
  /** When the last of it came, Unix milliseconds. */
  readonly receivedAt: number;
  /** Why there is nothing newer: '' when Weir did not answer at all, else what it said. null: all is well. */
  readonly failure: string | null;
  readonly wanted: Wanted | null;
}

const NO_DATA: CardData = {
  buckets: null,
  keys: null,
  keysOf: null,
  receivedAt: 0,
  failure: null,
  wanted: null,
};

/** Keeps the card's bars up to date while it is to be seen. */
export function useSeries(channel: ChannelView, isSeen: boolean): CardData {
  const data = useSignal(NO_DATA);
  const asked = wanted(channel);
  const keyed = channel.processor.keyed;
  const { interval, from, to, zone } = asked;
  const { paused } = view.value;
  useEffect(
    () => (isSeen ? follow(channel, asked, data) : undefined),
    [isSeen, channel.name, interval, from, to, zone, keyed, paused],
  );
  return data.value;
}

function follow(channel: ChannelView, asked: Wanted, data: Signal<CardData>): () => void {
  const { name, processor } = channel;
  const lengthMs = nominalMs(parseInterval(asked.interval)!);
  const pollMs = Math.max(POLL_MS_MIN, Math.min(POLL_MS_MAX, lengthMs / 5));
  // What has been loaded stands still while paused; what has not is loaded once.
  const rests = () => isResting() && (document.hidden || data.peek().wanted === asked);
  if (view.peek().paused && data.peek().buckets !== null && sameBars(data.peek().wanted, asked))
    return () => {};
  const keysWanted = signal(processor.keyed);
  const keyRows = new KeyRows(name, asked, processor.top);
  const told = new ToldSince(asked, (buckets) => {
    keysWanted.value = processor.keyed;
    const held = data.peek();
    if (!held.buckets || held.wanted !== asked) return;
    const countMax = asked.span ? held.buckets.length : 2 * asked.barCount + 2;
    const fresh = held.buckets.at(-FRESH_BARS)?.start ?? '';
    if (buckets.some(({ start }) => start < fresh)) keyRows.amended();
    data.value = {
      ...held,
      buckets: putIn(held.buckets, buckets, countMax),
      receivedAt: Date.now(),
      failure: null,
    };
  });
  const ends = [
    onBucket(name, (bucket) => told.hear(bucket)),
    poll(
      async (stop) => {
        told.begin();
        try {
          const page = await getJson<BucketPage>(bucketsAddress(name, asked), stop);
          const countMax = Math.max(page.data.length, asked.span ? 0 : 2 * asked.barCount + 2);
          const buckets = putIn(page.data, told.end(), countMax);
          const { keysOf } = data.peek();
          const keys = sameBars(keysOf, asked) ? data.peek().keys : null;
          data.value = {
            buckets,
            keys,
            keysOf,
            receivedAt: Date.now(),
            failure: null,
            wanted: asked,
          };
          return true;
        } catch (error) {
          // What follows: the card keeps its bars and says how old they are.
          const failure = error instanceof Refusal ? error.message : '';
          if (!stop.aborted) data.value = { ...data.peek(), failure };
          return false;
        }
      },
      everyMs(pollMs),
      rests,
    ),
  ];
  if (processor.keyed) ends.push(followKeys(keyRows, asked, data, keysWanted, pollMs));
  return () => {
    for (const end of ends) end();
  };
}

/** The split by key is not in the stream: it is asked for now and then, if the stream has told of anything. */
function followKeys(
  rows: KeyRows,
  asked: Wanted,
  data: Signal<CardData>,
  isWanted: Signal<boolean>,
  pollMs: number,
): () => void {
  const lengthMs = nominalMs(parseInterval(asked.interval)!);
  const keysMs = Math.max(KEYS_MS_MIN, Math.min(KEYS_MS_MAX, lengthMs / 60));
  return poll(
    async (stop) => {
      if (!isWanted.peek() && everyMs(0)() === null) return true;
      isWanted.value = false;
      try {
        const keys = await rows.read(performance.now(), stop);
        data.value = { ...data.peek(), keys, keysOf: asked };
      } catch {
        // What follows: the split stays as it was; if Weir is silent, the total says so.
        isWanted.value = true;
      }
      return true;
    },
    () => Math.max(keysMs, everyMs(pollMs)() ?? 0),
    () => isResting() && data.peek().keys !== null,
  );
}

/** Whether two wants are of the same bars. */
export function sameBars(held: Wanted | null, asked: Wanted): boolean {
  const { interval, from, to, zone } = asked;
  return held?.interval === interval && held.from === from && held.to === to && held.zone === zone;
}

/** What the stream tells of one card's bars: shown in the next frame, and again after an answer that may be older. */
class ToldSince {
  readonly #wanted: Wanted;
  readonly #show: (buckets: readonly BucketView[]) => void;
  #waiting: BucketView[] = [];
  #duringQuestion: BucketView[] | null = null;

  constructor(asked: Wanted, show: (buckets: readonly BucketView[]) => void) {
    this.#wanted = asked;
    this.#show = show;
  }

  hear(bucket: ToldBucket): void {
    const { interval, zone } = this.#wanted;
    if (bucket.interval !== interval || bucket.tz !== zone) return;
    this.#duringQuestion?.push(bucket);
    this.#waiting.push(bucket);
    soon(this.#flush);
  }

  begin(): void {
    this.#duringQuestion = [];
  }

  end(): readonly BucketView[] {
    const told = this.#duringQuestion ?? [];
    this.#duringQuestion = null;
    return told;
  }

  readonly #flush = (): void => {
    const told = this.#waiting;
    this.#waiting = [];
    this.#show(told);
  };
}

const bucketListeners = new Map<string, Set<(bucket: ToldBucket) => void>>();
onLive('bucket', (data) => {
  const bucket = data as ToldBucket;
  for (const listener of bucketListeners.get(bucket.channel) ?? []) listener(bucket);
});

function onBucket(channel: string, listener: (bucket: ToldBucket) => void): () => void {
  const set = bucketListeners.get(channel) ?? new Set();
  bucketListeners.set(channel, set.add(listener));
  return () => set.delete(listener);
}
