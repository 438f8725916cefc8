// On which message a thread ended, as the next one reads it. A copy of the ring, taken while the class has a message, is the
// ring of a thread that ended there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChannelCounter } from '../../src/counting/channel-counter.ts';
import type { Uncounted } from '../../src/model/delivery.ts';
import { ledgerDifference } from '../../src/model/tally.ts';
import { allocateRing, type RingMemory } from '../../src/shared/ring.ts';
import { RingReader } from '../../src/shared/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';
import { FakeTime } from '../support/fake-time.ts';
import { at, COUNT } from '../support/positions.ts';
import { steadyTurns } from '../support/turns.ts';

const START = 1_790_000_000_000;

/** A thread that counts in `memory`; its class ends it on `deadly`. */
class Thread {
  readonly sink: ChannelCounter;
  readonly events: string[] = [];
  /** Messages that the class got. */
  readonly given: unknown[] = [];
  /** The ring as the thread left it when it ended; null while it lives. */
  left: RingMemory | null = null;
  readonly #memory: RingMemory;

  constructor(memory: RingMemory, deadly: readonly unknown[] = [], fate: Uncounted = 'again') {
    this.#memory = memory;
    this.sink = new ChannelCounter({
      userClass: { name: 'class C in ./c.ts', uncounted: () => fate },
      writer: new RingWriter(memory),
      traits: {
        measure: 'count',
        keysMax: 0,
        top: 0,
        needsBody: true,
        paths: null,
        definition: COUNT,
        isolated: true,
      },
      worthOf: (message) => {
        this.given.push(message);
        if (deadly.includes(message)) this.left ??= copyOf(memory);
        return 1;
      },
      clock: new FakeTime(START),
      positions: [],
      turns: steadyTurns(),
      blindSince: { from: START, cause: 'feed', detail: 'connecting' },
      open: (detail) => detail,
      notes: { event: (kind, detail) => this.events.push(`${kind}: ${detail}`), gap: () => {} },
    });
  }

  /** A frame comes, and the turn in which it came ends. */
  async frame(messages: readonly unknown[], position: string | null): Promise<this> {
    this.sink.messages(messages, position === null ? null : at(position));
    await new Promise<void>((done) => setImmediate(done));
    return this;
  }

  get totals() {
    const totals = new RingReader(this.#memory).totals();
    assert.equal(ledgerDifference(totals), 0);
    const { received, counted, malformed, missed } = totals;
    return { received, counted, malformed, missed };
  }
}

function newRing(shardsMax = 1): RingMemory {
  const memory = allocateRing({ keysMax: 0, keyWords: 1, shardsMax });
  new RingReader(memory).seal(START / 1_000);
  return memory;
}

function copyOf(memory: RingMemory): RingMemory {
  return { ...memory, buffer: memory.buffer.slice(0) };
}

/** A ring that a thread left at position p0. */
async function begun(): Promise<RingMemory> {
  const memory = newRing();
  await new Thread(memory).frame(['first'], 'p0');
  return memory;
}

test('a message on which two threads ended is malformed; all others count, once', async () => {
  const first = await new Thread(await begun(), ['c']).frame(['a', 'b', 'c', 'd'], 'p1');
  const second = await new Thread(first.left!, ['c']).frame(['a', 'b', 'c', 'd'], 'p1');
  assert.deepEqual(second.events, [
    'processor-error: class C in ./c.ts ended its thread on message 3 of 4 in a frame: the message comes again',
  ]);
  const third = await new Thread(second.left!, ['c']).frame(['a', 'b', 'c', 'd'], 'p1');
  assert.deepEqual(third.events, [
    'processor-error: class C in ./c.ts ended its thread on message 3 of 4 in a frame: it did so before, so the message is malformed, and the class gets it no more',
  ]);
  assert.deepEqual(third.given, ['a', 'b', 'd']);
  assert.equal(third.left, null);
  assert.deepEqual(third.totals, { received: 5, counted: 4, malformed: 1, missed: 0 });
  await third.frame(['c'], 'p2');
  assert.deepEqual(third.given, ['a', 'b', 'd', 'c'], 'a later message is another one');
});

test('a message is found though its frames are cut otherwise when they come again', async () => {
  const first = await new Thread(await begun(), ['c']).frame(['a', 'b', 'c', 'd'], 'p1');
  const second = await new Thread(first.left!, ['c']).frame(['a'], 'p0.1');
  await second.frame(['b', 'c', 'd'], 'p1');
  const third = await new Thread(second.left!, ['c']).frame(['b'], 'p0.2');
  await third.frame(['c', 'd'], 'p1');
  assert.deepEqual(third.given, ['b', 'd']);
  assert.deepEqual(third.totals, { received: 5, counted: 4, malformed: 1, missed: 0 });
});

test('frames of one turn are committed one by one after a death', async () => {
  const memory = await begun();
  const first = new Thread(memory, ['c']);
  first.sink.messages(['a'], at('p1'));
  first.sink.messages(['b', 'c'], at('p2'));
  const second = new Thread(first.left!, ['c']);
  second.sink.messages(['a'], at('p1'));
  second.sink.messages(['b', 'c'], at('p2'));
  const third = new Thread(second.left!);
  assert.deepEqual(third.totals, { received: 2, counted: 2, malformed: 0, missed: 0 });
  await third.frame(['b', 'c'], 'p2');
  assert.deepEqual(
    third.given,
    ['b'],
    'c is its second message after p1, as it was for the second thread',
  );
  assert.deepEqual(third.totals, { received: 4, counted: 3, malformed: 1, missed: 0 });
});

test('three threads that end at one position condemn the last message, whichever the others had', async () => {
  const frame = ['a', 'b', 'c', 'd'];
  const first = await new Thread(await begun(), ['b']).frame(frame, 'p1');
  const second = await new Thread(first.left!, ['d']).frame(frame, 'p1');
  const third = await new Thread(second.left!, ['c']).frame(frame, 'p1');
  const fourth = await new Thread(third.left!).frame(frame, 'p1');
  assert.deepEqual(fourth.given, ['a', 'b', 'd']);
  assert.deepEqual(fourth.totals, { received: 5, counted: 4, malformed: 1, missed: 0 });
});

test('each of several such messages is found, one death each', async () => {
  const frame = ['a', 'b', 'c', 'd'];
  const first = await new Thread(await begun(), ['b', 'd']).frame(frame, 'p1');
  const second = await new Thread(first.left!, ['b', 'd']).frame(frame, 'p1');
  const third = await new Thread(second.left!, ['b', 'd']).frame(frame, 'p1');
  assert.deepEqual(third.given, ['a', 'c', 'd']);
  const fourth = await new Thread(third.left!, ['b', 'd']).frame(frame, 'p1');
  assert.deepEqual(fourth.given, ['a', 'c']);
  assert.deepEqual(fourth.totals, { received: 5, counted: 3, malformed: 2, missed: 0 });
});

test('another message under the number of a condemned one goes to the class', async () => {
  const first = await new Thread(await begun(), ['b']).frame(['a', 'b'], 'p1');
  const second = await new Thread(first.left!, ['b']).frame(['a', 'b'], 'p1');
  const third = await new Thread(second.left!).frame(['a', 'x'], 'p1');
  assert.deepEqual(third.given, ['a', 'x']);
  assert.deepEqual(third.totals, { received: 3, counted: 3, malformed: 0, missed: 0 });
});

test('where the server skips messages, nothing is held against those that come', async () => {
  const first = await new Thread(await begun(), ['b']).frame(['a', 'b'], 'p1');
  const second = await new Thread(first.left!, ['b']).frame(['a', 'b'], 'p1');
  const third = new Thread(second.left!);
  third.sink.missed(2, 'skipped', at('p1'));
  await third.frame(['a', 'b'], 'p2');
  assert.deepEqual(third.given, ['a', 'b']);
  assert.deepEqual(third.totals, { received: 3, counted: 3, malformed: 0, missed: 2 });
});

test('a thread that ends between two commits of its ring has no message in work', async () => {
  const memory = await begun();
  const first = await new Thread(memory).frame(['a', 'b'], 'p1');
  assert.deepEqual(first.totals, { received: 3, counted: 3, malformed: 0, missed: 0 });
  const second = new Thread(copyOf(memory));
  assert.deepEqual(second.events, []);
});

test('a message that does not come again is malformed at once, and those that came with it are missed', async () => {
  const memory = newRing(0);
  await new Thread(memory, [], 'lost').frame(['x', 'y'], null);
  const first = new Thread(memory, ['c'], 'lost');
  // Two frames of one turn: the first is lost as well.
  first.sink.messages(['a'], null);
  first.sink.messages(['b', 'c', 'd'], null);
  const second = new Thread(first.left!, [], 'lost');
  await second.frame(['e'], null);
  assert.deepEqual(second.events, [
    'processor-error: class C in ./c.ts ended its thread on message 2 of 3 in a frame: the message does not come again, and is malformed',
    'loss: 3 messages were lost: their thread ended before they were counted',
  ]);
  assert.deepEqual(second.given, ['e']);
  assert.deepEqual(second.totals, { received: 4, counted: 3, malformed: 1, missed: 3 });
});

test('before the first position, each frame is committed by itself', async () => {
  const first = new Thread(newRing(), ['b']);
  first.sink.messages(['a'], at('p1'));
  first.sink.messages(['b'], at('p2'));
  const second = new Thread(first.left!);
  assert.deepEqual(second.totals, { received: 1, counted: 1, malformed: 0, missed: 0 });
  const third = new Thread(newRing(), ['a']);
  third.sink.tally(0, at('p0'));
  third.sink.messages(['a'], at('p1'));
  assert.deepEqual(new Thread(third.left!).sink.positions(), at('p0'), 'kept before the frame');
});

test('where the feed itself says what is lost, nothing is added to that', async () => {
  const first = await new Thread(await begun(), ['b'], 'unknown').frame(['a', 'b'], 'p1');
  const second = await new Thread(first.left!, ['b'], 'unknown').frame(['c', 'd'], 'p2');
  assert.match(second.events[0]!, /missed if the feed says so$/);
  assert.deepEqual(second.totals, { received: 3, counted: 3, malformed: 0, missed: 0 });
});
