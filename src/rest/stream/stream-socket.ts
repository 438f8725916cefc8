/** GET /api/v1/ws: the events of the stream, pushed over a WebSocket, one JSON text frame an event. */
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { checkEntry } from '../admission.ts';
import { checkParameters } from '../parameters.ts';
import { internalProblem, ProblemDetails, problemDocument } from '../problem-details.ts';
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
export function serveStreamSocket(
  server: Server,
  sources: RestSources,
  hub: StreamHub,
  report: (error: unknown) => void,
): void {
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
      if (!(error instanceof ProblemDetails)) report(error);
      refuse(socket, error instanceof ProblemDetails ? error : internalProblem());
    }
  });
}

function asked(request: IncomingMessage, sources: RestSources) {
  checkEntry(sources.gate, request, 'read');
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  if (url?.pathname !== PATH) throw new ProblemDetails(404, 'not-found', 'There is nothing here.');
  const given = checkParameters(queryOf(url.searchParams), streamQuery);
  return { subscription: subscriptionOf(given, sources), lastId: given.last_event_id ?? null };
}

/** As express reads a query: a parameter that is given more than once is a list. */
function queryOf(parameters: URLSearchParams): Record<string, unknown> {
  const names = new Set(parameters.keys());
  return Object.fromEntries(
    [...names].map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length > 1 ? values : values[0]];
    }),
  );
}

function refuse(socket: Duplex, problem: ProblemDetails): void {
  const body = problemDocument(problem);
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nContent-Type: application/problem+json\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
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
