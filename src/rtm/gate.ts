/** Who gets in: what is refused over HTTP, before a WebSocket comes into being. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** The protocol's path, as all SDKs append it. */
const PATH = /^\/v2\/?$/;

/** The status with which an upgrade is refused, or null for one that may go on. */
export function refusalStatus(
  request: IncomingMessage,
  options: { readonly appkey: string; readonly connectionsMax: number },
  connectionCount: number,
): 400 | 403 | 404 | 503 | null {
  let url: URL;
  try {
    url = new URL(request.url ?? '', 'ws://localhost');
  } catch {
    return 400; // Such as "//": not a path at all.
  }
  if (!PATH.test(url.pathname)) return 404;
  if (url.searchParams.get('appkey') !== options.appkey) return 403;
  return connectionCount < options.connectionsMax ? null : 503;
}

/** Refuses an upgrade and closes its socket. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}`;
  socket.on('error', () => socket.destroy()); // The client may be gone already.
  socket.once('finish', () => socket.destroy());
  socket.end(`${head}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** The subprotocol to speak, of those offered: only `json`. */
export function chooseProtocol(offered: ReadonlySet<string>): 'json' | false {
  return offered.has('json') ? 'json' : false;
}
