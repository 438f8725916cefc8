/** What happened to a channel: marks under its bars, and a list, where it stands alone. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { type ChannelView, type EventView, eventsAddress, getJson } from './api.ts';
import type { ChartModel } from './chart-model.ts';
import { timeNow } from './clock.ts';
import { formatMoment } from './format.ts';
import { visible } from './key-name.ts';
import { onLive } from './live.ts';
import { messages } from './messages.ts';
import type { Mark } from './overlay.ts';
import { poll } from './poll.ts';
import { everyMs, isResting } from './store.ts';

const EVERY_MS = 5_000;
const SHOWN_MAX = 50;
const NONE: readonly Mark[] = [];

/** Marks and list of a channel that stands alone; nothing for one among many. */
export function useEvents(channel: ChannelView, model: ChartModel | null, alone: boolean) {
  const events = useFetched(channel.name, alone);
  const marks = useMemo(
    () => (alone ? events.map(({ at, kind }) => ({ at: Date.parse(at), kind })) : NONE),
    [alone, events],
  );
  if (!alone || !model) return { marks, lane: null };
  const within = events.filter(({ at }) => {
    const time = Date.parse(at);
    return time >= model.from && time < model.to;
  });
  return { marks, lane: <Lane events={within} /> };
}

function useFetched(name: string, wanted: boolean): readonly EventView[] {
  const [events, setEvents] = useState<readonly EventView[]>([]);
  useEffect(() => {
    if (!wanted) return;
    const stopTold = onLive('event', (data) => {
      const event = data as EventView;
      if (event.channel !== name && event.channel !== null) return;
      setEvents((held) => [event, ...held.filter(({ id }) => id !== event.id)]);
    });
    const stopAsking = poll(
      async (stop) => {
        try {
          const page = await getJson<{ readonly data: readonly EventView[] }>(
            eventsAddress(name),
            stop,
          );
          const newest = page.data[0]?.id ?? -1;
          // What has been told meanwhile is newer than the answer.
          setEvents((held) => [...held.filter(({ id }) => id > newest), ...page.data]);
        } catch {
          // What follows: the list stays as it was; the header says if Weir is silent.
        }
        return true;
      },
      everyMs(EVERY_MS),
      isResting,
    );
    return () => {
      stopTold();
      stopAsking();
    };
  }, [name, wanted]);
  return events;
}

function Lane({ events }: { readonly events: readonly EventView[] }) {
  return (
    <section class="events">
      <h3>{messages.events}</h3>
      {events.length === 0 && <p class="soft">{messages.noEvents}</p>}
      <ol>
        {events.slice(0, SHOWN_MAX).map(({ id, at, kind, detail }) => (
          <li key={id} data-kind={kind}>
            <time dateTime={at}>{formatMoment(Date.parse(at), timeNow())}</time>{' '}
            <b>{messages.event(kind)}</b> <bdi>{visible(detail)}</bdi>
          </li>
        ))}
      </ol>
    </section>
  );
}
