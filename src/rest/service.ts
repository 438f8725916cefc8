/** REST as a whole: the application, the stream's hub, and the server that carries both. */
import { createServer, type Server } from 'node:http';
import {
  boundConnections,
  CONNECTIONS_PER_ADDRESS_MAX,
  HTTP_PATIENCE,
} from '../admission/connections.ts';
import { restApp } from './app.ts';
import type { RestSources } from './sources.ts';
import { type HubDependencies, StreamHub, VIEWERS_MAX } from './stream/hub.ts';
import { serveStreamSocket } from './stream/stream-socket.ts';

/** Connections at once: as many viewers as there may be, and room for other requests. */
export const CONNECTIONS_MAX = VIEWERS_MAX + 1_000;

export interface RestService {
  /** Not listening yet. */
  readonly server: Server;
  readonly hub: StreamHub;
  /** Says goodbye to the viewers, then closes every connection. */
  close(): Promise<void>;
}

export function restService(sources: RestSources, dependencies: HubDependencies): RestService {
  const hub = new StreamHub(sources, dependencies);
  const refused = { total: 0, perAddress: 0 };
  const app = restApp(sources, dependencies.report, { hub, refused });
  const server = createServer(HTTP_PATIENCE, app);
  boundConnections(server, {
    total: CONNECTIONS_MAX,
    perAddress: CONNECTIONS_PER_ADDRESS_MAX,
    isShared: (address) => sources.gate.isSharedAddress(address),
    onRefused: (bound) => {
      refused[bound] += 1;
    },
  });
  serveStreamSocket(server, sources, hub, dependencies.report);
  return {
    server,
    hub,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      await hub.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
