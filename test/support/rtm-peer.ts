// An RTM server's end of a connection, scripted PDU by PDU. Shares no code with Weir's own RTM server.
import assert from 'node:assert/strict';
import type { FeedServer, Peer } from './feed-server.ts';

export interface Request {
  readonly action: string;
  readonly id: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export class RtmPeer {
  readonly peer: Peer;

  constructor(peer: Peer) {
    this.peer = peer;
  }

  async request(action: string): Promise<Request> {
    const request = JSON.parse(await this.peer.next()) as Request;
    assert.equal(request.action, action);
    return request;
  }

  reply(request: Request, outcome: string, body: object): void {
    this.peer.send({ action: `${request.action}/${outcome}`, id: request.id, body });
  }

  /** Reads a subscribe request and accepts it; returns its body. */
  async subscribed(position: string | null = null, extra: object = {}): Promise<Request['body']> {
    const request = await this.request('rtm/subscribe');
    const { channel, subscription_id = channel } = request.body;
    this.reply(request, 'ok', { subscription_id, ...(position ? { position } : {}), ...extra });
    return request.body;
  }

  data(channel: string, position: string, messages: unknown, extra: object = {}): void {
    const body = { subscription_id: channel, position, messages };
    this.peer.send({ action: 'rtm/subscription/data', body, ...extra });
  }

  push(outcome: 'info' | 'error', body: object): void {
    this.peer.send({ action: `rtm/subscription/${outcome}`, body });
  }
}

export async function acceptRtm(server: FeedServer): Promise<RtmPeer> {
  return new RtmPeer(await server.accept());
}

/** Options of a satori channel at that server. */
export function satoriOptions(server: FeedServer, channel: string, more: object = {}) {
  return { kind: 'satori', url: server.url, appkey: 'key', channel, ...more };
}
