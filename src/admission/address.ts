/** Names of hosts and addresses of clients: which of them mean this machine, and how a header writes them. */
import { BlockList, isIP } from 'node:net';

/** Whether a host name means this machine wherever it is used: `localhost`, or a name under it (RFC 6761). */
export function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Whether an IP address is one of this machine's own loopback: 127.0.0.0/8 or ::1. */
export function isLoopbackAddress(address: string): boolean {
  return LOOPBACK.has(address);
}

/** Whether a client can reach this host name or IP address from another machine. */
export function reachesBeyondLoopback(host: string): boolean {
  return !isLoopbackName(host.toLowerCase()) && !isLoopbackAddress(host);
}

/**
 * The IP address in one entry of X-Forwarded-For, without brackets and port; null where there is none. An IPv4
 * address that is written as IPv6 (`::ffff:192.0.2.1`) comes back as IPv4.
 */
export function addressIn(entry: string): string | null {
  const text = entry.trim();
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text);
  const withPort = /^([\d.]+):\d+$/.exec(text);
  const address = bracketed?.[1] ?? withPort?.[1] ?? text;
  return isIP(address) === 0 ? null : plain(address);
}

/** A set of addresses and of networks (`10.0.0.0/8`). */
export class AddressList {
  readonly #list = new BlockList();

  /** Throws for an entry that is neither; see `isAddressOrNetwork`. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [address = '', bits] = entry.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(bits), family);
    }
  }

  /** Whether the address is in the list. False for a text that is no IP address. */
  has(address: string): boolean {
    const text = plain(address);
    const version = isIP(text);
    return version !== 0 && this.#list.check(text, version === 6 ? 'ipv6' : 'ipv4');
  }
}

/** Whether `AddressList` takes the entry: `192.0.2.1`, `2001:db8::1`, `10.0.0.0/8`. */
export function isAddressOrNetwork(entry: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(bits ?? 0) <= (version === 6 ? 128 : 32);
}

function plain(address: string): string {
  const withoutZone = address.split('%')[0]!;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(withoutZone);
  return mapped?.[1] ?? withoutZone;
}

const LOOPBACK = new AddressList(['127.0.0.0/8', '::1']);
