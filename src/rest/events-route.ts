/** GET /api/v1/events: reconnects, losses, restarts; newest first. */
import { type Request, type Response, Router } from 'express';
import { findChannel } from './channels-route.ts';
import { produces } from './negotiation.ts';
import { parameters } from './parameters.ts';
import { badParameter } from './problem-details.ts';
import { eventQuery } from './queries.ts';
import type { RestSources } from './sources.ts';
import { formatTime } from './time-parameter.ts';

export function eventRoutes(sources: RestSources): Router {
  const router = Router();
  router.get('/events', produces('application/json'), (request: Request, response: Response) => {
    const { channels, cursor, limit } = parameters(request, eventQuery);
    const names = channels?.split(',').filter((name) => name !== '') ?? null;
    for (const name of names ?? []) findChannel(sources, name);
    const before = cursor === undefined ? null : Number(cursor);
    if (before !== null) checkCursor(before, sources);
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

/** A cursor is the id of an event: one beyond the newest was not made here. */
function checkCursor(before: number, { history }: RestSources): void {
  const [newest] = history.events({ channels: null, before: null, limit: 1 });
  if (before <= (newest?.id ?? 0)) return;
  throw badParameter('cursor', 'is not a cursor; take meta.cursor of the page before');
}
