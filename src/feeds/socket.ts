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

/** Why a server did not upgrade the connection. */
export function refusal(response: IncomingMessage): string {
  const status = response.statusCode ?? 0;
  const text = `refused with HTTP ${status} ${(response.statusMessage ?? '').slice(0, EXCERPT_LENGTH_MAX)}`;
  const redirect =
    status >= 300 && status < 400 ? '; redirects are not followed, write the new address' : '';
  return text.trimEnd() + redirect;
}
