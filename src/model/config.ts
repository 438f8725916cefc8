/** The whole configuration, after validation and defaults. May hold secrets: never leaves the process. */
import type { ChannelConfig, KindOptions } from './channel.ts';
import type { Retention } from './tier.ts';

export interface Listen {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

export interface Config {
  readonly listen: Listen;
  readonly store: KindOptions;
  readonly timezone: string;
  readonly retain: Retention;
  /** Feed threads; null for as many as there are cores, less one. */
  readonly threads: number | null;
  /** Who draws the bars on the page. */
  readonly charts: 'google' | 'builtin';
  /** Options of Weir's own RTM server; null for none. */
  readonly rtm: unknown;
  readonly channels: readonly ChannelConfig[];
}

/** `host:port`, `[::1]:port` or `:port` (all on loopback); null for anything else. */
export function parseListen(text: string): Listen | null {
  const match = /^(\[[0-9a-fA-F:]+\]|[^:[\]\s]*):(\d{1,5})$/.exec(text);
  if (!match || Number(match[2]) > 65_535) return null;
  const host = match[1] === '' ? '127.0.0.1' : match[1]!.replace(/^\[|\]$/g, '');
  return { host, port: Number(match[2]) };
}
