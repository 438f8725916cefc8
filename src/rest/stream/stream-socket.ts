/** GET /api/v1/ws: the events of the stream, pushed over a WebSocket, one JSON text frame an event. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { checkParameters } from '../parameters.ts';
import { ProblemDetails } from '../problem-details.ts';
import type { RestSources } from '../sources.ts';
import type { StreamHub } from './hub.ts';
import type { Batch } from './stream-event.ts';
import { streamQuery, subscriptionOf } from './subscription.ts';
import type { Outlet } from './viewer.ts';

const PATH = '/api/v1/ws';
/** Nothing is expected from a viewer. */
const FRAME_BYTES_MAX = 1_024;
/** More than that on its way to the socket, and the viewer does not keep up. */
const BUFFERED_BYTES_MAX = 65_536;
const GOING_AWAY = 1_001;

/** Serves the path on `server`; other upgrades are refused. */
export function serveStreamSocket(server: Server, sources: RestSources, hub: StreamHub): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES_MAX });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    try {
      const { subscription, lastId } = asked(request, sources);
      hub.checkRoom();
      sockets.handleUpgrade(request, socket, head, (viewer) => {
        viewer.on('error', () => viewer.terminate());
        viewer.on('close', hub.join(subscription, lastId, socketOutlet(viewer)));
      });
    } catch (error) {
      refuse(socket, error);
    }
  });
}

function asked(request: IncomingMessage, sources: RestSources) {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname !== PATH) throw new ProblemDetails(404, 'not-found', 'There is nothing here.');
  checkOrigin(request);
  const given = checkParameters(Object.fromEntries(url.searchParams), streamQuery);
  return { subscription: subscriptionOf(given, sources), lastId: given.last_event_id ?? null };
}

/** Browsers let any page open a WebSocket anywhere; only our own may. Programs send no origin. */
function checkOrigin({ headers }: IncomingMessage): void {
  const { origin, host } = headers;
  if (origin === undefined || URL.parse(origin)?.host === host) return;
  throw new ProblemDetails(403, 'foreign-origin', 'Pages of other sites are not served.');
}

function refuse(socket: Duplex, error: unknown): void {
  const { status, title } =
    error instanceof ProblemDetails ? error : { status: 500, title: 'Something went wrong.' };
  const body = JSON.stringify({
    title,
    status,
    ...(error instanceof ProblemDetails && { errors: error.errors }),
  });
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: application/problem+json\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function socketOutlet(viewer: WebSocket): Outlet {
  let room = () => {};
  let full = false;
  const flushed = () => {
    if (!full || viewer.bufferedAmount > 0) return;
    full = false;
    room();
  };
  return {
    send(batch: Batch) {
      for (const frame of batch.frames) viewer.send(frame, flushed);
      full = viewer.bufferedAmount > BUFFERED_BYTES_MAX;
      return !full;
    },
    whenRoom(callback) {
      room = callback;
    },
    end: (last) =>
      new Promise((resolve) => {
        viewer.on('close', () => resolve());
        for (const frame of last.frames) viewer.send(frame);
        viewer.close(GOING_AWAY);
      }),
    destroy: () => viewer.terminate(),
  };
}
