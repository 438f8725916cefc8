// A class may throw anything, and return anything: each such message is malformed, and the others count.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChannelCounter } from '../../src/counting/channel-counter.ts';
import type { ProcessorTraits } from '../../src/model/channel.ts';
import { EXCERPT_LENGTH_MAX } from '../../src/model/redaction.ts';
import { ledgerDifference } from '../../src/model/tally.ts';
import { textOfThrown, traceOfThrown } from '../../src/model/thrown.ts';
import type { Worth } from '../../src/model/worth.ts';
import { allocateRing } from '../../src/shared/ring.ts';
import { RingReader } from '../../src/shared/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring-writer.ts';
import { FakeTime } from '../support/fake-time.ts';
import { COUNT } from '../support/positions.ts';
import { steadyTurns } from '../support/turns.ts';

const START = 1_790_000_000_000;
const trap = () => {
  throw new Error('trap');
};
const hostile = new Proxy({}, { get: trap, getPrototypeOf: trap, has: trap, ownKeys: trap });

const THROWN: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  null: null,
  'a symbol': Symbol('s'),
  'an object without a prototype': Object.create(null),
  'a Proxy that throws': hostile,
  'an error whose message throws': Object.defineProperty(new Error(''), 'message', { get: trap }),
  'an error whose message is no text': Object.assign(new Error(''), {
    message: { toString: trap },
  }),
  'an object that becomes no text': { toString: trap },
  'a very long text': 'x'.repeat(5_000_000),
};

const RETURNED: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  'not a number': Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  'a number beyond the bound': 1e308,
  'a number below the bound': { key: 'a', value: -1e308 },
  'a very long whole number': 1n << 100_000n,
  'an empty object': {},
  'a symbol': Symbol('s'),
  'a function': () => 1,
  'a truth value': true,
  'an empty list': [],
  'a promise': Promise.resolve(1),
  'a Proxy that throws': hostile,
  'a key that throws': Object.defineProperty({ value: 1 }, 'key', { get: trap, enumerable: true }),
  'a value that throws': Object.defineProperty({ key: 'a' }, 'value', { get: trap }),
  'a value that becomes a number': { key: 'a', value: { valueOf: trap } },
  'a value that is a text': { key: 'a', value: '1' },
  'a key that is a number': { key: 5, value: 1 },
};

/** Three messages, of which the second is worth what `worthOfSecond` says. */
async function count(keyed: boolean, worthOfSecond: () => unknown) {
  const traits: ProcessorTraits = {
    measure: 'sum',
    keysMax: keyed ? 10 : 0,
    top: 10,
    needsBody: true,
    paths: null,
    definition: COUNT,
    isolated: true,
  };
  const memory = allocateRing({ keysMax: traits.keysMax, keyWords: 3, shardsMax: 0 });
  const events: string[] = [];
  const sink = new ChannelCounter({
    userClass: null,
    writer: new RingWriter(memory),
    traits,
    worthOf: (message) => (message === 2 ? (worthOfSecond() as Worth) : { key: 'a', value: 1 }),
    clock: new FakeTime(START),
    positions: [],
    turns: steadyTurns(),
    blindSince: { from: START, cause: 'feed', detail: 'connecting' },
    open: (detail) => detail,
    notes: { event: (kind, detail) => events.push(`${kind}: ${detail}`), gap: () => {} },
  });
  sink.messages([1, 2, 3], null);
  await new Promise<void>((done) => setImmediate(done));
  return { tally: new RingReader(memory).totals(), events };
}

for (const [name, thrown] of Object.entries(THROWN)) {
  test(`a class throws ${name}`, async () => {
    const { tally, events } = await count(true, () => {
      throw thrown;
    });
    assert.equal(tally.received, 3);
    assert.equal(tally.counted, 2);
    assert.equal(tally.malformed, 1);
    assert.equal(ledgerDifference(tally), 0);
    assert.equal(events.length, 1);
    assert.ok(events[0]!.length <= EXCERPT_LENGTH_MAX + 'processor-error: '.length);
    assert.equal(typeof traceOfThrown(thrown), 'string');
  });
}

for (const [name, returned] of Object.entries(RETURNED)) {
  test(`a class returns ${name}`, async () => {
    const { tally } = await count(true, () => returned);
    assert.equal(tally.received, 3);
    assert.equal(tally.counted, 2);
    assert.equal(tally.malformed, 1);
    assert.equal(tally.sum, 2);
    assert.equal(ledgerDifference(tally), 0);
  });
}

test('a class reads as little as can be: each part of what it returns, once', async () => {
  const reads: string[] = [];
  const returned = {
    get key() {
      reads.push('key');
      return 'b';
    },
    get value() {
      reads.push('value');
      return 7;
    },
  };
  const { tally } = await count(true, () => returned);
  assert.deepEqual(reads, ['key', 'value']);
  assert.equal(tally.sum, 9);
});

test('a class that gives keys in a channel without keys counts, whatever its keys are', async () => {
  const { tally } = await count(false, () => ({ key: { not: 'a text' }, value: 1 }));
  assert.equal(tally.counted, 3);
});

test('the text of an error is its message, and its trace where that is asked for', () => {
  const error = new TypeError('no');
  assert.equal(textOfThrown(error), 'no');
  assert.equal(traceOfThrown(error), error.stack);
  assert.equal(textOfThrown('plain'), 'plain');
});
