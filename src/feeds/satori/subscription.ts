/**
 * One RTM subscription: what is asked for, what comes in, and where it goes on after a break.
 *
 * RELIABLE behaviour: subscribe with the position after the last counted message and `fast_forward`, so the
 * server either continues exactly or says how many messages are gone. `history` is asked for only while
 * there is no position at all; asking again would deliver the same messages twice.
 */

import type { About, SeriesBatch } from '../../model/delivery.ts';
import { ONE_SHARD, type ShardPosition } from '../../model/position.ts';
import { EXCERPT_LENGTH_MAX } from '../../model/redaction.ts';
import type { TapChannel } from '../../tap/index.ts';
import { type ReadTime, timeReader } from '../event-time.ts';
import type { FeedChannel, FeedDeps } from '../feed.ts';
import { tapChannel } from '../tapped.ts';
import type { SatoriOptions } from './options.ts';
import { Overlap, sentAt } from './overlap.ts';
import { countOf, errorText, type Pdu, textOf } from './pdu.ts';

const REPLAYED: About = { replayed: true };
/** Where a data PDU has its messages. */
const MESSAGES = ['body', 'messages'];

/** What a subscription wants its session to do next. */
export type Verdict = 'go-on' | 'subscribe-again' | 'retry-later';

export class Subscription {
  readonly id: string;
  readonly #channel: FeedChannel<SatoriOptions>;
  /** Positions that the server has refused must not be asked for again. */
  #refused: string | null = null;
  /** Whether the server has accepted the subscription, and not ended it since. */
  #accepted = false;
  /** Whether anything was delivered since. */
  #delivered = false;
  /** Whether what is delivered was sent before the link came up. */
  #replaying = false;
  /** The message that has to come again before this resume is proven; null where the server says what was lost. */
  #overlap: Overlap | null = null;
  /** Whether it has come, or has been missed. */
  #overlapSeen = true;
  /** When the present link came up, by the server's clock. */
  #upAtMs = 0;
  /** How far the server's clock is ahead of ours, as far as its messages show. */
  #aheadMs: number | null = null;
  readonly #times: ReadTime | null;
  readonly #clock: FeedDeps['clock'];

  constructor(channel: FeedChannel<SatoriOptions>, clock: FeedDeps['clock']) {
    this.#channel = channel;
    this.#clock = clock;
    this.#times = timeReader(channel.options.time);
    this.id = subscriptionId(channel);
  }

  /** The channel's name. */
  get name(): string {
    return this.#channel.name;
  }

  get sink() {
    return this.#channel.sink;
  }

  /** The channel as the tap counts it; null where its messages have to be parsed. */
  get tapped(): TapChannel | null {
    if (this.#times) return null;
    return tapChannel(this.#channel, {
      id: this.id,
      list: MESSAGES,
      counted: (batch, position) => this.#counted(batch, position),
    });
  }

  /** The body of the subscribe request. */
  request(): Record<string, unknown> {
    const { filter, history, only, period } = this.#channel.options;
    const held = this.#resumePosition();
    this.#overlap = held === null ? null : Overlap.of(held);
    this.#overlapSeen = this.#overlap === null;
    const position = this.#overlap?.from ?? held;
    this.#accepted = false;
    return {
      ...(filter ? { subscription_id: this.id, filter } : { channel: this.id }),
      ...(period ? { period } : {}),
      ...(only ? { only } : {}),
      ...(position !== null ? { position } : {}),
      ...(this.sink.position(ONE_SHARD) === undefined && history ? { history } : {}),
      fast_forward: true,
    };
  }

  /** `rtm/subscribe/ok`. */
  accepted(pdu: Pdu): void {
    this.#accepted = true;
    this.#delivered = false;
    const position = textOf(pdu.body['position']);
    // Where we resume, the held position stays until something is delivered or said to be lost: after a crash in
    // between, the server says it again. Cobra's position is a dummy; resuming from it would repeat the whole stream.
    const fresh = this.#resumePosition() === null;
    this.#replaying = !fresh;
    if (this.sink.position(ONE_SHARD) === null) {
      this.sink.missed(
        null,
        'the position after the last counted message is not known, so what was sent since is lost',
        null,
      );
    }
    this.#upAtMs = this.#clock.now() + (this.#aheadMs ?? 0);
    if (fresh && position !== null && !isCobra(pdu.body)) this.sink.tally(0, at(position));
    this.sink.up(!fresh);
  }

  /** Whether a resume of this subscription is proven by the last counted message. */
  get provesByOverlap(): boolean {
    const held = this.#resumePosition();
    return held !== null && Overlap.of(held) !== null;
  }

  /** The last counted message has had time enough to come again. */
  overlapIsDue(): void {
    if (!this.#overlapSeen) this.#missOverlap();
  }

  /** Whether each frame has to be looked at: the tap counts those that only have to be counted. */
  get isResuming(): boolean {
    return this.#overlap !== null;
  }

  /**
   * The answer to a ping that followed the subscribe has come. A server of stream ids sends what it has kept in a task of
   * its own, so its answer may be early: there, the time of the messages says when all has come.
   */
  answered(): void {
    if (this.#overlap === null) this.#replaying = false;
  }

  /** `rtm/subscribe/error`. */
  refused(pdu: Pdu): Verdict {
    const code = textOf(pdu.body['error']) ?? '';
    // invalid_format: a position of another server, after the address in channels.yaml was changed.
    if (['expired_position', 'invalid_format'].includes(code) && this.#giveUpPosition()) {
      this.sink.missed(null, `the resume position was refused: ${errorText(pdu.body)}`, null);
      return 'subscribe-again';
    }
    this.sink.down(`subscribing failed: ${errorText(pdu.body)}`);
    return 'retry-later';
  }

  /** `rtm/subscription/data`: counts messages, never PDUs. */
  data(pdu: Pdu): void {
    const { messages } = pdu.body;
    const position = textOf(pdu.body['position']);
    if (!Array.isArray(messages)) {
      this.sink.malformed(1, 'a data PDU has no array of messages');
      return;
    }
    this.#delivered = true;
    if (position !== null && this.#isRepeated(messages.length, position)) return;
    this.#noteTime(position);
    if (!this.#channel.needsBody && !this.#times) {
      this.sink.tally(messages.length, this.#after(position), this.#about);
      return;
    }
    this.sink.messages(messages, this.#after(position), {
      replayed: this.#replaying,
      ...this.#times?.(messages, undefined),
    });
  }

  #counted(batch: SeriesBatch, position: string | null): void {
    this.#delivered = true;
    this.#noteTime(position);
    this.sink.tallySeries(batch, at(position), this.#about);
  }

  /** The position after messages that came with `position`; where they came without, the one before them is no longer the last. */
  #after(position: string | null): readonly ShardPosition[] | null {
    return position === null ? [[ONE_SHARD, null]] : at(position);
  }

  /** Whether messages that end at `position` were counted before the resume; books the doubt where the last of them did not come. */
  #isRepeated(count: number, position: string): boolean {
    const place = this.#overlap?.placeOf(position) ?? 'new';
    if (place !== 'new') {
      if (place === 'last') this.#overlapSeen = true;
      this.sink.duplicate(count, null);
      return true;
    }
    if (!this.#overlapSeen) this.#missOverlap();
    return false;
  }

  #missOverlap(): void {
    this.#overlapSeen = true;
    this.sink.missed(
      null,
      'the server no longer has the last message that was counted, so what it dropped since is not known',
      null,
    );
  }

  /** Learns from the time inside a stream id whether the message was sent before the link came up. */
  #noteTime(position: string | null): void {
    const ms = position === null ? null : sentAt(position);
    // A server that was replaced by one with other positions: no time in them ends its replay.
    if (this.#overlap !== null && position !== null && (ms ?? this.#upAtMs) >= this.#upAtMs) {
      this.#overlap = null;
      this.#replaying = false;
    }
    if (ms === null) return;
    if (this.#replaying) return;
    const aheadMs = ms - this.#clock.now();
    this.#aheadMs = Math.max(aheadMs, this.#aheadMs ?? aheadMs);
  }

  get #about(): About | undefined {
    return this.#replaying ? REPLAYED : undefined;
  }

  /** `rtm/subscription/info`: the server skipped messages for us. */
  info(pdu: Pdu): void {
    if (textOf(pdu.body['info']) !== 'fast_forward') return;
    const count = countOf(pdu.body['missed_message_count']);
    const reason = textOf(pdu.body['reason']) ?? 'no reason given';
    this.sink.missed(
      count,
      `the server skipped ahead: ${reason.slice(0, EXCERPT_LENGTH_MAX)}`,
      at(textOf(pdu.body['position'])),
    );
  }

  /** `rtm/subscription/error`: the server ended the subscription. */
  ended(pdu: Pdu): Verdict {
    // Asked for again already: one end, one new request.
    if (!this.#accepted) return 'go-on';
    this.#accepted = false;
    const text = errorText(pdu.body);
    this.sink.down(`the server ended the subscription: ${text}`);
    const code = textOf(pdu.body['error']);
    if (code !== 'out_of_sync' && code !== 'expired_position') return 'retry-later';
    this.#giveUpPosition();
    this.sink.missed(countOf(pdu.body['missed_message_count']), text, null);
    // A server that ends it each time at once is not asked in a circle.
    return this.#delivered ? 'subscribe-again' : 'retry-later';
  }

  /** The position after the last counted message; null for none. */
  get #held(): string | null {
    return this.sink.position(ONE_SHARD) ?? null;
  }

  #resumePosition(): string | null {
    const held = this.#held;
    return held === this.#refused ? null : held;
  }

  /** Goes on without the position that the server refuses; false if it was not asked for. */
  #giveUpPosition(): boolean {
    const held = this.#held;
    if (held === null || held === this.#refused) return false;
    this.#refused = held;
    return true;
  }
}

function at(position: string | null): readonly ShardPosition[] | null {
  return position === null ? null : [[ONE_SHARD, position]];
}

/** The id under which the server names the subscription: the view's own, or the RTM channel. */
export function subscriptionId({ name, options }: FeedChannel<SatoriOptions>): string {
  return options.filter ? name : (options.channel ?? name);
}

function isCobra(body: Readonly<Record<string, unknown>>): boolean {
  return 'redis_node' in body || 'stream_name' in body || 'stream_exists' in body;
}
