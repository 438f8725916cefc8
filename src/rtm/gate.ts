/** Who gets in: what is refused over HTTP, before a WebSocket comes into being. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Gate } from '../admission/gate.ts';
import type { PublicRight } from '../model/config.ts';

/** The protocol's path, as all SDKs append it. */
const PATH = /^\/v2\/?$/;
const RIGHTS: readonly PublicRight[] = ['read', 'publish'];

/** An upgrade that is refused: the status, and a sentence for people where there is something to put right. */
export interface RefusedUpgrade {
  readonly status: 400 | 403 | 404 | 503;
  readonly detail?: string;
}

/** Why an upgrade is refused; null for one that may go on. */
export function refusedUpgrade(
  request: IncomingMessage,
  options: { readonly appkey: string; readonly connectionsMax: number },
  { gate, connectionCount }: { readonly gate: Gate; readonly connectionCount: number },
): RefusedUpgrade | null {
  const url = URL.parse(request.url ?? '', 'ws://localhost');
  if (url === null) return { status: 400 }; // Such as "//": not a path at all.
  const refusals = RIGHTS.map((right) => gate.refusal(request, right));
  // One right is enough to come in; each request is asked for its own.
  const [refusal] = refusals.includes(null) ? [] : refusals;
  if (refusal) {
    return { status: 403, detail: `${refusal.title} ${refusal.param} ${refusal.detail}.` };
  }
  if (!PATH.test(url.pathname)) return { status: 404 };
  if (url.searchParams.get('appkey') !== options.appkey) return { status: 403 };
  return connectionCount < options.connectionsMax ? null : { status: 503 };
}

/** What the client may do, whatever its role: for each right null, or a sentence that says why not. */
export type Rights = { readonly [right in PublicRight]: string | null };

export function rightsOf(request: IncomingMessage, gate: Gate): Rights {
  const why = (right: PublicRight) => {
    const refusal = gate.accessRefusal(request, right);
    return refusal && `${refusal.title} ${refusal.param} ${refusal.detail}`;
  };
  return { read: why('read'), publish: why('publish') };
}

/** Refuses an upgrade and closes its socket. */
export function refuseUpgrade(socket: Duplex, { status, detail }: RefusedUpgrade): void {
  const title = STATUS_CODES[status];
  const body =
    detail === undefined ? '' : JSON.stringify({ type: 'about:blank', title, status, detail });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Connection: close',
    ...(body === '' ? [] : ['Content-Type: application/problem+json']),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.on('error', () => socket.destroy()); // The client may be gone already.
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** The subprotocol to speak, of those offered: only `json`. */
export function chooseProtocol(offered: ReadonlySet<string>): 'json' | false {
  return offered.has('json') ? 'json' : false;
}
