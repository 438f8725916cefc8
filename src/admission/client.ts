/** Where a connection comes from, also when it comes through a proxy. */
import type { IncomingHttpHeaders } from 'node:http';
import { type AddressList, addressIn, isLoopbackAddress } from './address.ts';

/** What is asked of a connection and of its first request. `IncomingMessage` has all of it. */
export interface Caller {
  readonly headers: IncomingHttpHeaders;
  readonly url?: string | undefined;
  readonly socket: {
    readonly remoteAddress?: string | undefined;
    readonly localAddress?: string | undefined;
  };
}

/**
 * Whether the client is on this machine. A client that a trusted proxy forwards is where `X-Forwarded-For` says;
 * any other proxy's header is not believed, and the client is then the proxy.
 */
export function isOnThisMachine(caller: Caller, trusted: AddressList): boolean {
  const { remoteAddress, localAddress } = caller.socket;
  // A socket that has gone already has no address.
  if (remoteAddress === undefined) return false;
  const client = forwardedClient(caller, trusted);
  if (client !== undefined) return client !== null && isLoopbackAddress(client);
  // A program of this machine may use an address of its network card: then both ends have it.
  return isLoopbackAddress(remoteAddress) || remoteAddress === localAddress;
}

/**
 * The address that a trusted proxy says the client has: the rightmost that is not a trusted proxy's itself, because
 * all to its left can be made up. null: it is not an address. undefined: nobody trusted has forwarded anything.
 */
function forwardedClient(
  { headers, socket }: Caller,
  trusted: AddressList,
): string | null | undefined {
  const header = headers['x-forwarded-for'];
  if (header === undefined || !trusted.has(socket.remoteAddress ?? '')) return undefined;
  const entries = [header].flat().join(',').split(',');
  for (const entry of entries.reverse()) {
    const address = addressIn(entry);
    if (address === null || !trusted.has(address)) return address;
  }
  return addressIn(entries.at(-1)!);
}
