/** What the page knows, and how it keeps up: one poll for the channels, one for each card that is in view. */
import { effect, type Signal, signal } from '@preact/signals';
import {
  type BucketPage,
  bucketsAddress,
  CHANNELS_ADDRESS,
  type ChannelList,
  type ChannelView,
  getJson,
} from './api.ts';

export const CHANNELS_EVERY_MS = 2_000;
export const BARS_EVERY_MS = 1_000;
const RETRY_MS_MOST = 10_000;

export const list: Signal<ChannelList | null> = signal(null);
/** Unix milliseconds of the first request that failed since the last that did not; null while Weir answers. */
export const silentSince: Signal<number | null> = signal(null);
/** Whether Google's charts were asked for and cannot be had. */
export const googleBlocked: Signal<boolean> = signal(false);

/** Asks again and again, each time after the answer before; waits longer while nothing comes, and not at all when hidden. */
export function poll(ask: () => Promise<void>, everyMs: number): () => void {
  let timer = 0;
  let stopped = false;
  let waitMs = everyMs;
  const turn = async () => {
    if (stopped) return;
    if (!document.hidden) {
      try {
        await ask();
        silentSince.value = null;
        waitMs = everyMs;
      } catch {
        // What follows: the header says that Weir is silent, and the next turn comes later.
        silentSince.value ??= Date.now();
        waitMs = Math.min(RETRY_MS_MOST, waitMs * 2);
      }
    }
    timer = window.setTimeout(turn, waitMs);
  };
  const wake = () => {
    if (document.hidden) return;
    clearTimeout(timer);
    waitMs = everyMs;
    timer = window.setTimeout(turn, 0);
  };
  document.addEventListener('visibilitychange', wake);
  void turn();
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', wake);
  };
}

export function pollChannels(): () => void {
  return poll(async () => {
    list.value = await getJson<ChannelList>(CHANNELS_ADDRESS);
  }, CHANNELS_EVERY_MS);
}

export function pollBars(channel: ChannelView, bars: Signal<BucketPage | null>): () => void {
  const address = bucketsAddress(channel);
  return poll(async () => {
    bars.value = await getJson<BucketPage>(address);
  }, BARS_EVERY_MS);
}

/** The title says how many channels there are, for people with many tabs. */
effect(() => {
  const count = list.value?.data.length;
  document.title = count === undefined ? 'Weir' : `Weir (${count})`;
});
