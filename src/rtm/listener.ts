/** The listening socket: opened, bounded, and closed with all its connections. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocketServer } from 'ws';
import {
  boundConnections,
  CONNECTIONS_PER_ADDRESS_MAX,
  HTTP_PATIENCE,
} from '../admission/connections.ts';
import type { Gate } from '../admission/gate.ts';
import { parseListen } from '../model/config.ts';
import type { World } from './session.ts';

/** How long clients get to answer the closing handshake. */
const CLOSE_MS_MAX = 500;

/** The protocol leaves pings to the client, so TCP itself finds out which clients have vanished. */
const HTTP_OPTIONS = { ...HTTP_PATIENCE, keepAlive: true, keepAliveInitialDelay: 60_000 };

/**
 * How many TCP connections beyond `connectionsMax` are heard out, so that they can be refused in
 * words.
 */
const REFUSALS_MAX = 64;

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** An HTTP server that does nothing but hand on upgrades. */
export function openHttp(
  connectionsMax: number,
  { world, gate }: { readonly world: World; readonly gate: () => Gate },
  upgrade: Upgrade,
): Server {
  const http = createServer(HTTP_OPTIONS, (_request, response) => {
    response.writeHead(426).end();
  });
  http.on('upgrade', upgrade);
  boundConnections(http, {
    total: connectionsMax + REFUSALS_MAX,
    perAddress: CONNECTIONS_PER_ADDRESS_MAX,
    isShared: (address) => gate().isSharedAddress(address),
    onRefused: () => {
      world.counters.refusedConnections += 1;
    },
  });
  return http;
}

/** Starts to listen on `host:port`. Rejects with a clear error when that address cannot be had. */
export async function listen(http: Server, text: string, world: World): Promise<AddressInfo> {
  http.listen(parseListen(text)!); // The schema has checked it.
  try {
    await once(http, 'listening');
  } catch (error) {
    throw new Error(`The RTM server cannot listen on ${text}: ${(error as Error).message}`);
  }
  http.on('error', (error) => world.log(`RTM: no connection was accepted: ${error.message}.`));
  return http.address() as AddressInfo;
}

/** Says 1001 to all connections and waits until they are closed, but not longer than a while. */
export async function closeAll(http: Server, sockets: WebSocketServer): Promise<void> {
  const ended = [...sockets.clients, http].map(
    (closing) => new Promise<unknown>((resolve) => closing.once('close', resolve)),
  );
  http.close();
  for (const socket of sockets.clients) socket.close(1001);
  const deadline = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
    http.closeAllConnections();
  }, CLOSE_MS_MAX);
  await Promise.all(ended);
  clearTimeout(deadline);
}
