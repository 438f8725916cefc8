/**
 * One RTM connection with many subscriptions: authenticates, subscribes, and hands each PDU to the
 * subscription it belongs to. After a break everything is done again, each subscription from its own position.
 */
import { createHmac } from 'node:crypto';
import { openTap, type TapLink } from '../../tap/index.ts';
import { Connection } from '../connection.ts';
import type { FeedChannel, FeedDeps } from '../feed.ts';
import { endpointUrl, milliseconds, type SatoriOptions } from './options.ts';
import { errorText, isRecord, type Pdu, parsePdu, textOf } from './pdu.ts';
import { Subscription, type Verdict } from './subscription.ts';

/** How long a subscription that was refused waits before it asks again. */
const RETRY_SUBSCRIBE_MS = 15_000;
/** How long the last counted message may take to come again after a resume; a server that keeps it sends it first. */
const OVERLAP_MS_MAX = 30_000;

/** Its answer has an id that no request has, and is proof of life like any frame. */
const HEARTBEAT = JSON.stringify({
  action: 'rtm/publish',
  id: 'heartbeat',
  body: { channel: '$heartbeat', message: '' },
});

type Reply = (pdu: Pdu, outcome: string) => void;

export class Session {
  readonly #options: SatoriOptions;
  readonly #deps: FeedDeps;
  readonly #connection: Connection;
  readonly #tap: TapLink | null;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #replies = new Map<number, { readonly reply: Reply; readonly cancel: () => void }>();
  readonly #cancelWaits = new Set<() => void>();
  /** Subscriptions that were given up: what still comes for them is nobody's. */
  readonly #removed = new Set<string>();
  #lastId = 0;

  /** All channels have the same endpoint, appkey and role, and different subscription ids. */
  constructor(channels: readonly FeedChannel<SatoriOptions>[], deps: FeedDeps) {
    for (const channel of channels) {
      const subscription = new Subscription(channel, deps.clock);
      this.#subscriptions.set(subscription.id, subscription);
    }
    this.#options = channels[0]!.options;
    this.#deps = deps;
    const { ping, heartbeat } = this.#options;
    const url = endpointUrl(this.#options);
    const tapped = [...this.#subscriptions.values()].map((subscription) => subscription.tapped);
    this.#tap = openTap({
      envelope: 'satori',
      utf8: false,
      frameBytesMax: this.#options.frameBytesMax,
      channels: tapped.filter((channel) => channel !== null),
    });
    this.#connection = new Connection(
      this.#options,
      {
        url: () => url,
        protocols: [],
        ping: { everyMs: milliseconds(ping), text: heartbeat === 'publish' ? HEARTBEAT : null },
        tap: this.#tap,
      },
      {
        open: () => this.#authenticate(),
        frame: (data) => this.#frame(data),
        alive: () => this.#all((subscription) => subscription.sink.alive()),
        down: (...why) => this.#down(...why),
      },
      deps,
    );
  }

  /** Gives one channel up; the others keep their connection. Returns whether there are others. */
  remove(channelName: string): boolean {
    for (const [id, { name }] of this.#subscriptions) {
      if (name !== channelName) continue;
      this.#subscriptions.delete(id);
      this.#tap?.remove(id);
      const body = { subscription_id: id };
      this.#connection.send(JSON.stringify({ action: 'rtm/unsubscribe', id: 'removed', body }));
      this.#removed.add(id);
    }
    return this.#subscriptions.size > 0;
  }

  /**
   * See `Feed.afterPause`. A server that drops what nobody reads, and does not say so, goes on after a hole: there, only a
   * resume tells whether anything is gone.
   */
  afterPause(): void {
    if ([...this.#subscriptions.values()].some((subscription) => subscription.provesByOverlap)) {
      this.#connection.reconnect('nothing was read for a while; a resume tells what is gone');
      return;
    }
    this.#connection.barrier(() => this.#all((subscription) => subscription.sink.settled()));
  }

  async close(): Promise<void> {
    this.#forgetRequests();
    await this.#connection.close();
  }

  /** Role-secret authentication: the secret never crosses the wire, only its HMAC-MD5 over the server's nonce. */
  #authenticate(): void {
    const { role, secret } = this.#options;
    if (role === undefined || secret === undefined) {
      this.#all((subscription) => this.#subscribe(subscription));
      return;
    }
    this.#request('auth/handshake', { method: 'role_secret', data: { role } }, (pdu, outcome) => {
      const nonce = isRecord(pdu.body['data']) ? textOf(pdu.body['data']['nonce']) : null;
      if (outcome !== 'ok' || nonce === null) return this.#authenticationFailed(pdu);
      const credentials = { hash: roleSecretHash(secret, nonce) };
      const body = { method: 'role_secret', credentials };
      this.#request('auth/authenticate', body, (answer, result) => {
        if (result !== 'ok') return this.#authenticationFailed(answer);
        this.#all((subscription) => this.#subscribe(subscription));
      });
    });
  }

  #authenticationFailed(pdu: Pdu): void {
    this.#connection.reconnect(`authentication failed: ${errorText(pdu.body)}`);
  }

  #subscribe(subscription: Subscription): void {
    const request = subscription.request();
    this.#tap?.setCounting(subscription.id, !subscription.isResuming);
    this.#request('rtm/subscribe', request, (pdu, outcome) => {
      if (this.#subscriptions.get(subscription.id) !== subscription) return;
      if (outcome === 'ok') {
        this.#connection.proven();
        subscription.accepted(pdu);
        this.#connection.barrier(() => subscription.answered());
        this.#expectOverlap(subscription);
      } else {
        this.#obey(subscription, subscription.refused(pdu));
      }
    });
  }

  /** Where nothing comes after a resume, nobody else books the doubt. */
  #expectOverlap(subscription: Subscription): void {
    if (!subscription.isResuming) return;
    const cancel = this.#deps.timers.after(OVERLAP_MS_MAX, () => {
      this.#cancelWaits.delete(cancel);
      subscription.overlapIsDue();
    });
    this.#cancelWaits.add(cancel);
  }

  #obey(subscription: Subscription, verdict: Verdict): void {
    if (verdict === 'subscribe-again') this.#subscribe(subscription);
    if (verdict !== 'retry-later') return;
    const cancel = this.#deps.timers.after(RETRY_SUBSCRIBE_MS, () => {
      this.#cancelWaits.delete(cancel);
      if (this.#subscriptions.get(subscription.id) === subscription) this.#subscribe(subscription);
    });
    this.#cancelWaits.add(cancel);
  }

  #request(action: string, body: Record<string, unknown>, reply: Reply): void {
    this.#lastId += 1;
    const id = this.#lastId;
    const cancel = this.#deps.timers.after(milliseconds(this.#options.replyTimeout), () => {
      this.#connection.reconnect(`no answer to ${action} in ${this.#options.replyTimeout}`);
    });
    this.#replies.set(id, { reply, cancel });
    this.#connection.send(JSON.stringify({ action, id, body }));
  }

  #frame(data: Buffer): void {
    const pdu = parsePdu(data.toString('utf8'));
    if (!pdu) return this.#unreadable('a frame from the server is not a PDU');
    // Nearly every frame is this one; it is not taken apart.
    if (pdu.action === 'rtm/subscription/data') return this.#delivery(pdu, 'data');
    const [service, operation, outcome = ''] = pdu.action.split('/');
    // Cobra numbers its data PDUs, and the numbers collide with those of requests.
    if (service === 'rtm' && operation === 'subscription') this.#delivery(pdu, outcome);
    else if (pdu.action === '' || pdu.action === '/error') {
      this.#connection.reconnect(`the server said ${errorText(pdu.body)}`);
    } else this.#reply(pdu, outcome);
  }

  #reply(pdu: Pdu, outcome: string): void {
    if (outcome === 'data') return;
    const waiting = this.#replies.get(Number(pdu.id));
    if (!waiting) return;
    this.#replies.delete(Number(pdu.id));
    waiting.cancel();
    waiting.reply(pdu, outcome);
  }

  #delivery(pdu: Pdu, outcome: string): void {
    const id = textOf(pdu.body['subscription_id']) ?? '';
    const subscription = this.#subscriptions.get(id);
    if (!subscription) {
      if (this.#removed.has(id)) return;
      if (outcome === 'data') this.#unreadable('a data PDU names no subscription of ours');
    } else if (outcome === 'data') this.#data(subscription, pdu);
    else if (outcome === 'info') subscription.info(pdu);
    else if (outcome === 'error') this.#obey(subscription, subscription.ended(pdu));
  }

  #data(subscription: Subscription, pdu: Pdu): void {
    const wasResuming = subscription.isResuming;
    subscription.data(pdu);
    if (wasResuming && !subscription.isResuming) this.#tap?.setCounting(subscription.id, true);
  }

  /** It may have carried messages of any subscription. */
  #unreadable(detail: string): void {
    this.#all((subscription) => subscription.sink.missed(null, detail, null));
    const [first] = this.#subscriptions.values();
    first?.sink.malformed(1, detail);
  }

  #down(detail: string, proven: boolean, retryMs: number | null): void {
    this.#forgetRequests();
    this.#all((subscription) => subscription.sink.down(detail, proven, retryMs));
  }

  #forgetRequests(): void {
    for (const { cancel } of this.#replies.values()) cancel();
    this.#replies.clear();
    for (const cancel of this.#cancelWaits) cancel();
    this.#cancelWaits.clear();
  }

  #all(call: (subscription: Subscription) => void): void {
    for (const subscription of this.#subscriptions.values()) call(subscription);
  }
}

/** base64(HMAC-MD5(secret, nonce)), both as UTF-8 text; see `auth/authenticate` in the RTM API. */
export function roleSecretHash(secret: string, nonce: string): string {
  return createHmac('md5', secret).update(nonce).digest('base64');
}
