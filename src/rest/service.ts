/** REST as a whole: the application, the stream's hub, and the server that carries both. */
import { createServer, type Server } from 'node:http';
import { restApp } from './app.ts';
import type { RestSources } from './sources.ts';
import { type HubDependencies, StreamHub } from './stream/hub.ts';
import { serveStreamSocket } from './stream/stream-socket.ts';

export interface RestService {
  /** Not listening yet. */
  readonly server: Server;
  readonly hub: StreamHub;
  /** Says goodbye to the viewers, then closes every connection. */
  close(): Promise<void>;
}

export function restService(sources: RestSources, dependencies: HubDependencies): RestService {
  const hub = new StreamHub(sources, dependencies);
  const server = createServer(restApp(sources, dependencies.report, hub));
  serveStreamSocket(server, sources, hub);
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
