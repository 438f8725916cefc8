// Asking again and again: one at a time, never while hidden, ever more rarely while nothing comes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poll, RETRY_MS_MAX, wakeAll } from '../../web/src/poll.ts';

/** Lets the promises that are due settle; time stands still. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function startPoll(t: import('node:test').TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const state = { asked: 0, answers: true, hidden: false, stop: null as AbortSignal | null };
  let wait: Promise<void> | null = null;
  const end = poll(
    async (stop) => {
      state.asked += 1;
      state.stop = stop;
      await wait;
      return state.answers;
    },
    () => 1_000,
    () => state.hidden,
  );
  t.after(end);
  const pass = async (ms: number) => {
    await settle();
    t.mock.timers.tick(ms);
    await settle();
  };
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    wait = promise;
    return resolve;
  };
  return { state, pass, hold, end };
}

test('it asks at once, and again after each answer', async (t) => {
  const { state, pass } = startPoll(t);
  assert.equal(state.asked, 1);
  await pass(999);
  assert.equal(state.asked, 1);
  await pass(1);
  assert.equal(state.asked, 2);
});

test('an answer that takes long keeps the next question waiting, even when woken', async (t) => {
  const { state, pass, hold } = startPoll(t);
  const release = hold();
  await pass(1_000);
  assert.equal(state.asked, 2);
  wakeAll();
  await pass(60_000);
  assert.equal(state.asked, 2);
  release();
  await pass(1_000);
  assert.equal(state.asked, 3);
});

test('without answers the pause doubles up to its bound; with one it is as before', async (t) => {
  const { state, pass } = startPoll(t);
  state.answers = false;
  for (const pauseMs of [2_000, 4_000, 8_000, RETRY_MS_MAX, RETRY_MS_MAX]) {
    const before = state.asked;
    await pass(pauseMs - 1);
    assert.equal(state.asked, before, `not before ${pauseMs} ms`);
    await pass(1);
    assert.equal(state.asked, before + 1);
  }
  state.answers = true;
  await pass(RETRY_MS_MAX);
  const before = state.asked;
  await pass(1_000);
  assert.equal(state.asked, before + 1);
});

test('a hidden page asks nothing, and asks at once when it is seen again', async (t) => {
  const { state, pass } = startPoll(t);
  state.hidden = true;
  await pass(60_000);
  assert.equal(state.asked, 1);
  state.hidden = false;
  wakeAll();
  assert.equal(state.asked, 2);
  await pass(1_000);
  assert.equal(state.asked, 3, 'waking does not start a second round');
});

test('when it ends, what is under way is aborted and nothing follows', async (t) => {
  const { state, pass, end } = startPoll(t);
  end();
  assert.equal(state.stop?.aborted, true);
  wakeAll();
  await pass(60_000);
  assert.equal(state.asked, 1);
});
