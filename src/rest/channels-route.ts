/** GET /api/v1/channels and /api/v1/channels/{name}: what there is, whether it is connected, how fast it goes. */
import { type Request, type Response, Router } from 'express';
import { closedBefore, foldBuckets } from '../model/bucket.ts';
import { parseInterval, previousStart } from '../model/interval.ts';
import { tierFor } from '../model/tier.ts';
import { readLink } from '../shared/link-words.ts';
import { readLive, recentRate } from './live.ts';
import { produces } from './negotiation.ts';
import { parameters } from './parameters.ts';
import { ProblemDetails } from './problem-details.ts';
import { noQuery } from './queries.ts';
import type { BucketView, ChannelView } from './schemas.ts';
import type { RestChannel, RestSources } from './sources.ts';
import { formatTime } from './time-parameter.ts';
import { bucketToView, linkToView } from './views.ts';

/** Seconds over which the rate is taken. */
export const RATE_SECONDS = 10;

export function channelRoutes(sources: RestSources): Router {
  const router = Router();
  const meta = () => {
    const { version, charts, timezone, retention } = sources.settings;
    return { generatedAt: formatTime(sources.clock.now()), version, charts, timezone, retention };
  };
  const send = (response: Response, data: unknown) => {
    response.set('Cache-Control', 'no-cache').json({ data, meta: meta() });
  };
  router.get('/channels', produces('application/json'), (request: Request, response: Response) => {
    parameters(request, noQuery);
    send(
      response,
      sources.channels.map((channel) => channelToView(channel, sources)),
    );
  });
  router.get(
    '/channels/:name',
    produces('application/json'),
    (request: Request, response: Response) => {
      parameters(request, noQuery);
      send(response, channelToView(findChannel(sources, String(request.params['name'])), sources));
    },
  );
  return router;
}

/** The channel of that name; a 404 that lists what there is. */
export function findChannel({ channels }: RestSources, name: string): RestChannel {
  const found = channels.find(({ descriptor }) => descriptor.name === name);
  if (found) return found;
  const names = channels.map(({ descriptor }) => descriptor.name);
  const known = names.length > 10 ? `${names.slice(0, 10).join(', ')}, …` : names.join(', ');
  throw new ProblemDetails(404, 'unknown-channel', 'There is no such channel.', [
    { param: 'channel', detail: `${JSON.stringify(name)} is not one of: ${known}` },
  ]);
}

function channelToView(channel: RestChannel, sources: RestSources): ChannelView {
  const { descriptor, ring } = channel;
  const link = readLink(ring.views);
  return {
    ...descriptor,
    link: linkToView(link),
    rate: recentRate(ring, RATE_SECONDS, sources.clock.now()),
    lastBucket: lastBucket(channel, sources),
  };
}

/** The newest closed bucket of the chart's interval. */
function lastBucket(channel: RestChannel, sources: RestSources): BucketView | null {
  const { descriptor, definition, waitMs } = channel;
  const { history, clock, settings } = sources;
  const interval = parseInterval(descriptor.chart.interval)!;
  const tier = tierFor(interval)!;
  const now = clock.now();
  const live = readLive(channel, now, false);
  const closedTo = closedBefore(live.sealedTo - waitMs, now);
  const end = previousStart(interval, closedTo + 1, settings.timezone);
  const edges = [previousStart(interval, end, settings.timezone), end];
  const [from, to] = edges as [number, number];
  const { cells, gaps } = history.cells({ channel: descriptor.name, from, to, tier, definition });
  const [bucket] = foldBuckets({ edges, cells, gaps, sealedTo: closedTo, now, definition });
  return bucket ? bucketToView(descriptor, bucket, 'state') : null;
}
