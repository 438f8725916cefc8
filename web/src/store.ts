/** What the page knows of all channels: fetched when the stream begins or says so, polled where there is no stream. */
import { computed, effect, type Signal, signal } from '@preact/signals';
import {
  CHANNELS_ADDRESS,
  type ChannelList,
  type ChannelView,
  CONFIGURATION_ADDRESS,
  type Configuration,
  getJson,
} from './api.ts';
import { learnTime, timeNow } from './clock.ts';
import { soon } from './frames.ts';
import { liveState, nudgeLive, onLive, wantLive } from './live.ts';
import { poll, wakeAll } from './poll.ts';
import { plotWidth, view, zoneName } from './view.ts';
import { type Wanted, wantedOf } from './window.ts';

export const CHANNELS_EVERY_MS = 2_000;
const CONFIGURATION_EVERY_MS = 1_000;

export const list: Signal<ChannelList | null> = signal(null);
export const configuration: Signal<Configuration['data'] | null> = signal(null);
/** Unix milliseconds of the first request for the channels that failed since the last that did not; null while Weir answers. */
export const silentSince: Signal<number | null> = signal(null);
/** When the stream, or an answer, was last heard. Unix milliseconds. */
export const heardAt: Signal<number> = signal(Date.now());
/** Whether Google's charts were asked for and cannot be had. */
export const googleBlocked: Signal<boolean> = signal(false);
/** The highest value of each card that is drawn, for the scale they may share. */
export const highest: Signal<ReadonlyMap<string, number>> = signal(new Map());
/** What each channel counted in the range that is shown, as far as it has been fetched. */
export const totals = new Map<string, number>();

export type ChannelNow = Pick<ChannelView, 'rate' | 'link'>;
const now = new Map<string, Signal<ChannelNow>>();

/** Rate and link of a channel: they change each second, so whoever shows them follows them alone. */
export function channelNow({ name, rate, link }: ChannelView): Signal<ChannelNow> {
  let held = now.get(name);
  if (!held) {
    held = signal({ rate, link });
    now.set(name, held);
  }
  return held;
}

const waitingNews = new Map<string, ChannelNow>();
/** Channels told of since the list was last asked for. */
const toldMeanwhile = new Set<string>();

/** One channel's news a turn, so that fifty of them do not hold up a frame. */
function takeNews(): void {
  for (const [name, news] of waitingNews) {
    waitingNews.delete(name);
    const held = now.get(name);
    if (held) held.value = news;
    if (waitingNews.size > 0) soon(takeNews);
    return;
  }
}

/** Whether nothing is to be asked: nobody looks, or the reader has paused. */
export const isResting = (): boolean => document.hidden || view.peek().paused;

/** The pause between questions: none, and no question, while the stream tells. */
export const everyMs = (pauseMs: number) => (): number | null =>
  liveState.peek() === 'live' ? null : pauseMs;

/** The channels whose feeds are down, in the order of the file. */
export const down = computed(() => namesOf(downList.value));
/** As one text, which is equal while the same are down: links change each second. */
const downList = computed(() =>
  JSON.stringify(
    (list.value?.data ?? [])
      .filter((channel) => channelNow(channel).value.link.state === 'down')
      .map(({ name }) => name),
  ),
);
const namesOf = (text: string) => JSON.parse(text) as readonly string[];

/** Orders by what changes are made anew now and then, not at each change: cards that jump cannot be read. */
const ORDER_EVERY_MS = 5_000;
const orderedAt = signal(0);

/** The channels that are shown, in the reader's order. */
export const shown = computed(() => {
  const { channel, filter, sort } = view.value;
  const all = list.value?.data ?? [];
  if (channel !== null) return all.filter(({ name }) => name === channel);
  const words = filter.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter(({ name, title, description }) => {
    const text = `${name} ${title} ${description}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
  const rank: Readonly<Record<typeof sort, (a: ChannelView, b: ChannelView) => number>> = {
    listed: () => 0,
    name: (a, b) => a.title.localeCompare(b.title),
    rate: (a, b) => rateOf(b) - rateOf(a),
    total: (a, b) => (totals.get(b.name) ?? -1) - (totals.get(a.name) ?? -1),
  };
  if (sort === 'rate' || sort === 'total') void orderedAt.value;
  // What is down comes first, whatever the order of the others.
  const isDown = ({ name }: ChannelView) => Number(down.value.includes(name));
  return found.sort((a, b) => isDown(b) - isDown(a) || rank[sort](a, b));
});

const rateOf = (channel: ChannelView): number => channelNow(channel).peek().rate ?? -1;

/** What a channel's card asks for. */
export function wanted(channel: ChannelView): Wanted {
  const retention = list.value?.meta.retention ?? KEPT;
  const widthPx = plotWidth.value || innerWidth;
  return wantedOf(view.value, channel.chart, {
    widthPx,
    now: timeNow(),
    retention,
    zone: zoneName.value,
  });
}

/** Until Weir has said how long it keeps what. */
const KEPT = { '1s': 3_600_000, '1m': 3_024_000_000, '15m': 315_360_000_000 };

/** Starts keeping up; the returned function ends it. */
export function keepUp(): () => void {
  const ends = [
    poll(askChannels, everyMs(CHANNELS_EVERY_MS), () => document.hidden),
    poll(askConfiguration, everyMs(CONFIGURATION_EVERY_MS), () => document.hidden),
    // What was missed while there was no stream is asked for; so is what it cannot tell.
    onLive('hello', (hello) => {
      if (!(hello as { resumed?: boolean }).resumed) wakeAll(true);
    }),
    onLive('resync', () => wakeAll(true)),
    onLive('channels', () => wakeAll(true)),
    onLive('configuration', () => wakeAll(true)),
    onLive('channel', (data) => {
      heardAt.value = Date.now();
      const { channel, ...news } = data as ChannelNow & { readonly channel: string };
      const held = now.get(channel);
      if (!held || view.peek().paused) return;
      waitingNews.set(channel, news);
      toldMeanwhile.add(channel);
      soon(takeNews);
    }),
    effect(() => {
      // Where the stream has gone, asking begins.
      if (liveState.value !== 'live' && liveState.value !== 'connecting') wakeAll();
    }),
    effect(() => wantLive(wantedViews())),
  ];
  const order = setInterval(() => {
    orderedAt.value += 1;
  }, ORDER_EVERY_MS);
  ends.push(() => clearInterval(order));
  return () => {
    for (const end of ends) end();
  };
}

/** Every channel of the list, at the interval its card shows; null while paused. */
function wantedViews(): string[] | null {
  if (view.value.paused && list.value !== null) return null;
  const channels = view.value.channel === null ? (list.value?.data ?? []) : shown.value;
  // A span that has passed does not move.
  if (view.value.span) return [];
  return channels.map((channel) => {
    const { interval, zone } = wanted(channel);
    return `${interval}@${zone}:${channel.name}`;
  });
}

async function askChannels(stop: AbortSignal): Promise<boolean> {
  toldMeanwhile.clear();
  try {
    const askedAt = Date.now();
    const answer = await getJson<ChannelList>(CHANNELS_ADDRESS, stop);
    learnTime(Date.parse(answer.meta.generatedAt), askedAt, Date.now());
    for (const { name, rate, link } of answer.data) {
      const held = now.get(name);
      // What the stream has told since the question may be newer than the answer.
      if (held && !toldMeanwhile.has(name)) held.value = { rate, link };
    }
    // The stream keeps rates and links; the list itself seldom changes, and redraws everything.
    if (JSON.stringify(stable(answer)) !== JSON.stringify(stable(list.peek()))) list.value = answer;
  } catch {
    // What follows: the header says that Weir is silent, and the next turn comes later.
    if (!stop.aborted) silentSince.value ??= Date.now();
    return false;
  }
  heardAt.value = Date.now();
  if (silentSince.value !== null) {
    silentSince.value = null;
    nudgeLive();
    wakeAll();
  }
  return true;
}

function stable(answer: ChannelList | null): unknown {
  if (!answer) return null;
  const { generatedAt, ...meta } = answer.meta;
  return [
    meta,
    answer.data.map(({ name, title, description, chart, processor }) => [
      name,
      title,
      description,
      chart,
      processor,
    ]),
  ];
}

async function askConfiguration(stop: AbortSignal): Promise<boolean> {
  try {
    configuration.value = (await getJson<Configuration>(CONFIGURATION_ADDRESS, stop)).data;
  } catch {
    // What follows: the page shows no problems of it; an unreachable Weir is said by the header.
  }
  return true;
}
