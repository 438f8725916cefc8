/** What the page knows, and how it keeps up: one poll for the channels, one for each card that is in view. */
import { type Signal, signal } from '@preact/signals';
import {
  type BucketPage,
  bucketsAddress,
  CHANNELS_ADDRESS,
  type ChannelList,
  type ChannelView,
  getJson,
  Refusal,
} from './api.ts';
import { poll, wakeAll } from './poll.ts';

const isHidden = () => document.hidden;

export const CHANNELS_EVERY_MS = 2_000;
export const BARS_EVERY_MS = 1_000;

export const list: Signal<ChannelList | null> = signal(null);
/** Unix milliseconds of the first request for the channels that failed since the last that did not; null while Weir answers. */
export const silentSince: Signal<number | null> = signal(null);
/** Whether Google's charts were asked for and cannot be had. */
export const googleBlocked: Signal<boolean> = signal(false);

export interface CardData {
  readonly page: BucketPage | null;
  /** When the page came, Unix milliseconds. */
  readonly receivedAt: number;
  /** Why there is nothing newer: '' when Weir did not answer at all, else what it said. null: all is well. */
  readonly failure: string | null;
}

export const NO_DATA: CardData = { page: null, receivedAt: 0, failure: null };

export function pollChannels(): () => void {
  return poll(
    async (stop) => {
      try {
        list.value = await getJson<ChannelList>(CHANNELS_ADDRESS, stop);
      } catch {
        // What follows: the header says that Weir is silent, and the next turn comes later.
        if (!stop.aborted) silentSince.value ??= Date.now();
        return false;
      }
      if (silentSince.value !== null) {
        silentSince.value = null;
        wakeAll();
      }
      return true;
    },
    CHANNELS_EVERY_MS,
    isHidden,
  );
}

export function pollBars(channel: ChannelView, data: Signal<CardData>): () => void {
  const address = bucketsAddress(channel);
  return poll(
    async (stop) => {
      try {
        const page = await getJson<BucketPage>(address, stop);
        data.value = { page, receivedAt: Date.now(), failure: null };
        return true;
      } catch (error) {
        // What follows: the card keeps its bars and says how old they are.
        const failure = error instanceof Refusal ? error.message : '';
        if (!stop.aborted) data.value = { ...data.value, failure };
        return false;
      }
    },
    BARS_EVERY_MS,
    isHidden,
  );
}
