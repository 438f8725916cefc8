/**
 * Who may come in: the one set of rules for REST, its stream, the datasource and the RTM server.
 *
 * `Host` keeps out pages whose name was pointed at this machine (DNS rebinding). `Origin` keeps out pages of other
 * sites, which a browser lets connect anywhere. `access` says what clients of other machines may do.
 */
import { isIP } from 'node:net';
import type { EntryRules, Right } from '../model/config.ts';
import { AddressList, isLoopbackName, reachesBeyondLoopback } from './address.ts';
import { type Caller, isOnThisMachine } from './client.ts';
import { isHostName, isSamePlace, parseHost, parseOrigin } from './host.ts';
import type { Remedies } from './remedies.ts';

export interface GateRules extends EntryRules {
  /** The host of `listen`: its name is one of Weir's own. */
  readonly listenHost: string;
  readonly remedies: Remedies;
}

/** Why somebody may not come in. `detail` continues `param` to a sentence, and names the line to write. */
export interface Refusal {
  readonly code: 'unknown-host' | 'foreign-origin' | 'no-access';
  readonly title: string;
  readonly param: 'Host' | 'Origin' | 'client';
  readonly detail: string;
}

/** What a browser reports of the page behind a request that has no `Origin`: `<script>`, `<img>`, a link. */
export interface PageHints {
  /** `Sec-Fetch-Site`; only browsers send it. */
  readonly site: string | undefined;
  /** `Sec-Fetch-Mode`: a link that somebody follows gives the page nothing. */
  readonly mode: string | undefined;
  readonly referer: string | undefined;
}

export class Gate {
  readonly #rules: GateRules;
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #trusted: AddressList;

  constructor(rules: GateRules) {
    this.#rules = rules;
    const named = rules.allowedHosts.map((name) => name.toLowerCase());
    this.#hosts = new Set([rules.listenHost.toLowerCase(), ...named]);
    this.#origins = new Set(rules.allowedOrigins.map((text) => parseOrigin(text)?.text ?? text));
    this.#trusted = new AddressList(rules.trustProxy);
  }

  /** Why the caller may not come in to do that; null when it may. */
  refusal(caller: Caller, right: Right): Refusal | null {
    return (
      this.hostRefusal(caller) ??
      this.originRefusal(caller, caller.headers.origin) ??
      this.accessRefusal(caller, right)
    );
  }

  /** Why the name by which Weir was called is refused; null for loopback names, IP addresses and known names. */
  hostRefusal(caller: Caller): Refusal | null {
    const called = hostOf(caller);
    const { host } = (called === null ? null : parseHost(called)) ?? { host: null };
    if (host !== null && (isIP(host) !== 0 || isLoopbackName(host) || this.#hosts.has(host))) {
      return null;
    }
    const detail =
      host !== null && isHostName(host)
        ? `${host} is not known as a name of this Weir; if it is one, ${this.#rules.remedies.host(host)}`
        : 'is missing, or not the name of a host';
    return {
      code: 'unknown-host',
      title: 'This is not a name of this Weir.',
      param: 'Host',
      detail,
    };
  }

  /** Why a page of that origin is refused; null for Weir's own, for allowed ones, and where there is no page. */
  originRefusal(caller: Caller, written: string | undefined): Refusal | null {
    if (written === undefined) return null;
    const origin = parseOrigin(written);
    if (origin !== null) {
      const called = parseHost(hostOf(caller) ?? '');
      const own = called !== null && isSamePlace(origin, called);
      // Ports tell apart what runs on one machine, so such a name must come with its port.
      const portMatters = isIP(origin.host) !== 0 || isLoopbackName(origin.host);
      const named = !portMatters && this.#rules.allowedHosts.some((name) => name === origin.host);
      if (own || named || this.#origins.has(origin.text)) return null;
    }
    const detail =
      origin === null
        ? 'names no host, so it cannot be allowed; serve the page from a web server'
        : `${origin.text} is another site; if its pages may come in, ${this.#rules.remedies.origin(origin.text)}`;
    return {
      code: 'foreign-origin',
      title: 'Pages of other sites are not served.',
      param: 'Origin',
      detail,
    };
  }

  /**
   * The same for a request without `Origin` whose answer a page could use all the same, as a script does: judged by
   * what the browser reports of the page. A client that reports nothing is no browser.
   */
  embeddingRefusal(caller: Caller, { site, mode, referer }: PageHints): Refusal | null {
    if (mode === 'navigate' || site === 'same-origin' || site === 'none') return null;
    if (site === undefined && referer === undefined) return null;
    const page = referer === undefined ? null : URL.parse(referer);
    return this.originRefusal(caller, page === null ? 'null' : `${page.protocol}//${page.host}`);
  }

  /** Why the client may not do that; null when it may. `admin` is for this machine alone. */
  accessRefusal(caller: Caller, right: Right): Refusal | null {
    if (right !== 'admin' && this.#rules.access[right] === 'public') return null;
    if (isOnThisMachine(caller, this.#trusted)) return null;
    const line =
      right === 'admin'
        ? 'no line in channels.yaml changes that'
        : `to let others in, ${this.#rules.remedies.access(right)}`;
    return {
      code: 'no-access',
      title: 'Clients of other machines may not do this.',
      param: 'client',
      detail: `must be on this machine for the right "${right}"; ${line}`,
    };
  }

  /** The `Origin` of a page of another site that may read the answer; null for Weir's own pages and for programs. */
  allowedForeignOrigin(caller: Caller): string | null {
    const { origin } = caller.headers;
    if (origin === undefined || this.originRefusal(caller, origin) !== null) return null;
    const called = parseHost(hostOf(caller) ?? '');
    return called !== null && isSamePlace(parseOrigin(origin)!, called) ? null : origin;
  }

  /** Whether connections from this address are not counted one by one: this machine's, and trusted proxies'. */
  isSharedAddress(address: string): boolean {
    return !reachesBeyondLoopback(address) || this.#trusted.has(address);
  }
}

/** The name by which Weir was called; a whole address in the request line wins over the header (RFC 9112, 3.2.2). */
function hostOf({ headers, url = '' }: Caller): string | null {
  const [, authority] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url) ?? [];
  return authority ?? headers.host ?? null;
}

/** Why Weir must not listen on that host: others can reach it, and `access` gives no right. null where it may. */
export function exposureProblem(
  host: string,
  access: EntryRules['access'],
  line: string,
): string | null {
  const saysWhoMay = Object.values(access).includes('public');
  if (saysWhoMay || !reachesBeyondLoopback(host)) return null;
  return `can be reached from other machines, and nothing says what their clients may do; ${line}, or listen on 127.0.0.1`;
}
