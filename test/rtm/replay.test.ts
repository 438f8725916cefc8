/** Replaying recordings: pace, loops, bad lines, unreadable files. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { BEHIND_MS_MAX, Pace } from '../../src/rtm/pace.ts';
import { type ReplayDeps, replay } from '../../src/rtm/replay.ts';
import { recorded, recording, sleepingClock } from './support-recording.ts';

/** Collects what is published, and aborts after `limit` messages. */
function collector(limit = Number.POSITIVE_INFINITY) {
  const time = sleepingClock();
  const abort = new AbortController();
  const published: { channel: string; message: unknown; at: number }[] = [];
  const lines: string[] = [];
  const deps: ReplayDeps = {
    publish: (channel, message) => {
      published.push({ channel, message, at: time.clock() - 1_700_000_000_000 });
      if (published.length === limit) abort.abort();
    },
    signal: abort.signal,
    log: (line) => lines.push(line),
    ...time,
  };
  return { published, lines, deps, time, abort };
}

test('messages are published at the recorded pace times the speed', async (t) => {
  const file = recording(t, [
    recorded(100, 'a'),
    recorded(110, 'b'),
    recorded(110, 'c'),
    recorded(130, 'd'),
  ]);
  const { published, deps } = collector();
  assert.equal(await replay({ file, speed: 10, loop: false }, deps), 4);
  assert.deepEqual(
    published.map(({ message, at }) => [message, at]),
    [
      ['a', 0],
      ['b', 1_000],
      ['c', 1_000],
      ['d', 3_000],
    ],
  );
});

test('a slow publish delays no later message: the pace is kept from the start', async (t) => {
  const file = recording(t, [recorded(0, 'a'), recorded(1, 'b'), recorded(2, 'c')]);
  const { published, deps, time } = collector();
  const slow: ReplayDeps = {
    ...deps,
    publish: (channel, message) => {
      deps.publish(channel, message);
      void time.sleep(300, deps.signal);
    },
  };
  await replay({ file, speed: 1, loop: false }, slow);
  assert.deepEqual(
    published.map(({ at }) => at),
    [0, 1_000, 2_000],
  );
});

test('a loop starts again after a pause of at most a second', async (t) => {
  const file = recording(t, [recorded(0, 'a'), recorded(60, 'b')]);
  const { published, deps } = collector(6);
  await replay({ file, speed: 1, loop: true }, deps);
  assert.deepEqual(
    published.map(({ at }) => at),
    [0, 60_000, 61_000, 121_000, 122_000, 182_000],
  );
});

test('a recording of a single moment loops once a second, not in a frenzy', async (t) => {
  const file = recording(t, [recorded(5, 'a'), recorded(5, 'b')]);
  const { published, deps } = collector(6);
  await replay({ file, speed: 100, loop: true }, deps);
  assert.deepEqual(
    published.map(({ at }) => at),
    [0, 0, 1_000, 1_000, 2_000, 2_000],
  );
});

test('unlimited speed never sleeps, and lets the event loop turn', async (t) => {
  const file = recording(
    t,
    Array.from({ length: 1_000 }, (_, n) => recorded(n * 1_000, n)),
  );
  const { published, deps, time } = collector();
  let turns = 0;
  const turning = setInterval(() => {
    turns += 1;
  }, 0);
  await replay({ file, speed: 'unlimited', loop: false }, deps);
  clearInterval(turning);
  assert.equal(published.length, 1_000);
  assert.equal(time.sleptMs.length, 0);
  assert(turns > 0);
});

test('the recorded channel is used, unless another is named', async (t) => {
  const file = recording(t, [recorded(0, 1, 'one'), recorded(0, 2, 'two')]);
  const own = collector();
  await replay({ file, speed: 1, loop: false }, own.deps);
  assert.deepEqual(
    own.published.map(({ channel }) => channel),
    ['one', 'two'],
  );
  const named = collector();
  await replay({ file, channel: 'all', speed: 1, loop: false }, named.deps);
  assert.deepEqual(
    named.published.map(({ channel }) => channel),
    ['all', 'all'],
  );
});

test('bad lines are named with file and line, once, and skipped', async (t) => {
  const bad = ['{', '{"messages":[]}', '[]', 'null', '', recorded(Number.NaN, 'x')];
  const file = recording(t, [recorded(0, 'a'), ...bad, recorded(1, 'b')]);
  const { published, lines, deps } = collector(4);
  await replay({ file, speed: 1, loop: true }, deps);
  assert.deepEqual(
    published.map(({ message }) => message),
    ['a', 'b', 'a', 'b'],
  );
  assert.deepEqual(
    lines.map((line) => line.slice(file.length).split(':')[1]),
    ['2', '3', '4', '5', '7'],
  );
  assert(lines.every((line) => line.startsWith(`${file}:`)));
});

test('of many bad lines only the first few are named, and the rest are counted', async (t) => {
  const file = recording(t, [...Array(500).fill('no'), recorded(0, 'a')]);
  const { lines, deps } = collector();
  await replay({ file, speed: 1, loop: false }, deps);
  assert.equal(lines.length, 11);
  assert.match(lines.at(-1)!, /500 lines were skipped/);
});

test('a file that cannot be read is a clear error', async (t) => {
  const { deps } = collector();
  const options = { speed: 1, loop: true };
  await assert.rejects(
    replay({ file: '/no/such.jsonl', ...options }, deps),
    /\/no\/such\.jsonl cannot be read: ENOENT/,
  );
  await assert.rejects(replay({ file: '/', ...options }, deps), /cannot be read: EISDIR/);
  const empty = recording(t, ['']);
  await assert.rejects(replay({ file: empty, ...options }, deps), /holds no line/);
});

test('aborting ends a replay in the middle of a wait', async (t) => {
  const file = recording(t, [recorded(0, 'a'), recorded(1_000_000_000, 'b')]);
  const { published, abort, deps } = collector();
  const { sleep: _, ...real } = deps;
  const publish: ReplayDeps['publish'] = (channel, message) => {
    deps.publish(channel, message);
    setImmediate(() => abort.abort());
  };
  await replay({ file, speed: 1, loop: true }, { ...real, publish });
  assert.deepEqual(
    published.map(({ message }) => message),
    ['a'],
  );
});

test('a publish that throws ends the replay with its error', async (t) => {
  const file = recording(t, [recorded(0, 'a')]);
  const publish = () => {
    throw new Error('full');
  };
  await assert.rejects(
    replay({ file, speed: 1, loop: true }, { ...collector().deps, publish }),
    /full/,
  );
});

test('time lost to a sleeping machine is not made up for', () => {
  const pace = new Pace(1, 0);
  assert.equal(pace.waitMs(0, 0), 0);
  const woken = 3_600_000;
  assert.equal(pace.waitMs(1_000, woken), 0);
  assert.equal(pace.waitMs(2_000, woken), 1_000);
  assert.equal(pace.waitMs(3_000, woken + BEHIND_MS_MAX), 0, 'a little behind is caught up');
});

test('a line out of order is played at once and does not disturb the pace', () => {
  const pace = new Pace(1, 0);
  pace.waitMs(100_000, 0);
  assert.equal(pace.waitMs(1_000, 10), 0);
  assert.equal(pace.waitMs(101_000, 10), 990);
});
