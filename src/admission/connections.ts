/** How many connections a server takes, in all and from one address, and how long it waits for a request. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Connections of one address, unless it is one that many clients share: this machine's, or a trusted proxy's. */
export const CONNECTIONS_PER_ADDRESS_MAX = 256;

/** In milliseconds. A load balancer keeps an idle connection for 60 s; Weir must not be the one that closes it. */
export const HTTP_PATIENCE = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 5_000,
} as const;

const BUSY =
  'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 10\r\nContent-Length: 0\r\n\r\n';

export interface ConnectionBounds {
  readonly total: number;
  readonly perAddress: number;
  /** Whether many clients may have this address, so that it is bounded by `total` alone. */
  readonly isShared: (address: string) => boolean;
  /** Hears of each connection over a bound. */
  readonly onRefused: (bound: 'total' | 'perAddress') => void;
}

/** Bounds the connections of a server: one over `perAddress` gets 503, one over `total` is closed at once. */
export function boundConnections(server: Server, bounds: ConnectionBounds): void {
  const counts = new Map<string, number>();
  server.maxConnections = bounds.total;
  server.on('drop', () => bounds.onRefused('total'));
  // Before the server's own listener, so that nothing of a refused connection is read.
  server.prependListener('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (bounds.isShared(address)) return;
    const count = counts.get(address) ?? 0;
    if (count >= bounds.perAddress) {
      bounds.onRefused('perAddress');
      turnAway(socket);
      return;
    }
    counts.set(address, count + 1);
    socket.once('close', () => {
      const left = counts.get(address)! - 1;
      if (left > 0) counts.set(address, left);
      else counts.delete(address);
    });
  });
}

function turnAway(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.end(BUSY);
  socket.destroySoon();
}
