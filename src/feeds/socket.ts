/** A `ws` socket with Weir's options, with or without a tap before it. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { resolve } from 'node:path';
import { type ClientOptions, WebSocket } from 'ws';
import { EXCERPT_LENGTH_MAX } from '../model/redaction.ts';
import { dialPlain, dialSecure } from '../tap/dial.ts';
import type { TapSocket } from '../tap/tap-socket.ts';
import type { ConnectionOptions } from './connection-options.ts';

export interface SocketPlan {
  /** Asked before each connect, so that it can carry where to go on. */
  url(): string;
  readonly protocols: readonly string[];
}

/** Starts to connect. `folder` is that of channels.yaml. Throws for an address that is none, or a file that cannot be read. */
export function newSocket(
  plan: SocketPlan,
  { headers, ca, compress, frameBytesMax }: ConnectionOptions,
  folder: string,
  tap: TapSocket | null,
): WebSocket {
  const url = plan.url();
  const options: ClientOptions = {
    headers,
    perMessageDeflate: compress,
    maxPayload: frameBytesMax,
    followRedirects: false,
    // A text that is not UTF-8 is one malformed message to its reader, and no reason to lose the link.
    skipUTF8Validation: true,
    // Pongs are our own: of pings that have piled up, only the newest is answered.
    autoPong: false,
    // The tap counts on it: what `ws` is given, it answers in the same turn.
    allowSynchronousEvents: true,
    ...(ca ? { ca: readFileSync(resolve(folder, ca)) } : {}),
  };
  if (tap) {
    const dial = url.startsWith('wss:') ? dialSecure : dialPlain;
    options.createConnection = dial.bind(null, tap) as unknown as typeof options.createConnection;
  }
  return new WebSocket(url, [...plan.protocols], options);
}

/** The longest that a server may ask Weir to stay away, in milliseconds. */
export const COME_AGAIN_MS_MAX = 3_600_000;
/** Too Many Requests, and Service Unavailable: the answers that may say when to come again. */
const BUSY_STATUSES = [429, 503];

export interface Refusal {
  readonly reason: string;
  /** How long to wait at least, in milliseconds; 0 where the server does not say. */
  readonly comeAgainMs: number;
}

/** Why a server did not upgrade the connection, at `now` (Unix milliseconds), and when to come again (RFC 9110 §10.2.3). */
export function refusal(response: IncomingMessage, now: number): Refusal {
  const status = response.statusCode ?? 0;
  const retryAfter = response.headers['retry-after'];
  const asked = BUSY_STATUSES.includes(status) && retryAfter ? millisecondsTo(retryAfter, now) : 0;
  const comeAgainMs = Math.min(asked, COME_AGAIN_MS_MAX);
  const wait =
    comeAgainMs > 0 ? `; it asks to come again in ${Math.ceil(comeAgainMs / 1_000)} s` : '';
  return { reason: refusalText(response, status) + wait, comeAgainMs };
}

/** `Retry-After` is a number of seconds or an HTTP date; 0 for anything else, and for the past. */
function millisecondsTo(retryAfter: string, now: number): number {
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}

function refusalText(response: IncomingMessage, status: number): string {
  const text = `refused with HTTP ${status} ${(response.statusMessage ?? '').slice(0, EXCERPT_LENGTH_MAX)}`;
  const redirect =
    status >= 300 && status < 400 ? '; redirects are not followed, write the new address' : '';
  return text.trimEnd() + redirect;
}
