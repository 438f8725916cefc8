/** Watches how channels are connected and how fast they go, which channels there are, and what happens to them. */
import { readLink } from '../../shared/link-words.ts';
import { RATE_SECONDS } from '../channels-route.ts';
import { isAhead, recentRate } from '../live.ts';
import type { RestChannel, RestSources } from '../sources.ts';
import { formatTime } from '../time-parameter.ts';
import { linkToView } from '../views.ts';
import type { Moment } from './moment.ts';
import { type StreamEvent, streamEvent } from './stream-event.ts';

/** Events told in one look; more than that at once are found at /events. */
const EVENTS_MAX = 50;
const EVENTS_EVERY_MS = 500;

/** One channel's link and rate: told when either changes, the rate once a second at most. */
export class ChannelWatch {
  readonly #channel: RestChannel;
  #headKey = '';
  #linkKey = '';
  #told = '';

  constructor(channel: RestChannel) {
    this.#channel = channel;
  }

  look({ now }: Moment): StreamEvent[] {
    const { descriptor, ring } = this.#channel;
    const link = readLink(ring.views);
    const linkKey = `${link.state} ${link.since} ${link.detail} ${link.nextTry}`;
    // The rate is of final seconds, so it can only change when one becomes final, or the clock is set back.
    const headKey = `${ring.newest} ${isAhead(ring, now)}`;
    if (headKey === this.#headKey && linkKey === this.#linkKey) return [];
    this.#headKey = headKey;
    this.#linkKey = linkKey;
    const event = streamEvent(
      'channel',
      {
        channel: descriptor.name,
        rate: recentRate(ring, RATE_SECONDS, now),
        link: linkToView(link),
      },
      `channel ${descriptor.name}`,
    );
    if (event.data === this.#told) return [];
    this.#told = event.data;
    return [event];
  }
}

/** The service as a whole: its list of channels, its configuration, and the log of events. */
export class ServiceWatch {
  readonly #sources: RestSources;
  #list = '';
  #configuration = '';
  #newestEvent: number | null = null;
  #eventsAt = 0;

  constructor(sources: RestSources) {
    this.#sources = sources;
    this.look({ elapsed: 0 });
  }

  look({ elapsed }: Pick<Moment, 'elapsed'>): StreamEvent[] {
    return [...this.#listChange(), ...this.#configurationChange(), ...this.#newEvents(elapsed)];
  }

  #listChange(): StreamEvent[] {
    const list = JSON.stringify(this.#sources.channels.map(({ descriptor }) => descriptor));
    if (list === this.#list) return [];
    this.#list = list;
    return [streamEvent('channels', { count: this.#sources.channels.length })];
  }

  #configurationChange(): StreamEvent[] {
    const { loadedAt, problems } = this.#sources.configuration();
    // A file that is refused changes the problems only: what runs stays as it was loaded.
    const configuration = JSON.stringify([loadedAt, problems]);
    if (configuration === this.#configuration) return [];
    this.#configuration = configuration;
    const data = { loadedAt: formatTime(loadedAt), problemCount: problems.length };
    return [streamEvent('configuration', data)];
  }

  #newEvents(elapsed: number): StreamEvent[] {
    if (elapsed < this.#eventsAt + EVENTS_EVERY_MS && this.#newestEvent !== null) return [];
    this.#eventsAt = elapsed;
    const { history } = this.#sources;
    const known = this.#newestEvent;
    const rows = history.events({ channels: null, before: null, limit: EVENTS_MAX });
    this.#newestEvent = Math.max(rows[0]?.id ?? 0, known ?? 0);
    if (known === null) return [];
    return rows
      .filter(({ id }) => id > known)
      .reverse()
      .map(({ at, ...row }) =>
        streamEvent('event', { ...row, at: formatTime(at) }, `event ${row.id}`),
      );
  }
}
