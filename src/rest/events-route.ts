/** GET /api/v1/events: reconnects, losses, restarts; newest first. */
import { type Request, type Response, Router } from 'express';
import { findChannel } from './channels-route.ts';
import { parameters } from './parameters.ts';
import { eventQuery } from './schemas.ts';
import type { RestSources } from './sources.ts';
import { formatTime } from './time-parameter.ts';

export function eventRoutes(sources: RestSources): Router {
  const router = Router();
  router.get('/events', (request: Request, response: Response) => {
    const { channels, cursor, limit } = parameters(request, eventQuery);
    const names = channels?.split(',').filter((name) => name !== '') ?? null;
    for (const name of names ?? []) findChannel(sources, name);
    const before = cursor === undefined ? null : Number(cursor);
    const events = sources.history.events({ channels: names, before, limit });
    response.set('Cache-Control', 'no-cache').json({
      data: events.map(({ at, ...event }) => ({ ...event, at: formatTime(at) })),
      meta: {
        generatedAt: formatTime(sources.clock.now()),
        cursor: events.length === limit ? String(events.at(-1)!.id) : null,
      },
    });
  });
  return router;
}
