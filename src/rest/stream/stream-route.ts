/** GET /api/v1/stream: Server-Sent Events. */
import { type Request, type Response, Router } from 'express';
import { produces } from '../negotiation.ts';
import { parameters } from '../parameters.ts';
import { ProblemDetails } from '../problem-details.ts';
import type { RestSources } from '../sources.ts';
import type { StreamHub } from './hub.ts';
import type { Batch } from './stream-event.ts';
import { streamQuery, subscriptionOf } from './subscription.ts';
import type { Outlet } from './viewer.ts';

/** A client whose connection breaks comes again after so long. */
const RETRY_MS = 3_000;
const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  // nginx would hold events back.
  'X-Accel-Buffering': 'no',
} as const;

export function streamRoutes(sources: RestSources, hub: StreamHub): Router {
  const router = Router();
  router.get('/stream', produces('text/event-stream'), (request: Request, response: Response) => {
    const given = parameters(request, streamQuery);
    const subscription = subscriptionOf(given, sources);
    hub.checkRoom();
    response.writeHead(200, HEADERS);
    if (request.method === 'HEAD') return void response.end();
    request.socket.setNoDelay(true);
    response.write(`retry: ${RETRY_MS}\n\n`);
    const lastId = request.get('Last-Event-ID') ?? given.last_event_id ?? null;
    const leave = hub.join(subscription, lastId, sseOutlet(response));
    response.on('close', leave);
  });
  router.get('/ws', (_request: Request, response: Response) => {
    response.set('Upgrade', 'websocket');
    const detail = 'must be websocket; /api/v1/stream has the same events over HTTP';
    throw new ProblemDetails(426, 'upgrade-required', 'This address is for WebSockets.', [
      { param: 'Upgrade', detail },
    ]);
  });
  return router;
}

function sseOutlet(response: Response): Outlet {
  return {
    send: (batch: Batch) => response.write(batch.sse),
    whenRoom: (callback) => void response.on('drain', callback),
    end: (last, retryMs) =>
      new Promise((resolve) => {
        response.on('close', resolve);
        response.end(`retry: ${Math.round(retryMs)}\n${last.sse}`);
      }),
    destroy: () => void response.destroy(),
  };
}
