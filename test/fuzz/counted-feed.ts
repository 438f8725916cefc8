// A feed whose sinks are the real counters on real rings, and the accounts that must balance at the end.

import assert from 'node:assert/strict';
import { ChannelCounter } from '../../src/counting/channel-counter.ts';
import type { Feed, FeedChannel, FeedKind, FeedSink } from '../../src/feeds/feed.ts';
import type { KindOptions } from '../../src/model/channel.ts';
import { SHARDS_MAX } from '../../src/model/position.ts';
import {
  addTally,
  emptyTally,
  ledgerDifference,
  type MutableTally,
  TALLY_FIELDS,
} from '../../src/model/tally.ts';
import { processorKind } from '../../src/processors/index.ts';
import { allocateRing } from '../../src/shared/ring.ts';
import { RingReader } from '../../src/shared/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';
import { FakeTime } from '../support/fake-time.ts';
import { steadyTurns } from '../support/turns.ts';

const START = 1_790_000_000_000;

export interface CountedChannel {
  readonly name: string;
  /** As after validation. */
  readonly options: KindOptions;
  /** In channels.yaml. */
  readonly processor: Record<string, unknown>;
}

/** One channel's counter, and what its feed said to it. */
class Account {
  readonly counter: ChannelCounter;
  readonly needsBody: boolean;
  readonly reader: RingReader;
  /** Messages the feed handed over, whatever became of them. */
  handed = 0;
  /** What was sealed, second by second and amendment by amendment. */
  readonly #sealed: MutableTally = emptyTally();
  #sealedTo: number;

  constructor(counter: ChannelCounter, needsBody: boolean, reader: RingReader, second: number) {
    this.counter = counter;
    this.needsBody = needsBody;
    this.reader = reader;
    this.#sealedTo = second;
  }

  /** The counter, with every message counted on its way in. */
  sink(): FeedSink {
    const { counter } = this;
    const hand = (count: number): void => {
      assert.ok(Number.isSafeInteger(count) && count >= 0, `handed ${count} messages`);
      this.handed += count;
    };
    return {
      position: (shard) => counter.position(shard),
      positions: () => counter.positions(),
      messages: (bodies, position, about) => {
        hand(bodies.length);
        if (about?.times) assert.equal(about.times.length, bodies.length);
        counter.messages(bodies, position, about);
      },
      tally: (count, position, about) => {
        hand(count);
        counter.tally(count, position, about);
      },
      tallySeries: (batch, position, about) => {
        hand(batch.count);
        counter.tallySeries(batch, position, about);
      },
      slotOf: (key) => counter.slotOf(key),
      malformed: (count, detail) => {
        hand(count);
        counter.malformed(count, detail);
      },
      duplicate: (count, position) => {
        hand(count);
        counter.duplicate(count, position);
      },
      missed: (count, detail, position) => counter.missed(count, detail, position),
      found: (count, at) => counter.found(count, at),
      up: (resumed) => counter.up(resumed),
      down: (detail, proven) => counter.down(detail, proven),
      alive: () => counter.alive(),
      settled: () => counter.settled(),
      note: (kind, detail) => counter.note(kind, detail),
    };
  }

  /** What the timer does: takes what is final. */
  seal(): void {
    const point = this.reader.finalPoint();
    for (const second of this.reader.secondsHeld(this.#sealedTo, point.head)) {
      addTally(this.#sealed, this.reader.tally(second));
    }
    for (const { tally } of this.reader.amendments(point)) addTally(this.#sealed, tally);
    this.#sealedTo = Math.max(this.#sealedTo, point.head);
    this.reader.seal(this.#sealedTo);
    this.reader.sealAmendments(point.amendmentCount);
  }

  /** The laws of counting, when everything is over. */
  check(): MutableTally {
    this.counter.finish();
    this.seal();
    const totals = this.reader.totals();
    assert.equal(ledgerDifference(totals), 0, 'received is accounted for');
    assert.equal(totals.received, this.handed, 'received is what the feed handed over');
    for (const field of TALLY_FIELDS) {
      assert.ok(
        Number.isFinite(totals[field]) || field.startsWith('sum'),
        `${field} is ${totals[field]}`,
      );
      if (!field.startsWith('sum'))
        assert.equal(this.#sealed[field], totals[field], `sealed ${field}`);
    }
    return totals;
  }
}

/** Options of a connection that tries again at once, and has all the time it needs to. */
export const RETRIES_AT_ONCE = {
  retry: { first: '1ms', most: '1ms' },
  handshakeTimeout: '5m',
} as const;

export interface CountedFeed {
  readonly feed: Feed;
  readonly time: FakeTime;
  /** Goes on until the feed, which has lost its link or is about to, has tried again. */
  untilTried(hasTried: () => boolean): Promise<void>;
  /** Seconds go by: every counter ticks, and what is final is sealed. */
  pass(ms: number): void;
  /** Closes the feed and checks the accounts; the tallies of all channels. */
  end(): Promise<MutableTally[]>;
}

export async function openCounted(
  kind: FeedKind,
  channels: readonly CountedChannel[],
): Promise<CountedFeed> {
  const time = new FakeTime(START);
  const accounts = await Promise.all(channels.map(({ processor }) => open(processor, time)));
  const given = channels.map(({ name, options }, index): FeedChannel => {
    const { needsBody } = accounts[index]!;
    return { name, options, sink: accounts[index]!.sink(), needsBody };
  });
  const deps = { clock: time, timers: time, random: () => 0.5, folder: '.' };
  const feed = kind.open(given, deps);
  return {
    feed,
    time,
    async untilTried(hasTried) {
      while (!hasTried()) {
        time.goTo(time.now() + 1);
        await new Promise<void>((done) => setImmediate(done));
      }
    },
    pass(ms) {
      time.goTo(time.now() + ms);
      for (const account of accounts) {
        account.counter.tick();
        account.seal();
      }
    },
    async end() {
      const closed = feed.close();
      time.goTo(time.now() + 10_000);
      await closed;
      // The batch of the last turn is written in a microtask.
      await Promise.resolve();
      return accounts.map((account) => account.check());
    },
  };
}

async function open(given: Record<string, unknown>, time: FakeTime): Promise<Account> {
  const kind = processorKind(String(given['kind']))!;
  const options = kind.options.parse(given) as KindOptions;
  const traits = kind.traits(options);
  const memory = allocateRing({
    keysMax: traits.keysMax,
    keyWords: traits.measure === 'sum' ? 3 : 1,
    shardsMax: SHARDS_MAX,
  });
  const reader = new RingReader(memory);
  const second = Math.floor(time.now() / 1_000);
  reader.seal(second);
  const counter = new ChannelCounter({
    userClass: null,
    writer: new RingWriter(memory),
    traits,
    worthOf: await kind.create(options, '.'),
    clock: time,
    positions: [],
    turns: steadyTurns(),
    blindSince: { from: time.now(), cause: 'feed', detail: 'connecting' },
    open: (detail) => detail,
    notes: { event() {}, gap() {} },
  });
  return new Account(counter, traits.needsBody, reader, second);
}
