/** Opens the socket of a tap, as `ws` itself would. */
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { TapSocket } from './tap-socket.ts';

/** What `ws` hands to its `createConnection`. */
type DialOptions = net.TcpNetConnectOpts & net.IpcNetConnectOpts & tls.ConnectionOptions;

/** Windows hands a buffer to the system before there is something to read, so it cannot be shared. */
const SHARES_INPUT = process.platform !== 'win32';

/** Connects in clear; chunks are read straight into the scanner's memory. */
export function dialPlain(tap: TapSocket, options: DialOptions): Duplex {
  const onread = {
    buffer: tap.input,
    callback(length: number) {
      tap.filled(length);
      return true;
    },
  };
  const path = (options as { readonly socketPath?: string }).socketPath;
  const socket = net.connect({
    ...options,
    path: path as string,
    ...(SHARES_INPUT ? { onread } : {}),
  });
  if (!SHARES_INPUT) socket.on('data', (chunk: Buffer) => tap.received(chunk));
  tap.attach(socket);
  return tap;
}

/** Connects with TLS. */
export function dialSecure(tap: TapSocket, { path: _path, ...options }: DialOptions): Duplex {
  const { host = '', servername = net.isIP(host) ? '' : host } = options;
  const socket = tls.connect({ ...options, servername } as tls.ConnectionOptions);
  socket.on('data', (chunk: Buffer) => tap.received(chunk));
  tap.attach(socket);
  return tap;
}
