/** The whole configuration, after validation and defaults. May hold secrets: never leaves the process. */
import type { ChannelConfig, KindOptions } from './channel.ts';
import type { Retention } from './tier.ts';

export interface Listen {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** What clients of other machines may be given; `admin` never is. */
export type PublicRight = 'read' | 'publish';
export type Right = PublicRight | 'admin';

/** Who may come in, beside clients of this machine. */
export interface EntryRules {
  /** Names by which this Weir is reached, beside loopback and the one in `listen`. In small letters, without port. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages of other sites that may come in. */
  readonly allowedOrigins: readonly string[];
  /** Addresses and networks of the proxies whose X-Forwarded-For is believed. */
  readonly trustProxy: readonly string[];
  /** A right that is not there is for clients of this machine alone. */
  readonly access: { readonly [right in PublicRight]?: 'public' | undefined };
}

/** The rules of a file that says nothing: this machine alone. */
export const ENTRY_RULES_DEFAULT: EntryRules = {
  allowedHosts: [],
  allowedOrigins: [],
  trustProxy: [],
  access: {},
};

/** Only those of a larger object. */
export function entryRulesOf(given: EntryRules): EntryRules {
  const { allowedHosts, allowedOrigins, trustProxy, access } = given;
  return { allowedHosts, allowedOrigins, trustProxy, access };
}

export interface Config extends EntryRules {
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
  /** The texts in all this that are masked wherever Weir says something. */
  readonly secrets: readonly string[];
}

/** `host:port`, `[::1]:port` or `:port` (all on loopback); null for anything else. */
export function parseListen(text: string): Listen | null {
  const match = /^(\[[0-9a-fA-F:]+\]|[^:[\]\s]*):(\d{1,5})$/.exec(text);
  if (!match || Number(match[2]) > 65_535) return null;
  const host = match[1] === '' ? '127.0.0.1' : match[1]!.replace(/^\[|\]$/g, '');
  return { host, port: Number(match[2]) };
}
