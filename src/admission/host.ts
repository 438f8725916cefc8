/** Hosts and origins as browsers and programs write them, made comparable. */
import { isIP } from 'node:net';

/** A host without its port, in small letters and without a final dot; and the port, null for the scheme's own. */
export interface HostAndPort {
  /** IPv6 addresses are without brackets. */
  readonly host: string;
  readonly port: number | null;
}

export interface Origin extends HostAndPort {
  /** Without the colon: `https`. */
  readonly scheme: string;
  /** `https://dash.example.org`: comparable with another origin's. */
  readonly text: string;
}

const PORTS: Readonly<Record<string, number>> = { http: 80, ws: 80, https: 443, wss: 443 };
const HOST = /^(\[[^\]]+\]|[^:[\]/?#@\s]+)(?::(\d{0,5}))?$/;
const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/([^/?#@\s]+)$/i;
const NAME = /^(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*$/;

/** Reads `weir.example.org`, `Weir.Example.org.:9347`, `[::1]:80`; null for anything else. */
export function parseHost(text: string): HostAndPort | null {
  const [, written, port] = HOST.exec(text) ?? [];
  if (written === undefined || Number(port ?? 0) > 65_535) return null;
  const host = written.replace(/^\[|\]$/g, '').toLowerCase();
  if (written.startsWith('[') && isIP(host) !== 6) return null;
  return { host: host.replace(/\.$/, ''), port: port ? Number(port) : null };
}

/** Reads the value of an `Origin` header; null for `null` and for anything else that names no host. */
export function parseOrigin(text: string): Origin | null {
  const [, written, authority] = ORIGIN.exec(text) ?? [];
  const place = authority === undefined ? null : parseHost(authority);
  if (written === undefined || place === null) return null;
  const scheme = written.toLowerCase();
  const port = place.port ?? PORTS[scheme] ?? null;
  const host = isIP(place.host) === 6 ? `[${place.host}]` : place.host;
  const shown = port === null || port === PORTS[scheme] ? host : `${host}:${port}`;
  return { scheme, host: place.host, port, text: `${scheme}://${shown}` };
}

/** Whether the origin's host and port are those of the `Host` header; a missing port is the origin's own scheme's. */
export function isSamePlace(origin: Origin, host: HostAndPort): boolean {
  const port = host.port ?? PORTS[origin.scheme] ?? null;
  return origin.host === host.host && origin.port === port;
}

/** Whether a text, in small letters, can be the name of a host: `weir.example.org`. */
export function isHostName(text: string): boolean {
  return text.length <= 253 && NAME.test(text) && isIP(text) === 0;
}
