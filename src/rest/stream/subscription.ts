/** What a viewer wants to see: channels, each at an interval, from the parameters of the stream. */
import { z } from 'zod';
import { alignment, type Interval, isTimeZone, parseInterval } from '../../model/interval.ts';
import { tierFor } from '../../model/tier.ts';
import { findChannel } from '../channels-route.ts';
import { badParameter } from '../problem-details.ts';
import { CHANNELS_MAX } from '../queries.ts';
import type { RestChannel, RestSources } from '../sources.ts';

/** Views of one stream: as many pairs of interval and zone as the tabs of one browser may show. */
export const VIEWS_MAX = 16;

export const streamQuery = z.strictObject({
  channels: z
    .string()
    .default('*')
    .meta({ description: 'Names, with commas between them; * for all, those to come among them.' }),
  interval: z
    .string()
    .optional()
    .meta({
      description: "Length of a bucket; each channel's own chart interval if not given.",
      examples: ['1m'],
    }),
  tz: z.string().optional().meta({
    description:
      'IANA time zone; days, and lengths of an hour or more that divide a day, begin at its midnight.',
  }),
  views: z
    .string()
    .max(12_000)
    .optional()
    .meta({
      description:
        'Instead of the three: several views, with semicolons between them, each `interval@zone:channels`. Empty for none: then only channels and events are told of.',
      examples: ['5s@UTC:flights,machine;1d@Europe/Berlin:earthquakes'],
    }),
  last_event_id: z.string().max(100).optional().meta({
    description: 'Where to go on from; the header Last-Event-ID wins.',
  }),
});
export type StreamParameters = z.infer<typeof streamQuery>;

/** One interval of some channels. */
export interface View {
  /** null: all channels, whichever there are at that moment. */
  readonly names: readonly string[] | null;
  /** null: each channel's own. */
  readonly interval: Interval | null;
  readonly zone: string;
}

export interface Subscription {
  readonly views: readonly View[];
  /** Equal for equal subscriptions. */
  readonly signature: string;
}

/** Throws a problem that names what is wrong. */
export function subscriptionOf(given: StreamParameters, sources: RestSources): Subscription {
  const views = given.views === undefined ? [plainView(given, sources)] : manyViews(given, sources);
  for (const { names } of views) for (const name of names ?? []) findChannel(sources, name);
  const signature = JSON.stringify(
    views.map(({ names, interval, zone }) => [names, interval?.text ?? null, zone]),
  );
  return { views, signature };
}

function plainView({ channels, interval, tz }: StreamParameters, sources: RestSources): View {
  const zone = zoneOf(tz ?? sources.settings.timezone, 'tz');
  const length = interval === undefined ? null : intervalOf(interval, 'interval');
  return view(channels, length, zone, 'channels');
}

function manyViews({ views = '', ...others }: StreamParameters, sources: RestSources): View[] {
  if (others.channels !== '*' || others.interval !== undefined || others.tz !== undefined) {
    throw badParameter('views', 'stands instead of channels, interval and tz');
  }
  const texts = views.split(';').filter((text) => text !== '');
  if (texts.length > VIEWS_MAX) throw badParameter('views', `are more than ${VIEWS_MAX}`);
  return texts.map((text) => {
    const [, length, zone = sources.settings.timezone, channels] =
      /^([^@:;]+)(?:@([^:;]+))?:(.+)$/.exec(text) ?? [];
    if (length === undefined || channels === undefined) {
      throw badParameter('views', 'are not of the form interval@zone:channels');
    }
    return view(channels, intervalOf(length, 'views'), zoneOf(zone, 'views'), 'views');
  });
}

function view(channels: string, interval: Interval | null, zone: string, param: string): View {
  const names = channels.split(',').filter((name) => name !== '');
  if (names.length === 0 || names.length > CHANNELS_MAX) {
    throw badParameter(param, `must name 1 to ${CHANNELS_MAX} channels, with commas, or be *`);
  }
  return { names: channels === '*' ? null : [...new Set(names)].sort(), interval, zone };
}

function intervalOf(text: string, param: string): Interval {
  const interval = parseInterval(text);
  if (interval && tierFor(interval)) return interval;
  throw badParameter(param, 'is not an interval; write one like 5s, 1m, 1h, 1d, 1w or 1mo');
}

function zoneOf(text: string, param: string): string {
  if (isTimeZone(text)) return text;
  throw badParameter(param, 'is not a time zone; write one like Europe/Berlin');
}

export interface SeriesWanted {
  readonly channel: RestChannel;
  readonly interval: Interval;
  readonly zone: string;
}

/** The series of a subscription, with the channels as they are now; those that are gone are left out. */
export function seriesOf({ views }: Subscription, sources: RestSources): SeriesWanted[] {
  return views.flatMap(({ names, interval, zone }) =>
    sources.channels
      .filter(({ descriptor }) => names === null || names.includes(descriptor.name))
      .map((channel) => {
        const length = interval ?? parseInterval(channel.descriptor.chart.interval)!;
        // What begins by the Unix clock is the same in every zone.
        return { channel, interval: length, zone: alignment(length) === 'unix' ? 'UTC' : zone };
      }),
  );
}

/** The channels a subscription tells of: those it names, or all when it names none. */
export function tellsOf({ views }: Subscription, name: string): boolean {
  return views.length === 0 || views.some(({ names }) => names === null || names.includes(name));
}
